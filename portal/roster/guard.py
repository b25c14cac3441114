"""Which changes are too large to make without a person's word (trust.md decision 4)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from portal.roster.plan import RosterPlan


class Answer(StrEnum):
    """What becomes of one kind of change: made, held for a person, or kept from being made."""

    APPLY = "apply"
    HOLD = "hold"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Verdict:
    removals: Answer
    renames: Answer
    additions: Answer = Answer.APPLY


@dataclass(frozen=True, slots=True)
class Numbers:
    """From where on people are asked first; a district may set its own, and a school too.

    Removals are too many as a few that are much of a list, or as many of any list: at least
    `few_removals` and `few_percent` of it, or at least `many_removals` and more than
    `many_percent`. `unshared_percent` is of what a school or a district shares.
    """

    few_removals: int = 3
    few_percent: int = 20
    many_removals: int = 5
    many_percent: int = 10
    renames: int = 8
    renames_percent: int = 75
    unshared_percent: int = 10


DECISION_4 = Numbers()


@dataclass(frozen=True, slots=True)
class Asked:
    """What people were asked about one kind of change before and did not agree to.

    Sourced ids of removals and additions, `rename_key`s of renames. `kept` are the sets that were
    refused in the last 14 days, `open` those that wait, or waited until their time was over.
    """

    open: Collection[frozenset[str]] = ()
    kept: Collection[frozenset[str]] = ()


NOTHING = Asked()


def judge(
    plan: RosterPlan,
    removed_lately: int = 0,
    removals: Asked = NOTHING,
    renames: Asked = NOTHING,
    additions: Asked = NOTHING,
    removals_wait: bool = False,
    numbers: Numbers = DECISION_4,
) -> Verdict:
    """Judge a plan by the guard's numbers and by what people were asked before.

    `removed_lately` are the removals of the last 24 hours that nobody was asked about: they count
    with these, so that small steps do not drain a class. `removals_wait` while an admin is asked
    about the whole school.
    """
    many_removals = (
        removals_wait
        or plan.empties_the_list
        or too_many_removals(len(plan.removed) + removed_lately, plan.list_count, numbers)
    )
    many_renames = too_many_renames(len(plan.renamed), plan.named_count, numbers)
    return Verdict(
        removals=_answer(plan.removed_ids, many_removals, removals),
        renames=_answer(plan.rename_keys, many_renames, renames),
        additions=_answer(plan.withheld_ids, True, additions),
    )


def too_many_removals(count: int, list_count: int, numbers: Numbers = DECISION_4) -> bool:
    """3 or more and at least 20 % of the list, or 5 or more and more than 10 %."""
    few = count >= numbers.few_removals and count * 100 >= list_count * numbers.few_percent
    many = count >= numbers.many_removals and count * 100 > list_count * numbers.many_percent
    return few or many


def too_many_renames(count: int, list_count: int, numbers: Numbers = DECISION_4) -> bool:
    """8 or more and more than 75 % of the list."""
    return count >= numbers.renames and count * 100 > list_count * numbers.renames_percent


def too_much_unshared(count: int, before: int, numbers: Numbers = DECISION_4) -> bool:
    """More than 10 % of what a school or a district shared: Clever's own figure."""
    return count * 100 > before * numbers.unshared_percent


def asks_from(judged: Callable[[int, int, Numbers], bool], of: int, numbers: Numbers) -> int | None:
    """The fewest of so many that a person is asked about; None when it is never too many."""
    return next((count for count in range(1, of + 1) if judged(count, of, numbers)), None)


def _answer(wanted: frozenset[str], too_many: bool, asked: Asked) -> Answer:
    if not wanted:
        return Answer.APPLY
    if wanted in asked.kept:
        return Answer.KEEP
    # Whom a person was asked about and did not give up, the machine never takes: not when the
    # list has grown meanwhile, and not when only some of them have come back.
    asked_before = any(wanted & earlier for earlier in (*asked.open, *asked.kept))
    return Answer.HOLD if too_many or asked_before else Answer.APPLY
