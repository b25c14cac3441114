"""What a teacher set over Clever outlives nights and Events (Y9, Y10, Y14)."""

from __future__ import annotations

import pytest

from portal.clock import now
from portal.database import write
from portal.models import section_choices
from portal.models.sections import Section, SectionMode
from portal.models.syncs.sync_runs import RunState, SyncRun
from tests.mirror_follows.district import (
    ReadDistrict,
    as_it_is,
    last_run,
    listed,
    section_for,
)

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
