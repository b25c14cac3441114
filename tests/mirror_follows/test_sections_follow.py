"""Sections follow what their district shares, as a sync of each would (Y3, Y7, F24, F25, F50)."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread

import pytest

from portal import clock, reconciling, sync
from portal.database import connected, one_moment, write
from portal.models.sections import Section
from portal.models.shared import writing
from portal.models.shared.records import ClassStudent
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.providers.base import FailureReason, ProviderError
from tests.mirror_follows.district import (
    ReadDistrict,
    as_it_is,
    last_run,
    listed,
    pupil,
    section_for,
    time_passes,
)
from tests.rosters import RIVERA, account_of, reading, refusing, student, synced

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def district() -> ReadDistrict:
    """Algebra (c1) and Band (c2) of one school, read once."""
    found = ReadDistrict()
    found.enrol("c1", range(1, 13))
    found.enrol("c2", range(13, 41))
    found.read()
    return found


@pytest.fixture
def algebra(district: ReadDistrict) -> Section:
    section = section_for(district, "c1")
    district.follow()
    return section


def test_y3_a_nightly_run_brings_what_the_district_shares(
    district: ReadDistrict, algebra: Section
) -> None:
    district.enrol("c1", range(1, 14))
    district.students[2] = pupil(2, given_name="Renamed")
    district.night()

    assert listed(algebra) == {*range(1, 14)}
    assert Enrollment.roster(algebra)["s00002"].given_name == "Renamed"
    run = last_run(algebra)
    assert (run.source, run.added_count, run.updated_count) == (RunSource.NIGHTLY, 1, 1)
    assert as_it_is(algebra).outdated_at is None


def test_an_unchanged_night_makes_no_run(district: ReadDistrict, algebra: Section) -> None:
    before = SyncRun.select().count()
    district.night()
    assert SyncRun.select().count() == before


def test_what_events_brought_is_said_of_the_run(district: ReadDistrict, algebra: Section) -> None:
    district.enrol("c1", range(1, 14))
    district.read()
    district.follow(DistrictRunSource.EVENTS)
    assert last_run(algebra).source == RunSource.EVENTS


def test_a_listed_student_without_a_record_is_unshared_and_one_nobody_could_read_stays(
    district: ReadDistrict, algebra: Section
) -> None:
    district.enrol("c1", [*range(1, 13), 50, 51])
    for number in (1, 50, 51):
        del district.students[number]
    write(lambda: writing.list_unreadable(district.connection, ["s00051"], clock.now()))
    district.night()

    assert listed(algebra) == {*range(2, 13)}
    run = last_run(algebra)
    assert (run.removed_count, run.unshared_count, run.skipped_count) == (1, 2, 1)


def test_f50_a_sync_by_hand_that_read_later_is_not_undone_by_the_district_read_before_it(
    district: ReadDistrict, algebra: Section
) -> None:
    district.enrol("c1", range(1, 14))
    district.read()
    by_hand = [student(number) for number in range(1, 15)]
    synced(algebra, reading(*by_hand, roster_class=district.classes["c1"]), account_of(RIVERA))
    district.follow()

    assert listed(algebra) == {*range(1, 15)}
    assert last_run(algebra).source == RunSource.TEACHER


def test_what_clever_said_between_two_reads_and_took_back_does_not_stay(
    district: ReadDistrict, algebra: Section
) -> None:
    by_hand = [student(number) for number in range(1, 15)]
    synced(algebra, reading(*by_hand, roster_class=district.classes["c1"]), account_of(RIVERA))
    district.night()
    assert listed(algebra) == {*range(1, 13)}


def test_f50_a_sync_by_hand_that_found_the_same_leaves_nothing_to_do_at_night(
    district: ReadDistrict, algebra: Section
) -> None:
    roster = [one.record for one in district.students.values() if one.record.sourced_id < "s00013"]
    synced(algebra, reading(*roster, roster_class=district.classes["c1"]), account_of(RIVERA))
    district.night()
    assert last_run(algebra).source == RunSource.TEACHER
    assert as_it_is(algebra).outdated_at is None


def test_a_section_somebody_syncs_just_now_waits_for_the_next_round(
    district: ReadDistrict, algebra: Section
) -> None:
    district.enrol("c1", range(1, 14))
    district.read()
    running, _ = SyncRun.request(algebra, RunSource.TEACHER, clock.now())
    district.follow()
    assert as_it_is(algebra).outdated_at is not None

    running.stop(clock.now())
    district.follow()
    assert listed(algebra) == {*range(1, 14)}


def test_a_run_whose_worker_died_is_finished_from_the_mirror(
    district: ReadDistrict, algebra: Section
) -> None:
    district.enrol("c1", range(1, 14))
    district.read()
    dead, _ = SyncRun.request(algebra, RunSource.NIGHTLY, clock.now())
    unasked = refusing(ProviderError(FailureReason.RECONNECT))
    sync.sync_next(lambda run: reconciling.read_mirror if run.by_mirror else unasked)

    assert SyncRun.get_by_id(dead.id).state == RunState.DONE
    assert listed(algebra) == {*range(1, 14)}


def test_time_that_is_up_leaves_the_rest_for_the_next_slice(district: ReadDistrict) -> None:
    section = section_for(district, "c1")
    assert not district.follow(lasts=timedelta())
    assert listed(section) == set()
    assert district.follow()
    assert listed(section) == {*range(1, 13)}


def test_a_round_tries_each_section_once_and_one_that_fails_stops_no_other(
    district: ReadDistrict, algebra: Section
) -> None:
    band = section_for(district, "c2")
    del district.classes["c1"]
    district.enrol("c3", range(1, 13))
    district.read()
    run, _ = DistrictRun.request(district.connection, DistrictRunSource.NIGHTLY, clock.now())
    for _ in range(2):
        assert reconciling.sync_outdated(run, clock.now() + timedelta(hours=1))

    tried = SyncRun.select().where(SyncRun.district_run_id == run.id)
    assert [(each.section_id, each.state) for each in tried.order_by(SyncRun.section)] == [
        (algebra.id, RunState.FAILED),
        (band.id, RunState.DONE),
    ]


def test_f24_a_class_that_went_keeps_its_list_and_comes_back_as_it_was(
    district: ReadDistrict, algebra: Section
) -> None:
    for number in range(3, 14):
        district.enrol(f"c{number}", range(1, 13))
    district.night()
    places = {row.id for row in Enrollment.active(algebra)}
    gone = district.classes.pop("c1")
    district.night()
    assert as_it_is(algebra).class_gone_at is not None
    assert {row.id for row in Enrollment.active(algebra)} == places

    district.classes["c1"] = gone
    district.night()
    assert as_it_is(algebra).class_gone_at is None
    assert {row.id for row in Enrollment.active(algebra)} == places


def test_y12_an_archived_section_is_never_touched(district: ReadDistrict, algebra: Section) -> None:
    Section.update(archived_at=clock.now()).where(Section.id == algebra.id).execute()
    district.enrol("c1", range(1, 14))
    district.night()
    assert listed(algebra) == {*range(1, 13)}
    assert as_it_is(algebra).archived_at is not None


def test_decision_4_what_ran_out_is_asked_again_by_the_next_night_that_wants_it(
    district: ReadDistrict, algebra: Section
) -> None:
    district.enrol("c1", range(1, 5))
    for number in range(3, 9):
        district.enrol(f"c{number}", range(100 * number, 100 * number + 30))
    district.night()
    first = last_run(algebra)
    assert (first.state, first.held_count) == (RunState.HELD, 8)

    time_passes(timedelta(days=15))
    district.night()
    again = last_run(algebra)
    assert (again.id > first.id, again.held_count) == (True, 8)
    assert listed(algebra) == {*range(1, 13)}


@pytest.mark.parametrize(("left", "joined"), [("c1", "c2"), ("c2", "c1")])
def test_f46_who_moves_between_two_sections_is_one_account_in_either_order(
    district: ReadDistrict, algebra: Section, left: str, joined: str
) -> None:
    sections = {"c1": algebra, "c2": section_for(district, "c2")}
    district.follow()
    mover = min(listed(sections[left]))
    account = Enrollment.get(Enrollment.sourced_id == f"s{mover:05}").account_id
    for sourced_id in (left, joined):
        numbers = listed(sections[sourced_id]) ^ {mover}
        district.enrol(sourced_id, numbers)
    district.night()

    assert mover not in listed(sections[left])
    assert mover in listed(sections[joined])
    places = Enrollment.select().where(Enrollment.account == account)
    assert sorted(place.ended_at is None for place in places) == [False, True]


def test_a_roster_is_read_as_it_is_at_one_moment(district: ReadDistrict) -> None:
    """Whatever is saved while it is read, it belongs together."""
    with one_moment():
        before = ClassStudent.select().count()
        elsewhere = Thread(target=_leave_everybody)
        elsewhere.start()
        elsewhere.join()
        assert ClassStudent.select().where(ClassStudent.ended_at.is_null()).count() == before
    assert not ClassStudent.select().where(ClassStudent.ended_at.is_null()).exists()


def _leave_everybody() -> None:
    with connected():
        ClassStudent.update(ended_at=clock.now()).execute()
