"""The job behind every read of a whole district."""

from __future__ import annotations

from jobs import queue
from portal import clock, district_sync
from portal.database import connected
from portal.models.district_runs import DistrictRun
from portal.settings import Settings


def ring(run: DistrictRun, again: bool = False) -> bool:
    """Ring for a committed run; the sweeper rings again when this fails or is lost."""
    rung = queue.ring("jobs.sync_district.perform", run.public_id, again=again)
    if rung:
        run.rung(clock.now())
    return rung


def perform(run_id: str) -> None:
    """Carry the run with this public id on for a while; what is left waits its turn (F58)."""
    with connected():
        run = DistrictRun.get_or_none(DistrictRun.public_id == run_id)
        if run is not None and district_sync.carry_out(run, Settings.from_env()):
            ring(run, again=True)
