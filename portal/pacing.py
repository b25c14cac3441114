"""How fast a token may ask: all workers of it together stay below the provider's limit.

Clever counts 1,200 requests a minute for each token, in windows that begin when it likes
(clever-platform.md 3.8). So none of ours may lie in any sixty seconds that hold too many: each
takes a place among the latest ones before it is sent, in Redis by Redis's own clock (F53), in
this process alone while Redis is away.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections import deque
from collections.abc import Callable
from functools import lru_cache

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

MOST = 1_150  # A little under Clever's 1,200: what is sent a second apart may arrive at once.
WINDOW_SECONDS = 60.0
ALONE = 4  # Without Redis nobody knows of the others: as if there were so many in all.
PREFIX = "rosterly:pace"
TIMEOUT_SECONDS = 0.25
AWAY_SECONDS = 5

Room = Callable[[], float]

# KEYS: the token's list of moments, newest first. ARGV: most, window in ms. Answers ms to wait.
TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if redis.call('LLEN', KEYS[1]) >= tonumber(ARGV[1]) then
  local left = redis.call('LINDEX', KEYS[1], ARGV[1] - 1) + ARGV[2] - now
  if left > 0 then return left end
end
redis.call('LPUSH', KEYS[1], now)
redis.call('LTRIM', KEYS[1], 0, ARGV[1] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 0
"""


class Pace:
    """Places within the limit, for each token under a digest that only our key can make (V03)."""

    def __init__(
        self,
        redis_url: str,
        secret_key: str,
        most: int = MOST,
        window_seconds: float = WINDOW_SECONDS,
    ) -> None:
        self._secret_key = secret_key.encode()
        self._most = most
        self._window = window_seconds
        self._redis = _redis_at(redis_url)
        self._take = self._redis.register_script(TAKE)
        self._shared_again_at = 0.0
        self._own: dict[str, deque[float]] = {}

    def room(self, token: str) -> Room:
        """For a reader with this token: see `take`."""
        digest = hmac.new(self._secret_key, token.encode(), hashlib.sha256).hexdigest()
        return lambda: self.take(digest)

    def take(self, digest: str) -> float:
        """Take a place for one request: 0, or how many seconds to wait before asking again."""
        if time.monotonic() < self._shared_again_at:
            return self._take_alone(digest)
        try:
            milliseconds = int(self._window * 1000)
            left = self._take(keys=[f"{PREFIX}:{digest}"], args=[self._most, milliseconds])
        except RedisError:
            logger.warning("pace away")
            self._shared_again_at = time.monotonic() + AWAY_SECONDS
            return self._take_alone(digest)
        return int(left) / 1000

    def _take_alone(self, digest: str) -> float:
        most, now = max(1, self._most // ALONE), time.monotonic()
        taken = self._own.setdefault(digest, deque(maxlen=most))
        left = taken[0] + self._window - now if len(taken) == most else 0.0
        if left > 0:
            return left
        taken.append(now)
        return 0.0


@lru_cache(maxsize=8)
def pace_of(redis_url: str, secret_key: str) -> Pace:
    """One for this process; connects on first use."""
    return Pace(redis_url, secret_key)


def _redis_at(redis_url: str) -> Redis:
    return Redis.from_url(
        redis_url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
