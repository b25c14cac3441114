"""The job that asks a district for news."""

from __future__ import annotations

from datetime import datetime

from jobs import queue, sync_district
from portal import events
from portal.database import connected
from portal.models.chores import Chore
from portal.models.districts import DistrictConnection
from portal.models.plans import PlanGrant
from portal.plans import Allowance, load_plans
from portal.providers.clever import PROVIDER
from portal.settings import Settings

CHORE = "events"


def ring_all(settings: Settings, now: datetime) -> None:
    """Ring for every district with Events, every few minutes, by one scheduler of many.

    Of those whose plan has automatic updates (K6).
    """
    every = settings.events_every
    if not every or not Chore.take(CHORE, every):
        return
    plans = load_plans(settings.plans_file)
    for connection in DistrictConnection.with_events(PROVIDER, now):
        if PlanGrant.anywhere_allows(connection, Allowance.AUTOMATIC_UPDATES, plans):
            queue.ring("jobs.poll_events.perform", connection.district_sourced_id)


def perform(district_sourced_id: str) -> None:
    """Save the district's news; its sections follow by a job of their own."""
    with connected():
        connection = DistrictConnection.of(PROVIDER, district_sourced_id)
        run = events.poll(Settings.from_env(), connection) if connection else None
        if run is not None:
            sync_district.ring(run)
