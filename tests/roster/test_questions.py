"""When a chosen class is asked about once more (experience.md 2.5, rule 4)."""

from __future__ import annotations

from typing import Any

import pytest

from portal.roster.picker import ExistingSection
from portal.roster.questions import RedFlag, question_for
from portal.roster.records import ClassRecord
from tests.roster.classes import (
    LAST_YEAR,
    OKAFOR,
    RIVERA,
    ROOSEVELT,
    SPRING,
    a_class,
    picker_of,
)

ALGEBRA = a_class("right", "Algebra I", period="3")
SECTION = ExistingSection("public", "Algebra", 26, True)


def asked(
    *classes: ClassRecord, chosen: str = "wrong", **sections: ExistingSection
) -> tuple[str | None, tuple[RedFlag, ...]] | None:
    """The twin's id and the red flags of the question, or None."""
    question = question_for(picker_of(*classes, sections=sections), chosen)
    if question is None:
        return None
    assert question.chosen.roster_class.sourced_id == chosen
    return question.twin and question.twin.roster_class.sourced_id, question.flags


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({"term": LAST_YEAR}, RedFlag.ENDED),
        ({"term": SPRING}, RedFlag.NOT_STARTED),
        ({"students": []}, RedFlag.EMPTY),
        ({"students": range(12)}, RedFlag.MUCH_SMALLER),
        ({"teachers": (OKAFOR, RIVERA)}, RedFlag.NOT_MAIN_TEACHER),
        ({"school": ROOSEVELT}, RedFlag.OTHER_SCHOOL),
    ],
)
def test_a_look_alike_with_a_red_flag_is_asked_about_beside_its_twin(
    changed: dict[str, Any], flag: RedFlag
) -> None:
    assert asked(ALGEBRA, a_class("wrong", "Algebra 1", **changed)) == ("right", (flag,))


def test_all_flags_are_named_the_weightiest_first() -> None:
    wrong = a_class("wrong", "Algebra 1", range(4), (OKAFOR, RIVERA), LAST_YEAR)

    flags = (RedFlag.ENDED, RedFlag.MUCH_SMALLER, RedFlag.NOT_MAIN_TEACHER)
    assert asked(ALGEBRA, wrong) == ("right", flags)


def test_the_right_one_of_two_look_alikes_is_not_asked_about() -> None:
    wrong = a_class("wrong", "Algebra 1", range(4), (OKAFOR, RIVERA), LAST_YEAR)

    assert asked(ALGEBRA, wrong, chosen="right") is None


def test_half_the_size_is_not_much_smaller() -> None:
    assert asked(ALGEBRA, a_class("wrong", "Algebra 1", range(13))) is None


def test_look_alikes_without_a_red_flag_are_warned_of_and_not_asked_about() -> None:
    assert asked(ALGEBRA, a_class("wrong", "Algebra 1", range(30, 55))) is None


def test_a_bigger_class_of_last_year_is_nobodys_better_twin() -> None:
    last_year = a_class("old", "Algebra 1", range(60), term=LAST_YEAR)

    assert asked(ALGEBRA, last_year, chosen="right") is None


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({"term": LAST_YEAR}, RedFlag.ENDED),
        ({"term": SPRING}, RedFlag.NOT_STARTED),
        ({"students": []}, RedFlag.EMPTY),
    ],
)
def test_a_class_alone_is_asked_about_when_it_cannot_be_used_yet_or_any_more(
    changed: dict[str, Any], flag: RedFlag
) -> None:
    assert asked(ALGEBRA, a_class("wrong", "Chess", **changed)) == (None, (flag,))


def test_another_period_is_no_twin_however_big() -> None:
    assert asked(ALGEBRA, a_class("wrong", "Algebra I – Period 4", range(4))) is None


def test_a_class_that_is_a_section_already_is_asked_about() -> None:
    assert asked(ALGEBRA, chosen="right", right=SECTION) == (None, (RedFlag.ALREADY_SECTION,))


def test_a_look_alike_that_is_free_is_offered_for_one_that_is_a_section() -> None:
    free = a_class("free", "Algebra 1", range(30, 55))

    flags = (RedFlag.ALREADY_SECTION,)
    assert asked(ALGEBRA, free, chosen="right", right=SECTION) == ("free", flags)
    assert asked(ALGEBRA, free, chosen="free", right=SECTION) is None


def test_a_twin_that_is_no_better_is_not_offered() -> None:
    both = [a_class(each, "Algebra I", term=LAST_YEAR) for each in ("wrong", "other")]

    assert asked(*both) == (None, (RedFlag.ENDED,))


def test_a_class_that_is_not_hers_cannot_be_asked_about() -> None:
    with pytest.raises(KeyError):
        question_for(picker_of(ALGEBRA), "somebody-elses")
