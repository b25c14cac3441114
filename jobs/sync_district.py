"""The job behind every read of a whole district."""

from __future__ import annotations

from jobs import queue
from portal import clock, district_sync
from portal.database import connected
from portal.models.syncs.district_runs import DistrictRun
from portal.settings import Settings

LONGEST_SECONDS = 7_200


def ring(run: DistrictRun, again: bool = False) -> bool:
    """Ring for a committed run; the sweeper rings again when this fails or is lost."""
    rung = queue.ring(
        "jobs.sync_district.perform", run.public_id, again=again, seconds=LONGEST_SECONDS
    )
    if rung:
        run.rung(clock.now())
    return rung


def perform(_run_id: str) -> None:
    """Carry on the runs that wait, for a while: whose ring this was does not matter."""
    with connected():
        at_most = queue.worker_count() - 1
        left = district_sync.carry_next(Settings.from_env(), at_most)
        if left is not None:
            ring(left, again=True)
