"""The one queue: a doorbell that carries opaque ids and obeys nobody else (trust.md decision 2)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

logger = logging.getLogger(__name__)

NAME = "rosterly"
ALLOWED = frozenset(
    {
        "jobs.sync_section.perform",
        "jobs.send_letter.perform",
        "jobs.update_rosters.perform",
        "jobs.sync_district.perform",
        "jobs.find_districts.perform",
        "jobs.poll_events.perform",
    }
)
PUBLIC_ID_LENGTH = 16
ONE_DAY = 86_400
LONGEST_JOB_SECONDS = 900
FORBIDDEN_FIELDS = (
    b"success_callback_name",
    b"failure_callback_name",
    b"stopped_callback_name",
    b"webhooks",
)

_connections: dict[str, Redis] = {}


class ForgedJob(Exception):
    """A job that we did not write; it is parked with the failed jobs and reported (A69)."""


class JobFailed(Exception):
    """All that Redis is told of an error: the words of one may be somebody's name (V03)."""


class AllowedJob(Job):
    """Runs only the functions named in `ALLOWED`, with nothing attached (trust.md R1).

    A hash that RQ itself could not read would end the worker, so it counts as forged too.
    """

    forged = False

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        attached = any(raw_data.get(field) for field in FORBIDDEN_FIELDS)
        plain = {key: raw_data[key] for key in raw_data if key not in FORBIDDEN_FIELDS}
        try:
            super().restore(plain)
            self.forged = attached or not self._is_ours()
        except Exception:  # Whatever another writer put there, it is not a job of ours.
            super().restore({b"data": b"", b"origin": NAME.encode()})
            self.forged = True
        if self.forged:
            self._disarm()

    def perform(self) -> Any:
        if self.forged:
            logger.error("forged job refused", extra={"event": "security", "job": self.id})
            raise ForgedJob(self.id)
        try:
            return super().perform()
        except Exception:
            logger.exception("job failed", extra={"run": self.id})
            raise JobFailed(self.id) from None

    def _is_ours(self) -> bool:
        function, instance, arguments, named = self.serializer.loads(self.data)
        ids_only = len(arguments) == 1 and isinstance(arguments[0], str)
        return function in ALLOWED and instance is None and ids_only and not named

    def _disarm(self) -> None:
        """RQ prints a job's call before it runs it; what it parks it keeps for a day."""
        self._func_name, self._instance, self._args, self._kwargs = "forged", None, (), {}
        self.failure_ttl = ONE_DAY


def init(redis_url: str) -> None:
    """Use this Redis or Valkey from now on; connects on first use."""
    _connections["default"] = Redis.from_url(
        redis_url,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
    )


def connection() -> Redis:
    return _connections["default"]


def queue(redis: Redis | None = None) -> Queue:
    return Queue(
        NAME, connection=redis or connection(), job_class=AllowedJob, serializer=JSONSerializer
    )


def ring(
    function: str,
    public_id: str,
    *,
    at_front: bool = False,
    again: bool = False,
    seconds: int = LONGEST_JOB_SECONDS,
) -> bool:
    """Put a call with one opaque id into the queue; False when Redis is away (F09).

    `at_front`: somebody waits for it. `again`: the job itself rings, to be called once more, and
    RQ forgets a finished job by its id. `seconds`: after so long it hangs, and is ended.
    """
    try:
        queue().enqueue_call(
            function,
            args=(public_id,),
            job_id=f"{public_id}-{secrets.token_hex(4)}" if again else public_id,
            description=function,
            timeout=seconds,
            result_ttl=0,
            failure_ttl=ONE_DAY,
            ttl=ONE_DAY,
            at_front=at_front,
        )
    except RedisError:
        logger.warning("queue away", extra={"run": public_id})
        return False
    return True


def waiting_ids() -> frozenset[str]:
    """The ids that are rung for in the queue; raises RedisError when it is away."""
    return frozenset(job_id[:PUBLIC_ID_LENGTH] for job_id in queue().get_job_ids())


def worker_count() -> int:
    """How many workers there are; one that died counts for half a minute more."""
    return Worker.count(queue=queue())
