"""Another class behind a section: shown first, then made with its list in one go (N7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from portal import clock, undoing
from portal.models.accounts import Account
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldState
from portal.models.syncs.sync_runs import OwnReason, RunSource, RunState, SyncRun
from portal.providers.base import ReadProgress
from portal.roster.snapshot import RosterSnapshot
from portal.sync import RosterReader, sync_section
from portal.undoing import Undone
from tests.class_changing import preview, saved
from tests.rosters import (
    OKAFOR,
    RIVERA,
    account_of,
    algebra,
    reading,
    section_of,
    students,
    synced,
)

pytestmark = pytest.mark.usefixtures("database")

TWIN = replace(algebra("c2", name="Algebra 1"), period="4")
IN_TWIN = [*students(22, first=5), *students(3, first=40)]


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    section = section_of(algebra(), rivera)
    synced(section, reading(*students(26)))
    return now(section)


def now(section: Section) -> Section:
    return Section.by_key(section.id)


def of_twin() -> RosterReader:
    return reading(*IN_TWIN, roster_class=TWIN)


def test_a_preview_changes_nothing_and_tells_who_would_stay_leave_and_join(
    section: Section, rivera: Account
) -> None:
    before = section.__data__ | {"next_fence": 0}
    run = preview(section, TWIN, of_twin(), rivera)

    assert run.state == RunState.PREVIEWED
    assert (run.count_before, run.removed_count, run.added_count) == (26, 4, 3)
    assert now(section).__data__ | {"next_fence": 0} == before


def test_saved_it_follows_the_other_class_with_its_list_and_keeps_the_rest(
    section: Section, rivera: Account
) -> None:
    Section.update(course_slug="biology", mode="add_only").where(Section.id == section.id).execute()
    run = saved(preview(section, TWIN, of_twin(), rivera), of_twin(), rivera)

    after = now(section)
    assert (run.state, set(Enrollment.roster(after))) == (
        RunState.DONE,
        {each.sourced_id for each in IN_TWIN},
    )
    assert (after.class_sourced_id, after.name, after.period) == ("c2", "Algebra 1", "4")
    assert (after.course_slug, after.mode) == ("biology", "add_only")


def test_a_plan_that_is_no_longer_true_is_shown_anew_and_can_be_saved_then(
    section: Section, rivera: Account
) -> None:
    shown, later = (
        preview(section, TWIN, of_twin(), rivera),
        reading(*IN_TWIN[:-1], roster_class=TWIN),
    )
    stale = saved(shown, later, rivera)

    assert (stale.state, stale.reason) == (RunState.PREVIEWED, OwnReason.CHANGED_SINCE)
    assert now(section).class_sourced_id == "c1"
    assert saved(stale, later, rivera).state == RunState.DONE
    assert Enrollment.count(section) == 24


def test_who_does_not_teach_the_other_class_changes_neither(section: Section) -> None:
    okafor = account_of(OKAFOR)
    SectionTeacher.create(section=section, sourced_id="t2", account=okafor)
    run = preview(section, TWIN, of_twin(), okafor)

    assert (run.state, run.reason) == (RunState.FAILED, OwnReason.TEACHER_REMOVED)
    assert SectionTeacher.account_ids(section) >= {okafor.id}


def test_a_question_about_the_old_class_ends_with_it(section: Section, rivera: Account) -> None:
    synced(section, reading(*students(10)))
    saved(preview(section, TWIN, of_twin(), rivera), of_twin(), rivera)

    assert [hold.state for hold in Hold.select()] == [HoldState.SUPERSEDED]


def test_what_was_planned_for_the_old_class_is_not_saved_for_the_new_one(
    section: Section, rivera: Account
) -> None:
    """A worker has read the old class when the change of class is saved."""
    shown = preview(section, TWIN, of_twin(), rivera)
    old, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())

    def read_late(
        section: Section, enrolled: Collection[str], progress: ReadProgress
    ) -> RosterSnapshot:
        saved(shown, of_twin(), rivera)
        return reading(*students(26))(section, enrolled, progress)

    sync_section(old, read_late)

    assert SyncRun.get_by_id(old.id).state == RunState.STOPPED
    assert now(section).class_sourced_id == "c2"
    assert Enrollment.count(section) == 25


def test_an_undo_puts_the_class_back_and_its_list(section: Section, rivera: Account) -> None:
    before = now(section).__data__
    run = saved(preview(section, TWIN, of_twin(), rivera), of_twin(), rivera)

    assert isinstance(undoing.undo(run, rivera), Undone)
    after = now(section).__data__
    assert set(Enrollment.roster(section)) == {each.sourced_id for each in students(26)}
    kept = {"roster_version", "next_fence", "last_fence", "checked_at", "outdated_at"}
    assert {key: after[key] for key in after if key not in kept} == {
        key: before[key] for key in before if key not in kept
    }


def test_y8_what_was_undone_is_asked_about_again_in_the_class_that_comes_back(
    section: Section, rivera: Account
) -> None:
    undoing.undo(synced(section, reading(*students(27))), rivera)
    asked = [(hold.kind, hold.keys, hold.state) for hold in Hold.waiting(section)]
    changed = saved(preview(now(section), TWIN, of_twin(), rivera), of_twin(), rivera)
    undoing.undo(changed, rivera)

    assert [(hold.kind, hold.keys, hold.state) for hold in Hold.waiting(section)] == asked
    synced(now(section), reading(*students(27)))
    assert Enrollment.count(section) == 26


def test_y6_a_question_about_the_new_class_ends_when_that_is_taken_back(
    section: Section, rivera: Account
) -> None:
    changed = saved(preview(section, TWIN, of_twin(), rivera), of_twin(), rivera)
    synced(now(section), reading(*IN_TWIN[:10], roster_class=TWIN))
    assert list(Hold.waiting(section))
    undoing.undo(changed, rivera)

    assert [hold.state for hold in Hold.select()] == [HoldState.SUPERSEDED]


def test_a_name_that_its_teacher_gave_it_since_survives_the_undo(
    section: Section, rivera: Account
) -> None:
    run = saved(preview(section, TWIN, of_twin(), rivera), of_twin(), rivera)
    Section.update(name="Period 4", own_name=True).where(Section.id == section.id).execute()
    undoing.undo(run, rivera)

    assert (now(section).name, now(section).class_sourced_id) == ("Period 4", "c1")


def test_who_teaches_the_other_class_alone_sees_the_section_while_it_follows_that(
    section: Section, rivera: Account
) -> None:
    okafor = account_of(OKAFOR)
    twin = replace(TWIN, teacher_sourced_ids=("t1", "t2"))
    read = reading(*IN_TWIN, roster_class=twin)
    run = saved(preview(section, twin, read, rivera), read, rivera)
    assert okafor.id in SectionTeacher.account_ids(section)

    undoing.undo(run, rivera)
    assert SectionTeacher.account_ids(section) == {rivera.id}


def test_what_was_read_of_the_new_class_is_not_saved_for_the_old_one(
    section: Section, rivera: Account
) -> None:
    """The change is taken back while a sync of the new class is on its way."""
    made = saved(preview(section, TWIN, of_twin(), rivera), of_twin(), rivera)
    late, _ = SyncRun.request(section, RunSource.TEACHER, clock.now(), rivera)

    def read_late(
        section: Section, enrolled: Collection[str], progress: ReadProgress
    ) -> RosterSnapshot:
        undoing.undo(made, rivera)
        return reading(*IN_TWIN, roster_class=TWIN)(section, enrolled, progress)

    sync_section(late, read_late)
    ended = SyncRun.get_by_id(late.id)

    assert (ended.state, ended.reason) == (RunState.STOPPED, OwnReason.CLASS_CHANGED)
    assert (now(section).class_sourced_id, Enrollment.count(section)) == ("c1", 26)


def test_of_two_tabs_the_second_saves_nothing_that_it_did_not_show(
    section: Section, rivera: Account
) -> None:
    other = algebra("c3", name="Advisory")
    of_other = reading(*students(2), roster_class=other)
    one, two = preview(section, TWIN, of_twin(), rivera), preview(section, other, of_other, rivera)
    saved(one, of_twin(), rivera)
    late = saved(two, of_other, rivera)

    assert (late.state, late.reason) == (RunState.PREVIEWED, OwnReason.CHANGED_SINCE)
    assert (now(section).class_sourced_id, Enrollment.count(section)) == ("c2", 25)


def test_the_same_save_sent_twice_is_one_change(section: Section, rivera: Account) -> None:
    shown = preview(section, TWIN, of_twin(), rivera)
    saved(shown, of_twin(), rivera)
    again = saved(shown, of_twin(), rivera)

    assert again.state == RunState.PREVIEWED
    assert SyncRun.select().where(SyncRun.state == RunState.DONE).count() == 2
