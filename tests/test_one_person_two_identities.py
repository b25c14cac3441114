"""A student whom Clever has under two ids is one student in every class, whichever it lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal import merging
from portal.models.accounts import Account, LinkedAccount
from portal.models.merging.merges import Merge, MergeGround
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldState
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.roster.one_person import Doubles
from portal.roster.records import PersonRecord, Role
from portal.roster.snapshot import RosterSnapshot
from tests.accounts import pupil, teacher
from tests.rosters import (
    DISTRICT,
    ISSUER,
    RIVERA,
    account_of,
    algebra,
    reading,
    section_of,
    student,
    students,
    synced,
)

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO, THREE = "s00001", "s00002", "s00003"
OTHERS = students(20, first=11)


@pytest.fixture
def section(database: str) -> Section:
    return section_of(algebra(), account_of(RIVERA))


def one_of(*numbers: int) -> Merge:
    """Students of these numbers who turn out to be one person."""
    first, *rest = (owner(student(number).sourced_id) for number in numbers)
    found: Any = None
    for other in rest:
        found = merging.merge(first, other, MergeGround.TEACHER)
        assert isinstance(found, Merge)
    merge: Merge = found
    return merge


def owner(sourced_id: str) -> Account:
    linked = LinkedAccount.find("clever", ISSUER, sourced_id)
    return linked.account if linked else pupil(sourced_id)


def counts(run: SyncRun) -> tuple[int, int, int]:
    return run.added_count, run.updated_count, run.removed_count


def listed(section: Section) -> set[str]:
    return set(Enrollment.roster(section)) - {each.sourced_id for each in OTHERS}


def test_both_ids_listed_and_one_of_them_here_is_no_change(section: Section) -> None:
    synced(section, reading(student(1), student(2), *OTHERS))
    one_of(1, 2)
    for _ in range(2):
        run = synced(section, reading(student(1), student(2), *OTHERS))
        assert (run.state, counts(run), run.unchanged_count) == (RunState.DONE, (0, 0, 0), 21)

    assert listed(section) == {ONE}


def test_one_id_in_place_of_the_other_is_no_change_and_takes_over_quietly(section: Section) -> None:
    synced(section, reading(student(1), *OTHERS))
    merge = one_of(1, 2)
    run = synced(section, reading(replace(student(1), sourced_id=TWO, sis_id=""), *OTHERS))

    assert (run.state, counts(run)) == (RunState.DONE, (0, 0, 0))
    assert listed(section) == {TWO}
    assert Enrollment.get(Enrollment.sourced_id == TWO).account == merge.kept


def test_what_the_new_id_says_otherwise_is_an_ordinary_update(section: Section) -> None:
    synced(section, reading(student(1), *OTHERS))
    one_of(1, 2)
    run = synced(section, reading(student(2, given_name="Grace"), *OTHERS))

    assert counts(run) == (0, 1, 0)
    assert Enrollment.roster(section)[TWO].given_name == "Grace"


def test_two_ids_of_somebody_who_was_not_here_are_one_newcomer(section: Section) -> None:
    one_of(1, 2)
    for added in (1, 0):
        run = synced(section, reading(student(1), student(2), *OTHERS[:added], *OTHERS[1:]))
        assert run.added_count == added * 21

    assert len(listed(section)) == 1


def test_three_ids_are_one_student_too(section: Section) -> None:
    synced(section, reading(student(1), *OTHERS))
    one_of(1, 2, 3)
    run = synced(section, reading(student(2), student(3), *OTHERS))

    assert (run.added_count, run.removed_count) == (0, 0)
    assert listed(section) == {TWO}


def test_an_id_whose_record_cannot_be_used_still_stands_for_its_student(section: Section) -> None:
    synced(section, reading(student(1), *OTHERS))
    one_of(1, 2)
    run = synced(section, reading(student(2), *OTHERS, unreadable=[ONE]))

    assert (counts(run), listed(section)) == ((0, 0, 0), {ONE})


def test_who_is_no_longer_listed_under_any_id_leaves(section: Section) -> None:
    synced(section, reading(student(1), student(2), *OTHERS))
    one_of(1, 2)
    run = synced(section, reading(*OTHERS))

    assert (run.removed_count, listed(section)) == (1, set())


def test_a_question_about_one_id_is_answered_by_the_other(section: Section) -> None:
    synced(section, reading(student(1), *OTHERS))
    synced(section, reading(*OTHERS[10:]))
    hold = Hold.waiting(section).get()
    one_of(1, 2)
    run = synced(section, reading(student(2), *OTHERS))

    assert (run.removed_count, listed(section)) == (0, {TWO})
    assert Hold.get_by_id(hold.id).state == HoldState.DISSOLVED


def test_a_teachers_account_that_a_class_lists_twice_is_in_it_once(section: Section) -> None:
    merging.merge(teacher(ONE), teacher(TWO), MergeGround.BOTH_PROVED)
    for _ in range(2):
        run = synced(section, reading(student(1), student(2), *OTHERS))
        assert run.state == RunState.DONE

    assert len(listed(section)) == 1


def test_two_classes_do_not_rename_a_student_to_and_fro(section: Section) -> None:
    band = section_of(algebra("c2", name="Band"), account_of(RIVERA))
    in_band = reading(student(2, given_name="Bob"), roster_class=algebra("c2"))
    synced(section, reading(student(1, given_name="Robert")))
    synced(band, in_band)
    one_of(1, 2)
    first = [synced(band, in_band), synced(section, reading(student(1, given_name="Robert")))]
    later = [synced(band, in_band), synced(section, reading(student(1, given_name="Robert")))]

    assert sum(run.updated_count for run in first) == 1
    assert sum(run.updated_count for run in later) == 0


def test_a_student_is_called_as_the_id_they_signed_in_with_last_says(section: Section) -> None:
    one_of(1, 2)
    account_of(PersonRecord(ONE, DISTRICT, (Role.STUDENT,), "Robert", "Family"))
    run = synced(section, reading(student(2, given_name="Bob"), *OTHERS))

    assert run.updated_count == 0


@pytest.mark.parametrize("together", [True, False])
def test_accounts_brought_together_or_apart_during_a_read_are_seen_by_it(
    section: Section, together: bool
) -> None:
    """The plan is made from who they were; the transaction finds out who they are."""
    both = reading(student(1), student(2), *OTHERS)
    pair = (owner(ONE), owner(TWO))
    before = None if together else one_of(1, 2)

    def meanwhile(*asked: Any) -> RosterSnapshot:
        if before is None:
            merging.merge(*pair, MergeGround.TEACHER)
        else:
            merging.undo(before, None)
        return both(*asked)

    run = synced(section, meanwhile)
    assert (run.state, len(listed(section))) == (RunState.DONE, 1 if together else 2)


def test_an_id_of_the_same_person_does_not_hide_another_newcomer() -> None:
    found = RosterSnapshot(algebra(), {each: student(1) for each in (ONE, TWO, THREE)})
    doubles = Doubles.among({}, found, {ONE: frozenset({TWO}), TWO: frozenset({ONE})})

    assert doubles == Doubles({}, frozenset({TWO}))
    assert doubles.read(found).students.keys() == {ONE, THREE}
