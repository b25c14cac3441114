"""Every district once a night, at its own place in the spread (product.md Y3)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal import clock, nightly
from portal.database import connected, write
from portal.models.districts import DistrictConnection
from portal.models.plans import PlanGrant
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.sync_runs import RunState
from portal.plans import PlanSlug
from portal.settings import Settings
from tests.test_settings import DEVELOPMENT

pytestmark = pytest.mark.usefixtures("database")

SETTINGS = Settings.from_env(DEVELOPMENT)
NIGHT = date(2026, 11, 23)
STARTS = datetime(2026, 11, 23, 7, tzinfo=UTC)  # 02:00 in New York
HOUR = timedelta(hours=1)


def districts(count: int) -> list[DistrictConnection]:
    for number in range(count):
        write(lambda number=number: DistrictConnection.keep("clever", f"d{number}", "", STARTS))
    return list(DistrictConnection.select())


def nights() -> list[tuple[str, date | None]]:
    return [(run.connection.district_sourced_id, run.night) for run in DistrictRun.select()]


def a_night(now: datetime, rounds: int = 60) -> list[DistrictRun]:
    """What a scheduler asks for, round by round, in the hour from `now` on."""
    step = HOUR / rounds
    return [
        run
        for number in range(rounds + 1)
        for run in nightly.ask_for_tonight(SETTINGS, now + number * step)
    ]


def test_each_district_is_asked_for_once_at_its_own_place() -> None:
    shown = {each.district_sourced_id for each in districts(50)}
    asked = a_night(STARTS)

    assert {run.connection.district_sourced_id for run in asked} == shown
    assert len(asked) == 50
    minutes = {(run.requested_at - STARTS) // timedelta(minutes=6) for run in asked}
    assert len(minutes) >= 8  # All over the hour, not in one heap.


def test_a_districts_place_is_the_same_every_night() -> None:
    today, tomorrow = (
        nightly.begins_at(SETTINGS, NIGHT + timedelta(days=days), "d7") for days in (0, 1)
    )

    assert tomorrow - today == timedelta(days=1)


def test_before_the_hour_and_by_day_nothing_is_asked_for() -> None:
    districts(3)

    assert nightly.ask_for_tonight(SETTINGS, STARTS - timedelta(seconds=1)) == []
    assert nightly.ask_for_tonight(SETTINGS, STARTS + 7 * HOUR) == []


def test_a_scheduler_that_was_down_catches_up_in_the_same_night() -> None:
    districts(3)

    assert len(nightly.ask_for_tonight(SETTINGS, STARTS + 4 * HOUR)) == 3
    assert nightly.ask_for_tonight(SETTINGS, STARTS + 5 * HOUR) == []


def test_a_run_that_follows_events_is_not_the_nights_whole_read() -> None:
    (district,) = districts(1)
    DistrictRun.request(district, DistrictRunSource.EVENTS, STARTS)
    assert a_night(STARTS) == []
    assert nights() == [("d0", None)]

    DistrictRun.update(state=RunState.DONE, finished_at=STARTS).execute()
    (run,) = nightly.ask_for_tonight(SETTINGS, STARTS + HOUR)
    assert (run.source, run.night) == (DistrictRunSource.NIGHTLY, NIGHT)


def test_k6_a_district_whose_plan_has_no_automatic_updates_is_left_alone() -> None:
    for each in districts(2):
        PlanGrant.grant("clever", each.district_sourced_id, PlanSlug.FREE, STARTS)
    PlanGrant.grant("clever", "d1", PlanSlug.PREMIUM_PLUS, STARTS, "one-school")

    assert [each.connection.district_sourced_id for each in a_night(STARTS)] == ["d1"]


def test_however_many_schedulers_there_are_each_district_gets_one_run() -> None:
    districts(12)

    def one_scheduler(_: int) -> list[DistrictRun]:
        with connected():
            return nightly.ask_for_tonight(SETTINGS, STARTS + HOUR)

    with ThreadPoolExecutor(4) as pool:
        asked = [run for found in pool.map(one_scheduler, range(4)) for run in found]

    assert len(asked) == DistrictRun.select().count() == 12
    assert len(set(nights())) == 12


def test_library_and_districts_that_left_are_left_out() -> None:
    _, gone = districts(2)
    DistrictConnection.update(revoked_at=STARTS).where(DistrictConnection.id == gone.id).execute()
    write(lambda: DistrictConnection.library("clever", STARTS))
    nightly.ask_for_tonight(SETTINGS, STARTS + HOUR)

    assert nights() == [("d0", NIGHT)]


def test_F50_a_run_that_is_in_flight_already_becomes_the_nights() -> None:
    (connection,) = districts(1)
    run, _ = DistrictRun.request(connection, DistrictRunSource.ADMIN, STARTS)

    assert nightly.ask_for_tonight(SETTINGS, STARTS + HOUR) == []
    assert nights() == [("d0", NIGHT)]
    DistrictRun.update(state=RunState.DONE, finished_at=STARTS).execute()
    assert nightly.ask_for_tonight(SETTINGS, STARTS + HOUR) == []
    assert DistrictRun.select().count() == 1


def test_F50_somebody_who_asks_at_night_joins_the_nightly_run() -> None:
    (connection,) = districts(1)
    (nights_run,) = nightly.ask_for_tonight(SETTINGS, STARTS + HOUR)
    run, is_new = DistrictRun.request(connection, DistrictRunSource.ADMIN, clock.now())

    assert (run.id, is_new) == (nights_run.id, False)


@pytest.mark.parametrize(
    ("night", "starts"),
    [
        pytest.param(date(2027, 3, 13), "07:00", id="before the change"),
        pytest.param(date(2027, 3, 14), "07:00", id="02:00 is skipped: 03:00 of the new time"),
        pytest.param(date(2027, 3, 15), "06:00", id="the night after"),
    ],
)
def test_a_night_without_that_hour_has_a_start_too(night: date, starts: str) -> None:
    first = nightly.begins_at(replace(SETTINGS, nightly_spread=timedelta()), night, "d1")

    assert first.strftime("%H:%M") == starts


def test_an_hour_that_comes_twice_is_used_once() -> None:
    settings = replace(SETTINGS, nightly_at=time(1, 30), nightly_spread=timedelta())
    districts(1)
    first = datetime(2027, 11, 7, 5, 30, tzinfo=UTC)
    asked = [nightly.ask_for_tonight(settings, first + shift) for shift in (timedelta(), HOUR)]

    assert [len(each) for each in asked] == [1, 0]


def test_a_night_that_begins_before_midnight_belongs_to_the_day_it_began() -> None:
    settings = replace(SETTINGS, nightly_at=time(23, 30), timezone=ZoneInfo("Europe/Berlin"))
    after_midnight = datetime(2026, 11, 23, 23, 10, tzinfo=UTC)  # 00:10 on the 24th

    assert nightly.night_at(settings, after_midnight) == NIGHT
