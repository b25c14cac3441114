"""From the click to the job (performance.md, goal 8), beside RQ with an empty job."""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Iterator
from datetime import datetime

from redis import Redis
from rq import Queue

from bench import empty_job
from bench.live import Live
from bench.table import Line, milliseconds
from bench.timing import p50, p99
from portal.rate_limiting import PREFIX
from tests.faults.teaching import ended, run_in
from tests.servers import running_process, wait_until

CLICKS = 100
PYTHON = (sys.executable, "-m")
MOMENTS = ("answer", "job start", "first request at Clever", "list saved")


def to_start(live: Live) -> Iterator[Line]:
    """Each click in turn with an empty job on the same Valkey, for a worker of its own."""
    redis = Redis.from_url(live.redis_url)
    with running_process((*PYTHON, "bench.empty_job"), {"REDIS_URL": live.redis_url}):
        _empty_job(redis)  # The first one waits for its worker to be up.
        turns = [(_click(live, redis), _empty_job(redis)) for _ in range(CLICKS)]
    clicks, empty = zip(*turns, strict=True)
    for name, took in zip(MOMENTS, zip(*clicks, strict=True), strict=True):
        compared = name == "job start"
        goal = "30 ms" if compared else ""
        floors = (p50(empty), p99(empty)) if compared else (None, None)
        yield milliseconds(f"click to {name}, p50", p50(took), floors[0])
        yield milliseconds(f"click to {name}, p99", p99(took), floors[1], goal)


def _click(live: Live, redis: Redis) -> tuple[float, ...]:
    """The seconds from a click to each of MOMENTS; the sync it starts is over on return."""
    _forget_counts(redis)
    live.portal.sandbox.forget_requests()
    key, csrf_token = secrets.token_urlsafe(12), live.teacher.csrf_token()
    clicked = time.time()
    answer = live.teacher.sends_sync(live.section, key, csrf_token)
    answered = time.time()
    run = ended(run_in(answer))
    asked = datetime.fromisoformat(live.portal.sandbox.requests()[0]["at"])
    moments = (run.started_at, asked, run.finished_at)
    return (answered - clicked, *(moment.timestamp() - clicked for moment in moments))


def _forget_counts(redis: Redis) -> None:
    """Nobody presses the button a hundred times in a minute, so the portal refuses it (A77)."""
    counts = list(redis.scan_iter(f"{PREFIX}*"))
    if counts:
        redis.delete(*counts)


def _empty_job(redis: Redis) -> float:
    """The seconds from ringing to the start of a job that does nothing."""
    rung = time.time()
    Queue(empty_job.QUEUE, connection=redis).enqueue(empty_job.perform, result_ttl=0)
    started = wait_until(lambda: redis.getdel(empty_job.STARTED))
    assert isinstance(started, bytes)
    return float(started) - rung
