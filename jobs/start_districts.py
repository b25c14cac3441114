"""What the clock starts for whole districts; any number of schedulers may do it at once."""

from __future__ import annotations

from datetime import datetime

from jobs import find_districts, poll_events, sync_district
from portal import nightly, pausing
from portal.models.chores import Chore
from portal.settings import Settings


def start_districts(settings: Settings, now: datetime) -> None:
    """Look for new districts and for news every few minutes, read each once a night (Y3).

    First of all the pauses that are over: what follows of that night is shown before it is saved.
    """
    every = settings.discovery_every
    if every and Chore.take(find_districts.NAME, every):
        find_districts.ring()
    pausing.release_over(settings, now)
    poll_events.ring_all(settings, now)
    for run in nightly.ask_for_tonight(settings, now):
        sync_district.ring(run)
