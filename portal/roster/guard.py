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


def judge(
    plan: RosterPlan,
    removed_lately: int = 0,
    kept_removals: Collection[frozenset[str]] = (),
    kept_renames: Collection[frozenset[str]] = (),
) -> Verdict:
    """Judge a plan by the guard's numbers and by what a person has already refused.

    `removed_lately` are the removals of the last 24 hours that nobody was asked about: they count
    with these, so that small steps do not drain a class. `kept_…` are the sets that a person chose
    to keep in the last 14 days: sourced ids of removals, `rename_key`s of renames.
    """
    many_removals = plan.empties_the_list or too_many_removals(
        len(plan.removed) + removed_lately, plan.list_count
    )
    many_renames = too_many_renames(len(plan.renamed), plan.named_count)
    return Verdict(
        removals=_answer(plan.removed_ids, many_removals, kept_removals),
        renames=_answer(plan.rename_keys, many_renames, kept_renames),
    )


def too_many_removals(count: int, list_count: int) -> bool:
    """3 or more and at least 20 % of the list, or 5 or more and more than 10 %."""
    return (count >= 3 and count * 5 >= list_count) or (count >= 5 and count * 10 > list_count)


def too_many_renames(count: int, list_count: int) -> bool:
    """8 or more and more than 75 % of the list."""
    return count >= 8 and count * 4 > list_count * 3


def _answer(asked: frozenset[str], too_many: bool, kept: Collection[frozenset[str]]) -> Answer:
    if not asked:
        return Answer.APPLY
    if asked in kept:
        return Answer.KEEP
    # Someone a person chose to keep is never removed by the machine, however small the new set.
    asked_before = any(asked & earlier for earlier in kept)
    return Answer.HOLD if too_many or asked_before else Answer.APPLY
