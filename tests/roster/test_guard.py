"""The guard holds what is too large, to the digit (trust.md decision 4)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.roster.guard import (
    DECISION_4,
    Answer,
    Asked,
    Numbers,
    asks_from,
    judge,
    too_many_removals,
    too_many_renames,
    too_much_unshared,
)
from portal.roster.plan import RosterPlan, Update
from portal.roster.records import StudentRecord


def students(count: int, family_name: str = "Byron") -> list[StudentRecord]:
    return [StudentRecord(f"s{number}", "Ada", family_name) for number in range(count)]


def removing(count: int, list_count: int) -> RosterPlan:
    return RosterPlan(
        (), tuple(students(count)), (), (), list_count, list_count, list_count - count
    )


def renaming(count: int, list_count: int) -> RosterPlan:
    updates = map(Update, students(count), students(count, "Lovelace"))
    return RosterPlan((), (), tuple(updates), (), list_count, list_count, list_count - count)


@pytest.mark.parametrize(
    ("removals", "list_count", "held"),
    [
        (2, 5, False),
        (3, 15, True),
        (3, 16, False),
        (4, 20, True),
        (4, 21, False),
        (5, 49, True),
        (5, 50, False),
        (11, 26, True),
        (10, 100, False),
        (11, 100, True),
    ],
)
def test_removals_are_held_from_three_and_a_fifth_or_five_and_over_a_tenth(
    removals: int, list_count: int, held: bool
) -> None:
    assert too_many_removals(removals, list_count) is held


@pytest.mark.parametrize(
    ("renames", "list_count", "held"),
    [(7, 7, False), (8, 10, True), (8, 11, False), (9, 12, False), (10, 13, True)],
)
def test_renames_are_held_from_eight_and_over_three_quarters(
    renames: int, list_count: int, held: bool
) -> None:
    assert too_many_renames(renames, list_count) is held


def test_a_list_never_becomes_empty_by_itself() -> None:
    assert judge(removing(1, 1)).removals is Answer.HOLD
    assert judge(removing(2, 2)).removals is Answer.HOLD


def test_removals_of_the_last_day_count_so_that_small_steps_do_not_drain_a_class() -> None:
    assert judge(removing(2, 20)).removals is Answer.APPLY
    assert judge(removing(2, 20), removed_lately=2).removals is Answer.HOLD


def test_a_set_that_was_refused_is_not_proposed_again_until_it_differs() -> None:
    refused = Asked(kept=[removing(11, 26).removed_ids])

    assert judge(removing(11, 26), removals=refused).removals is Answer.KEEP
    assert judge(removing(12, 26), removals=refused).removals is Answer.HOLD


@pytest.mark.parametrize("asked", ["open", "kept"])
def test_whom_a_person_did_not_give_up_is_not_removed_in_a_smaller_set(asked: str) -> None:
    before = Asked(**{asked: [removing(11, 26).removed_ids]})

    assert judge(removing(1, 26), removals=before).removals is Answer.HOLD


def test_a_question_that_is_open_does_not_hold_others() -> None:
    others = Asked(open=[frozenset({"somebody else"})])

    assert judge(removing(1, 26), removals=others).removals is Answer.APPLY


def test_held_removals_do_not_hold_the_renames() -> None:
    assert judge(removing(11, 26)).renames is Answer.APPLY
    assert judge(renaming(8, 10)).removals is Answer.APPLY


@pytest.mark.parametrize(
    ("count", "before", "held"), [(0, 0, False), (1, 10, False), (2, 19, True), (100, 1000, False)]
)
def test_more_than_a_tenth_of_what_was_shared_is_too_much(
    count: int, before: int, held: bool
) -> None:
    assert too_much_unshared(count, before) is held


def test_while_an_admin_is_asked_not_even_one_student_is_removed() -> None:
    assert judge(removing(1, 30)).removals is Answer.APPLY
    assert judge(removing(1, 30), removals_wait=True).removals is Answer.HOLD
    assert judge(renaming(1, 30), removals_wait=True).removals is Answer.APPLY


NUMBERS = st.builds(
    Numbers,
    *(st.integers(1, most) for most in (50, 100, 50, 100, 50, 100, 100)),
)


@given(NUMBERS, st.integers(0, 400), st.integers(1, 400))
def test_any_set_numbers_hold_to_the_digit(numbers: Numbers, count: int, of: int) -> None:
    """The same said once more with fractions: no rounding, at least and more than kept apart."""
    part = Fraction(100 * count, of)
    few = count >= numbers.few_removals and part >= numbers.few_percent
    many = count >= numbers.many_removals and part > numbers.many_percent

    assert too_many_removals(count, of, numbers) is (few or many)
    asked = count >= numbers.renames and part > numbers.renames_percent
    assert too_many_renames(count, of, numbers) is asked
    assert too_much_unshared(count, of, numbers) is (part > numbers.unshared_percent)


@given(NUMBERS, st.integers(1, 60), st.integers(0, 60), st.integers(0, 60))
def test_one_more_is_never_less_and_what_left_lately_counts(
    numbers: Numbers, of: int, now: int, lately: int
) -> None:
    plan = removing(min(now, of), of)
    held = judge(plan, lately, numbers=numbers).removals is Answer.HOLD

    many = too_many_removals(len(plan.removed) + lately, of, numbers)
    assert held is (bool(plan.removed) and (many or plan.empties_the_list))
    if held and len(plan.removed) < of:
        assert judge(removing(len(plan.removed) + 1, of), lately, numbers=numbers) == judge(
            plan, lately, numbers=numbers
        )


@pytest.mark.parametrize(
    ("numbers", "of", "asked"),
    [
        (DECISION_4, 26, 5),  # 11 % is too few, 19.2 % is more than 10.
        (DECISION_4, 14, 3),
        (DECISION_4, 16, 4),  # 18.75 % is not a fifth.
        (Numbers(few_percent=33, many_percent=100), 26, 9),  # 8 are 30.8 %.
        (Numbers(few_percent=100, many_percent=100), 26, 26),
        (Numbers(few_removals=50, many_removals=50), 26, None),
        (Numbers(few_removals=1, few_percent=1), 200, 2),  # One is half a percent.
    ],
)
def test_from_how_many_on_a_person_is_asked(numbers: Numbers, of: int, asked: int | None) -> None:
    assert asks_from(too_many_removals, of, numbers) == asked


def test_an_empty_list_asks_whatever_the_numbers() -> None:
    never = Numbers(50, 100, 50, 100, 50, 100, 100)

    assert judge(removing(1, 1), numbers=never).removals is Answer.HOLD
    assert judge(removing(25, 26), numbers=never).removals is Answer.APPLY
