"""The job behind every sync button."""

from __future__ import annotations

from jobs import queue
from portal import clock, leaving, library, reconciling, sync
from portal.database import connected
from portal.models.syncs.sync_runs import SyncRun
from portal.settings import Settings


def ring(run: SyncRun, again: bool = False) -> bool:
    """Ring for a committed run, before all that nobody waits for; the sweeper rings again when
    this fails or is lost."""
    rung = queue.ring("jobs.sync_section.perform", run.public_id, at_front=True, again=again)
    if rung:
        run.rung(clock.now())
    return rung


def perform(_run_id: str) -> None:
    """Carry the sync that is next in turn to its end: whose ring this was does not matter.

    A worker that is told to end meanwhile rings for another one (F55).
    """
    with connected():
        settings = Settings.from_env()
        run = sync.sync_next(
            lambda run: (
                reconciling.read_mirror if run.by_mirror else library.reader_of(settings, run)
            )
        )
        if run is not None and leaving.told():
            ring(run, again=True)
