"""Which changes are too large to make without a person's word (trust.md decision 4)."""

from __future__ import annotations

from collections.abc import Collection
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What people were asked about one kind of change before and did not agree to.

    Sourced ids of removals, `rename_key`s of renames. `kept` are the sets that were refused in the
    last 14 days, `open` those that wait, or waited until their time was over.
    """

    open: Collection[frozenset[str]] = ()
    kept: Collection[frozenset[str]] = ()


NOTHING = Asked()


def judge(
    plan: RosterPlan,
    removed_lately: int = 0,
    removals: Asked = NOTHING,
    renames: Asked = NOTHING,
    removals_wait: bool = False,
) -> Verdict:
    """Judge a plan by the guard's numbers and by what people were asked before.

    `removed_lately` are the removals of the last 24 hours that nobody was asked about: they count
    with these, so that small steps do not drain a class. `removals_wait` while an admin is asked
    about the whole school.
    """
    many_removals = (
        removals_wait
        or plan.empties_the_list
        or too_many_removals(len(plan.removed) + removed_lately, plan.list_count)
    )
    many_renames = too_many_renames(len(plan.renamed), plan.named_count)
    return Verdict(
        removals=_answer(plan.removed_ids, many_removals, removals),
        renames=_answer(plan.rename_keys, many_renames, renames),
    )


def too_many_removals(count: int, list_count: int) -> bool:
    """3 or more and at least 20 % of the list, or 5 or more and more than 10 %."""
    return (count >= 3 and count * 5 >= list_count) or (count >= 5 and count * 10 > list_count)


def too_many_renames(count: int, list_count: int) -> bool:
    """8 or more and more than 75 % of the list."""
    return count >= 8 and count * 4 > list_count * 3


def too_much_unshared(count: int, before: int) -> bool:
    """More than 10 % of what a school or a district shared: Clever's own figure."""
    return count * 10 > before


def _answer(wanted: frozenset[str], too_many: bool, asked: Asked) -> Answer:
    if not wanted:
        return Answer.APPLY
    if wanted in asked.kept:
        return Answer.KEEP
    # Whom a person was asked about and did not give up, the machine never takes: not when the
    # list has grown meanwhile, and not when only some of them have come back.
    asked_before = any(wanted & earlier for earlier in (*asked.open, *asked.kept))
    return Answer.HOLD if too_many or asked_before else Answer.APPLY
