"""What a teacher set over Clever outlives nights and Events (Y9, Y10, Y14)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import overriding
from portal.clock import now
from portal.database import write
from portal.models import section_choices
from portal.models.accounts import Account
from portal.models.sections import Section, SectionMode
from portal.models.syncs.district_runs import DistrictRunSource
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.overrides import OverrideKind, RosterOverride
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.overriding import Decision
from tests.mirror_follows.district import (
    ReadDistrict,
    as_it_is,
    last_run,
    listed,
    pupil,
    section_for,
)
from tests.rosters import RIVERA, account_of

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def district() -> ReadDistrict:
    """Algebra (c1) of twelve, read once."""
    found = ReadDistrict()
    found.enrol("c1", range(1, 13))
    found.read()
    return found


@pytest.fixture
def algebra(district: ReadDistrict) -> Section:
    section = section_for(district, "c1")
    district.follow()
    return as_it_is(section)


def turns(section: Section, mode: SectionMode) -> None:
    write(lambda: section_choices.follow(as_it_is(section), mode, now()))


@pytest.mark.parametrize("mode", [SectionMode.MANUAL, SectionMode.PAUSED])
def test_y14_a_night_only_says_that_clever_has_changes(
    district: ReadDistrict, algebra: Section, mode: SectionMode
) -> None:
    turns(algebra, mode)
    before = SyncRun.select().count()
    district.enrol("c1", range(1, 14))
    district.night()
    waits = as_it_is(algebra).is_behind
    district.enrol("c1", range(1, 13))
    district.night()

    assert (SyncRun.select().count(), listed(algebra)) == (before, {*range(1, 13)})
    assert (waits, as_it_is(algebra).is_behind) == (True, False)
    assert as_it_is(algebra).mode == mode


def test_y14_after_a_pause_a_night_shows_and_saves_nothing(
    district: ReadDistrict, algebra: Section
) -> None:
    turns(algebra, SectionMode.PAUSED)
    district.enrol("c1", range(1, 14))
    district.night()
    turns(algebra, SectionMode.FULL)
    district.night()

    assert last_run(algebra).state == RunState.PREVIEWED
    assert listed(algebra) == {*range(1, 13)}


def test_y14_a_section_that_only_adds_takes_nobody_off_at_night(
    district: ReadDistrict, algebra: Section
) -> None:
    turns(algebra, SectionMode.ADD_ONLY)
    district.enrol("c1", range(7, 15))
    district.night()

    run = last_run(algebra)
    assert (run.state, run.added_count, run.kept_count) == (RunState.DONE, 2, 6)
    assert listed(algebra) == {*range(1, 15)}


def ada(algebra: Section) -> Account:
    account: Account = algebra.enrollments.where(Enrollment.sourced_id == "s00001").get().account
    return account


def decides(algebra: Section, kind: OverrideKind) -> None:
    until = now().date() + timedelta(days=30)
    overriding.keep(algebra, ada(algebra), Decision(kind, until, account_of(RIVERA)))


def the_day_is_over() -> None:
    RosterOverride.update(until=now().date() - timedelta(days=2)).execute()
    RosterOverride.end_over(now())


def test_y10_who_is_kept_off_the_list_stays_off_at_night_until_the_day_is_over(
    district: ReadDistrict, algebra: Section
) -> None:
    decides(algebra, OverrideKind.OUT)
    district.enrol("c1", range(1, 14))
    district.night()
    kept = listed(algebra)
    the_day_is_over()
    district.night()

    assert (kept, listed(algebra)) == ({*range(2, 14)}, {*range(1, 14)})


def test_y10_who_is_kept_on_the_list_stays_by_events_too(
    district: ReadDistrict, algebra: Section
) -> None:
    decides(algebra, OverrideKind.IN)
    district.enrol("c1", range(2, 13))
    district.read()
    district.follow(DistrictRunSource.EVENTS)
    runs = SyncRun.select().count()
    district.night()

    assert listed(algebra) == {*range(1, 13)}
    assert SyncRun.select().count() == runs


def test_y10_a_section_that_waits_for_a_press_says_that_clever_may_decide_again(
    district: ReadDistrict, algebra: Section
) -> None:
    turns(algebra, SectionMode.MANUAL)
    decides(algebra, OverrideKind.OUT)
    the_day_is_over()
    district.night()

    assert (listed(algebra), as_it_is(algebra).is_behind) == ({*range(2, 13)}, True)


def test_y9_an_own_name_and_display_names_outlive_nights(
    district: ReadDistrict, algebra: Section
) -> None:
    write(lambda: section_choices.describe(algebra, "Mornings", ""))
    place = algebra.enrollments.where(Enrollment.sourced_id == "s00002").get()
    place.display("Addie")
    district.enrol("c1", [1, *range(3, 13)])
    district.night()
    district.enrol("c1", range(1, 13))
    district.students[2] = pupil(2, given_name="Renamed")
    district.night()

    assert (as_it_is(algebra).name, Enrollment.get_by_id(place.id).display_name) == (
        "Mornings",
        "Addie",
    )
    assert Enrollment.roster(algebra)["s00002"].given_name == "Renamed"
