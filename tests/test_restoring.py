"""A list is put back as it was at some day, whatever came since (experience.md 2.14)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldKind
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.restoring import put_back
from portal.undoing import Refusal, Undone, undo
from tests.rosters import (
    RIVERA,
    account_of,
    algebra,
    reading,
    section_of,
    student,
    students,
    synced,
)
from tests.test_undoing import GRACE, Tables, account

pytestmark = pytest.mark.usefixtures("database")

AMAZING = replace(GRACE, given_name="Amazing")


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    made = section_of(algebra(), rivera)
    synced(made, reading(*students(26), student(30)))
    synced(made, reading(*students(26)))
    return made


def three_days(section: Section) -> list[SyncRun]:
    """1 is off and on again, 30 on and off, 40 too; 26 leaves, 2 is called twice otherwise."""
    first = [GRACE, *students(24, first=3), student(30)]
    second = [student(1), AMAZING, *students(24, first=3), student(40)]
    third = [AMAZING, *students(23, first=3), student(1)]
    return [synced(section, reading(*roster)) for roster in (first, second, third)]


def restored(run: SyncRun, by: Account) -> Undone:
    done = put_back(run, by)
    assert isinstance(done, Undone)
    return done


def test_all_that_came_since_is_undone_at_once(section: Section, rivera: Account) -> None:
    before = Tables()
    first, *_ = three_days(section)
    made = restored(first, rivera).run

    assert before.are_as_now()
    assert (made.source, made.undoes_id, made.count_after) == (RunSource.UNDO, first.id, 26)
    assert restored(first, rivera).run == made
    assert isinstance(undo(first, rivera), Undone)
    assert SyncRun.select().where(SyncRun.source == RunSource.UNDO).count() == 1


def test_people_are_asked_about_what_it_all_came_to(section: Section, rivera: Account) -> None:
    first, *_ = three_days(section)
    restored(first, rivera)
    asked = {hold.kind: [each.sourced_id for each in hold.changes()] for hold in Hold.select()}
    renamed = Hold.get(Hold.kind == HoldKind.RENAMES).changes().get()

    assert asked == {"renames": ["s00002"], "removals": ["s00026"]}
    assert (renamed.given_name_before, renamed.given_name) == ("Given2", "Amazing")
    run = synced(section, reading(AMAZING, *students(23, first=3), student(1)))
    assert (run.state, run.held_count) == (RunState.HELD, 2)


def test_what_somebody_else_changed_stays_with_all_that_was_before_it(
    section: Section, rivera: Account
) -> None:
    first, *_ = three_days(section)
    band = algebra("c2", name="Band")
    synced(section_of(band, rivera), reading(replace(AMAZING, given_name="G"), roster_class=band))
    done = restored(first, rivera)

    assert [part.given_name_now for part in done.left] == ["G"] * len(done.left)
    assert account(2).given_name == "G"
    assert set(Enrollment.roster(section)) == {each.sourced_id for each in students(26)}


def test_a_list_that_nothing_changed_is_not_put_back(section: Section, rivera: Account) -> None:
    idle = synced(section, reading(*students(26)))

    assert put_back(idle, rivera) == Refusal.NO_LIST
