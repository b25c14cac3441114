"""The floor of a click: an RQ worker whose job only says when it started."""

from __future__ import annotations

import os
import time

from redis import Redis
from rq import Queue, Worker, get_current_job

QUEUE = "bench"
STARTED = "bench:started"


def perform() -> None:
    started = time.time()
    job = get_current_job()
    assert job
    job.connection.set(STARTED, started)


if __name__ == "__main__":
    redis = Redis.from_url(os.environ["REDIS_URL"])
    Worker([Queue(QUEUE, connection=redis)], connection=redis).work(logging_level="WARNING")
