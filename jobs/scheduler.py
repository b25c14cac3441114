"""Starts what the clock starts: `python -m jobs.scheduler`."""

from __future__ import annotations

import logging
import signal
import sys
import time

from jobs import queue
from jobs.anchor_audit import anchor_audit
from jobs.start_districts import start_districts
from jobs.sweep import sweep
from portal import clock, database
from portal.database import connected
from portal.logs import configure_logs
from portal.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

ROUND_SECONDS = 5.0


def main() -> int:
    """Sweep every few seconds until told to stop; returns the exit status of a bad start.

    A signal ends the process wherever it is: an open transaction is rolled back, and what was not
    swept is found by the next round of any scheduler.
    """
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    configure_logs(settings.log_level)
    database.init(settings.database_url)
    queue.init(settings.redis_url)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(0))
    while True:
        sweep_once(settings)
        start_districts_once(settings)
        anchor_audit_once()
        time.sleep(ROUND_SECONDS)


def sweep_once(settings: Settings) -> None:
    try:
        with connected():
            sweep(clock.now(), settings.timezone)
    except Exception:  # The next round finds everything where this one left it.
        logger.exception("sweep failed")


def start_districts_once(settings: Settings) -> None:
    try:
        with connected():
            start_districts(settings, clock.now())
    except Exception:
        logger.exception("districts not started")


def anchor_audit_once() -> None:
    try:
        with connected():
            anchor_audit()
    except Exception:
        logger.exception("audit not anchored")


if __name__ == "__main__":
    sys.exit(main())
