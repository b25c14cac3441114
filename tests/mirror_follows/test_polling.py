"""Districts with Events are asked for news every few minutes, by one scheduler of many (Y3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jobs import poll_events, queue
from portal import clock
from portal.models.chores import Chore
from portal.models.districts import DistrictConnection, EventsState
from portal.models.shared.records import SharedStudent
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.settings import Settings
from tests.mirror_follows.telling import ToldDistrict
from tests.servers import RunningValkey

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def three(settings: Settings, valkey_of_the_queue: RunningValkey) -> Settings:
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


def test_each_district_that_may_have_news_is_rung_for_once_in_a_while(three: Settings) -> None:
    poll_events.ring_all(three, clock.now())
    assert rung() == {"tells"}

    queue.queue().empty()
    poll_events.ring_all(three, clock.now())
    assert rung() == set()
    Chore.update(due_at=0).execute()
    poll_events.ring_all(three, clock.now())
    assert rung() == {"tells"}


def test_one_without_events_is_rung_for_after_a_day(three: Settings) -> None:
    poll_events.ring_all(three, clock.now() + timedelta(days=1, seconds=1))
    assert rung() == {"tells", "silent"}


def test_an_operator_may_switch_it_off(three: Settings) -> None:
    poll_events.ring_all(replace(three, events_every=timedelta()), clock.now())
    assert rung() == set()


def test_the_job_saves_the_news_and_rings_for_the_sections(
    told: ToldDistrict, valkey_of_the_queue: RunningValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment_of(told.settings).items():
        monkeypatch.setenv(name, value)
    new = told.sandbox.enrol_new(told.cast.sections["Homeroom 8C"], "Nova", "Newman")
    poll_events.perform(told.cast.id)

    assert SharedStudent.get(SharedStudent.sourced_id == new).family_name == "Newman"
    run = DistrictRun.latest(told.connection)
    assert run
    assert (run.source, run.has_read) == (DistrictRunSource.EVENTS, True)
    assert rung() == {run.public_id}


def environment_of(settings: Settings) -> dict[str, str]:
    return {
        "PORTAL_URL": settings.portal_url,
        "SECRET_KEY": settings.secret_keys[0],
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "CLEVER_CLIENT_ID": settings.clever_client_id,
        "CLEVER_CLIENT_SECRET": settings.clever_client_secret,
        "CLEVER_AUTH_URL": settings.clever_auth_url,
        "CLEVER_API_URL": settings.clever_api_url,
    }
