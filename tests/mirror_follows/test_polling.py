"""Districts with Events are asked for news every few minutes, by one scheduler of many (Y3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jobs import poll_events, queue
from portal import clock
from portal.models.chores import Chore
from portal.models.districts import DistrictConnection, EventsState
from portal.settings import Settings
from tests.servers import RunningValkey

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def settings(settings: Settings, valkey_of_the_queue: RunningValkey) -> Settings:
    """Three districts: one that tells, one that does not, one that is no longer connected."""
    now = clock.now()
    for name in ("tells", "silent", "gone"):
        DistrictConnection.keep("clever", name, "sealed", now)
    _set("silent", events_state=EventsState.OFF, events_at=now)
    _set("gone", revoked_at=now)
    return settings


def _set(district: str, **columns: object) -> None:
    named = DistrictConnection.district_sourced_id == district
    DistrictConnection.update(**columns).where(named).execute()


def rung() -> set[str]:
    return set(queue.queue().get_job_ids())


def test_each_district_that_may_have_news_is_rung_for_once_in_a_while(settings: Settings) -> None:
    poll_events.ring_all(settings, clock.now())
    assert rung() == {"tells"}

    queue.queue().empty()
    poll_events.ring_all(settings, clock.now())
    assert rung() == set()
    Chore.update(due_at=0).execute()
    poll_events.ring_all(settings, clock.now())
    assert rung() == {"tells"}


def test_one_without_events_is_rung_for_after_a_day(settings: Settings) -> None:
    poll_events.ring_all(settings, clock.now() + timedelta(days=1, seconds=1))
    assert rung() == {"tells", "silent"}


def test_an_operator_may_switch_it_off(settings: Settings) -> None:
    poll_events.ring_all(replace(settings, events_every=timedelta()), clock.now())
    assert rung() == set()
