"""Whatever happens at the same moment, two accounts become one whole or stay two whole ones."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from portal import clock, merging
from portal.database import connected, write
from portal.models.accounts import Account, LinkedAccount
from portal.models.arrivals import welcome
from portal.models.merging.merges import Merge, MergeGround
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunState
from tests.accounts import finish, lessons_of, pupil, with_password
from tests.rosters import (
    OKAFOR,
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

ROUNDS = 5
Step = Callable[[], Any]


def at_once(*steps: Step) -> list[Any]:
    """What each of these answers when they are all let go at one moment."""
    start = Barrier(len(steps))

    def run(step: Step) -> Any:
        with connected():
            start.wait(10)
            return step()

    with ThreadPoolExecutor(len(steps)) as threads:
        return [each.result() for each in [threads.submit(run, step) for step in steps]]


def merge_of(one: Account, other: Account) -> Step:
    return lambda: merging.merge(one, other, MergeGround.TEACHER)


def assert_everything_is_its_owners() -> None:
    """Nothing hangs on a merged account, and each place on the account of its identity."""
    for model in (LinkedAccount, SectionTeacher):
        merged = Account.merged_into.is_null(False)
        assert not model.select().join(Account).where(merged).exists()
    for place in Enrollment.select().where(Enrollment.ended_at.is_null()):
        linked = LinkedAccount.get(LinkedAccount.sourced_id == place.sourced_id)
        assert linked.account_id == place.account_id


def test_two_accounts_brought_together_from_both_ends_become_one() -> None:
    for number in range(ROUNDS):
        one, two = pupil(f"a{number}"), pupil(f"b{number}")
        finish(two, "first")
        first, second = at_once(merge_of(one, two), merge_of(two, one))

        assert (first, first.kept_id) == (second, one.id)
        assert lessons_of(one) == {"first"}
    assert Merge.select().count() == ROUNDS


def test_three_accounts_in_a_circle_end_with_one_way_in_for_each_identity() -> None:
    for number in range(ROUNDS):
        ring = [pupil(f"{letter}{number}") for letter in "abc"]
        at_once(*(merge_of(each, ring[index - 1]) for index, each in enumerate(ring)))
        assert_everything_is_its_owners()


def test_a_merge_beside_a_running_sync() -> None:
    for number in range(ROUNDS):
        section = section_of(algebra(f"c{number}"), account_of(RIVERA))
        one, two = student(number * 10 + 1), student(number * 10 + 2)
        pair = account_of_student(one.sourced_id), account_of_student(two.sourced_id)
        read = reading(one, two, *students(5, first=900), roster_class=algebra(f"c{number}"))
        run, _ = at_once(lambda s=section, r=read: synced(s, r), merge_of(*pair))  # type: ignore[misc]
        again = synced(section, read)

        assert (run.state, again.state) == (RunState.DONE, RunState.DONE)
        assert (again.added_count, again.removed_count) == (0, 0)
        assert len(Enrollment.roster(section)) == 6
        assert_everything_is_its_owners()


def test_an_undo_beside_a_running_sync() -> None:
    for number in range(ROUNDS):
        section = section_of(algebra(f"c{number}"), account_of(RIVERA))
        one, two = student(number * 10 + 1), student(number * 10 + 2)
        merge = merge_of(account_of_student(one.sourced_id), account_of_student(two.sourced_id))()
        read = reading(one, two, *students(5, first=900), roster_class=algebra(f"c{number}"))
        at_once(lambda s=section, r=read: synced(s, r), lambda m=merge: merging.undo(m, None))  # type: ignore[misc]
        synced(section, read)

        assert len(Enrollment.roster(section)) == 7
        assert_everything_is_its_owners()


def test_a_teacher_who_signs_in_while_her_accounts_become_one() -> None:
    for number in range(ROUNDS):
        LinkedAccount.delete().execute()
        older, okafor = with_password(f"a{number}@school.example"), account_of(OKAFOR)
        section = section_of(algebra(f"c{number}", ("t2",)), okafor)
        SectionTeacher.update(account=None).execute()
        at_once(lambda: write(okafor_arrives), merge_of(older, okafor))

        assert section in Section.visible_to(older)


def okafor_arrives() -> LinkedAccount:
    return welcome("clever", "https://clever.com", OKAFOR, clock.now())


def account_of_student(sourced_id: str) -> Account:
    return pupil(sourced_id, given_name="Given", family_name=sourced_id)
