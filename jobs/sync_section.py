"""The job behind every sync button."""

from __future__ import annotations

from functools import partial

from jobs import queue
from portal import clock, districts, sync
from portal.database import connected
from portal.models.sync_runs import SyncRun
from portal.settings import Settings


def ring(run: SyncRun) -> bool:
    """Ring for a committed run; the sweeper rings again when this fails or is lost."""
    rung = queue.ring("jobs.sync_section.perform", run.public_id)
    if rung:
        run.rung(clock.now())
    return rung


def perform(run_id: str) -> None:
    """Carry the run with this public id to its end."""
    with connected():
        run = SyncRun.get_or_none(SyncRun.public_id == run_id)
        if run is not None:
            sync.sync_section(run, partial(districts.read_roster, Settings.from_env()))
