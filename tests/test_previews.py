"""What a sync would change is shown first, and saved exactly so or shown anew (Y5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jobs.sweep import sweep
from portal import clock
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.planned_changes import PlannedChange
from portal.models.syncs.sync_changes import SyncChange
from portal.models.syncs.sync_runs import OwnReason, RunSource, RunState, SyncRun, Wish
from portal.providers.base import FailureReason, ProviderError
from portal.roster.records import StudentRecord
from portal.sync import RosterReader, sync_section
from tests.rosters import (
    RIVERA,
    account_of,
    algebra,
    reading,
    refusing,
    section_of,
    student,
    students,
    synced,
)
from tests.statements import queries

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def section(database: str) -> Section:
    made = section_of(algebra(), account_of(RIVERA))
    synced(made, reading(*students(26)))
    return made


def test_a_preview_names_who_would_come_go_and_be_renamed_and_changes_nothing(
    section: Section,
) -> None:
    before = everything()
    run = previewed(section, *four_changes())

    assert run.state == RunState.PREVIEWED
    assert planned(run) == {("s00027", "added"), ("s00001", "removed"), ("s00002", "renamed")} | {
        ("s00003", "refreshed")
    }
    assert (run.added_count, run.removed_count, run.updated_count) == (1, 1, 2)
    assert everything() == before


def test_save_makes_exactly_what_was_shown(section: Section) -> None:
    shown = previewed(section, *four_changes())
    run = saved(shown, *four_changes())

    assert run.state == RunState.DONE
    assert {(each.sourced_id, each.kind) for each in run.changes} == planned(shown)
    assert {*Enrollment.roster(section).values()} == {*four_changes()}


def test_what_changed_since_is_shown_instead_of_saved(section: Section) -> None:
    shown = previewed(section, *four_changes())
    before = everything()
    run = saved(shown, *four_changes()[1:])

    assert (run.state, run.reason) == (RunState.PREVIEWED, OwnReason.CHANGED_SINCE)
    assert planned(run) == planned(shown) - {("s00002", "renamed")} | {("s00002", "removed")}
    assert everything() == before
    assert saved(run, *four_changes()[1:]).state == RunState.DONE


def test_a_name_that_is_spelled_otherwise_since_is_another_plan(section: Section) -> None:
    shown = previewed(section, *students(25), student(26, given_name="Zoe"))
    run = saved(shown, *students(25), student(26, given_name="Zoë"))

    assert run.reason == OwnReason.CHANGED_SINCE


def test_save_is_no_yes_to_what_the_guard_would_ask(section: Section) -> None:
    shown = previewed(section, *students(10), student(40))
    run = saved(shown, *students(10), student(40))

    assert ("s00026", "held_removal") in planned(shown)
    assert (run.state, run.added_count, run.held_count) == (RunState.HELD, 1, 16)
    assert Hold.waiting(section).get().student_count == 16


def test_a_list_that_changed_since_is_planned_anew(section: Section) -> None:
    shown = previewed(section, *students(25))
    synced(section, reading(*students(24)))
    run = saved(shown, *students(25))

    assert (run.state, run.added_count) == (RunState.PREVIEWED, 1)


def test_a_preview_of_a_class_nobody_can_read_fails_and_is_not_tried_again(
    section: Section,
) -> None:
    run = wished(section, Wish(preview=True), refusing(ProviderError(FailureReason.NOT_ANSWERING)))

    assert (run.state, run.retry_at) == (RunState.FAILED, None)


@pytest.mark.parametrize("wish", [Wish(preview=True), Wish()])
def test_who_looks_while_a_sync_runs_joins_it(section: Section, wish: Wish) -> None:
    running, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())

    assert SyncRun.request(section, RunSource.TEACHER, clock.now(), wish=wish) == (running, False)


def test_a_sync_does_not_join_a_preview_that_would_save_nothing(section: Section) -> None:
    looking, _ = SyncRun.request(section, RunSource.TEACHER, clock.now(), wish=Wish(preview=True))
    running, is_new = SyncRun.request(section, RunSource.TEACHER, clock.now())

    assert is_new
    assert SyncRun.get_by_id(looking.id).state == RunState.STOPPED
    assert SyncRun.latest(section) == running


def test_two_presses_of_save_are_one_run(section: Section) -> None:
    shown = previewed(section, *students(25))
    runs = {
        SyncRun.request(section, RunSource.TEACHER, clock.now(), wish=Wish(shown=shown))[0].id
        for _ in range(2)
    }

    assert len(runs) == 1


def test_a_plan_that_nobody_saves_is_forgotten_after_a_day(section: Section) -> None:
    run = previewed(section, *students(25))
    sweep(clock.now() + timedelta(hours=23))
    assert planned(run)
    sweep(clock.now() + timedelta(hours=25))

    assert not PlannedChange.select().exists()
    latest = SyncRun.latest(section)
    assert latest is not None
    assert latest.state == RunState.DONE


def test_a_preview_takes_as_many_statements_for_many_students_as_for_few(
    section: Section,
) -> None:
    counted = [
        len(queries(lambda count=count: previewed(section, *students(count))))  # type: ignore[misc]
        for count in (25, 5)
    ]

    assert counted[0] == counted[1]


def four_changes() -> list[StudentRecord]:
    """Of 26 students one has left, one is new, one is called otherwise, one is in another grade."""
    changed = [student(2, given_name="Zoë"), student(3, grade="8")]
    return [*changed, *students(23, first=4), student(27)]


def previewed(section: Section, *roster: StudentRecord) -> SyncRun:
    return wished(section, Wish(preview=True), reading(*roster))


def saved(shown: SyncRun, *roster: StudentRecord) -> SyncRun:
    return wished(shown.section, Wish(shown=shown), reading(*roster))


def wished(section: Section, wish: Wish, read: RosterReader) -> SyncRun:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now(), wish=wish)
    sync_section(run, read)
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


def planned(run: SyncRun) -> set[tuple[str, str]]:
    theirs = PlannedChange.select().where(PlannedChange.run == run)
    return {(each.sourced_id, each.kind) for each in theirs}


def everything() -> list[list[tuple[object, ...]]]:
    """All that a sync may change, but for the runs themselves."""
    tables = (Account, Enrollment, SyncChange, Hold, AuditEvent)
    sections = Section.select(Section.name, Section.roster_version, Section.checked_at)
    return [list(table.select().tuples()) for table in tables] + [list(sections.tuples())]
