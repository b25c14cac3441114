"""Works the queue: `python -m jobs.worker`."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from redis import Redis
from rq import Worker
from rq.serializers import JSONSerializer

# Imported before listening, so that no job waits for an import (performance.md, goal 8).
from jobs import (
    find_districts,
    poll_events,
    queue,
    send_letter,
    sync_district,
    sync_section,
    update_rosters,
)
from portal import database, leaving
from portal.logs import configure_logs
from portal.providers.transport import trusted_authorities
from portal.settings import Settings, SettingsError

TTL_SECONDS = 30
__all__ = [
    "find_districts",
    "main",
    "poll_events",
    "send_letter",
    "sync_district",
    "sync_section",
    "update_rosters",
]


class AttentiveWorker(Worker):
    """Knocks at a Redis that is away every five seconds at least: syncs start within 15 seconds
    of its return (F09), and RQ itself would wait for up to a minute."""

    max_connection_wait_time = 5.0

    def handle_warm_shutdown_request(self) -> None:
        """Told to end, it tells its work horse, which gives back what it has begun (F55)."""
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]
        if self.horse_pid:
            with suppress(ProcessLookupError):
                os.kill(self.horse_pid, signal.SIGTERM)

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGTERM, lambda *_: leaving.tell())


def main() -> int:
    """Read the settings, then work until told to stop; returns the exit status."""
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    configure_logs(settings.log_level)
    database.init(settings.database_url)
    queue.init(settings.redis_url)
    trusted_authorities()  # Each job is a new child process, which would read them again.
    redis = Redis.from_url(settings.redis_url)
    worker = AttentiveWorker(
        [queue.queue(redis)],
        connection=redis,
        job_class=queue.AllowedJob,
        serializer=JSONSerializer,
        worker_ttl=TTL_SECONDS,
        maintenance_interval=TTL_SECONDS,
        job_monitoring_interval=5,
        log_job_description=False,
    )
    worker.work(logging_level=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
