"""Counts how often something was done: in Redis for all processes, in this one while it is away.

So a portal without Redis is neither unlimited nor down (trust.md F4, R4).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import ceil
from typing import TypeVar

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from portal import clock

logger = logging.getLogger(__name__)

PREFIX = "rosterly:limits"
TIMEOUT_SECONDS = 0.25  # A page waits for it; redis-py's own retries would make that seconds (R4).
AWAY_SECONDS = 5

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Rate:
    """So many times within a window that moves with the clock; `name` keeps counts apart."""

    name: str
    times: int
    window: timedelta

    @property
    def item(self) -> RateLimitItemPerSecond:
        return RateLimitItemPerSecond(self.times, int(self.window.total_seconds()), self.name)


class Counters:
    """Who has done what how often, under digests that only our key can make (V03)."""

    def __init__(self, redis_url: str, secret_key: str) -> None:
        self._secret_key = secret_key.encode()
        self._shared = _limiter_in_redis(redis_url)
        self._shared_again_at = 0.0

    def spend(self, rate: Rate, *key: str) -> bool:
        """Count one more; False, and nothing counted, when there is no room for it."""
        digest = self._digest(key)
        return self._ask(lambda limiter: limiter.hit(rate.item, digest))

    def wait(self, rate: Rate, *key: str) -> int:
        """Whole seconds until there is room for one more; 0 when there is."""
        digest = self._digest(key)
        stats = self._ask(lambda limiter: limiter.get_window_stats(rate.item, digest))
        return (
            0 if stats.remaining > 0 else max(1, ceil(stats.reset_time - clock.now().timestamp()))
        )

    def _ask(self, question: Callable[[MovingWindowRateLimiter], Answer]) -> Answer:
        if time.monotonic() < self._shared_again_at:
            return question(self._own)
        try:
            return question(self._shared)
        except RedisError:
            logger.warning("counters away")
            self._shared_again_at = time.monotonic() + AWAY_SECONDS
            return question(self._own)

    @cached_property
    def _own(self) -> MovingWindowRateLimiter:
        """Made when first needed: it starts a thread, and servers fork before they serve."""
        return MovingWindowRateLimiter(MemoryStorage())

    def _digest(self, key: tuple[str, ...]) -> str:
        """An address or an email could be guessed from a plain digest; from this one it cannot."""
        return hmac.new(self._secret_key, "\0".join(key).encode(), hashlib.sha256).hexdigest()


def _limiter_in_redis(redis_url: str) -> MovingWindowRateLimiter:
    """Connects on first use."""
    storage = RedisStorage(
        redis_url,
        key_prefix=PREFIX,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
    )
    return MovingWindowRateLimiter(storage)
