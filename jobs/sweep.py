"""What the clock does: ring for what waits, end what has run out (trust.md decision 2)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from redis.exceptions import RedisError

from jobs import queue, sync_section
from portal.models.holds import Hold
from portal.models.sessions import Session
from portal.models.sync_runs import SyncRun

logger = logging.getLogger(__name__)

QUIET = timedelta(seconds=8)


def sweep(now: datetime) -> None:
    """One round; any number of schedulers may do it at once, a claim decides who runs."""
    Session.purge(now)
    Hold.expire(now)
    for failed in SyncRun.failed_and_due(now):
        failed.retry(now)
    ring_again(now)


def ring_again(now: datetime) -> None:
    """Ring for each unfinished run that nobody holds and that no longer lies in the queue."""
    unheld = list(SyncRun.waiting_for_a_ring(now, QUIET))
    if not unheld:
        return
    try:
        waiting = queue.waiting_ids()
    except RedisError:
        logger.warning("queue away")
        return
    for run in unheld:
        if run.public_id not in waiting:
            sync_section.ring(run)
