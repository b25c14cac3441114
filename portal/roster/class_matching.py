"""Who of a section's students is who in a class: proposed with care, agreed to by a person (N7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from portal.roster.names import fold
from portal.roster.records import StudentRecord

Here = TypeVar("Here")


class MatchGround(StrEnum):
    """Why two are taken for one person: what the school's records say, or what people see."""

    NUMBER = "number"
    NAME = "name"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True)
class LocalStudent:
    """One of today's students, by the key of their account; `numbers` as some provider has them."""

    account: int
    given_name: str
    family_name: str
    grade: str = ""
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    account: int
    sourced_id: str
    ground: MatchGround


def propose(today: Iterable[LocalStudent], read: Iterable[StudentRecord]) -> list[Proposal]:
    """Pairs that nobody else fits as well: by school id number, then by the very same name.

    Two students of one name are never told apart by guessing, and two grades are two people.
    """
    here, there = list(today), list(read)
    found = _pairs(here, there, _numbers_here, _numbers_there, MatchGround.NUMBER)
    here, there = _left(here, there, found)
    named = _pairs(here, there, _name, _name, MatchGround.NAME)
    grades = {each.account: each.grade for each in here}
    there_grades = {each.sourced_id: each.grade for each in there}
    return found + [
        each for each in named if _agree(grades[each.account], there_grades[each.sourced_id])
    ]


def _pairs(
    here: list[LocalStudent],
    there: list[StudentRecord],
    keys_here: Callable[[LocalStudent], Collection[Hashable]],
    keys_there: Callable[[StudentRecord], Collection[Hashable]],
    ground: MatchGround,
) -> list[Proposal]:
    """Pairs with a key in common that nobody else has on either side."""
    owners_here = {key: each.account for each in here for key in keys_here(each)}
    owners_there = {key: each.sourced_id for each in there for key in keys_there(each)}
    once = _once(keys_here(each) for each in here) & _once(keys_there(each) for each in there)
    pairs = {(owners_here[key], owners_there[key]) for key in once}
    single_here = Counter(account for account, _ in pairs)
    single_there = Counter(sourced_id for _, sourced_id in pairs)
    return [
        Proposal(account, sourced_id, ground)
        for account, sourced_id in sorted(pairs)
        if single_here[account] == 1 and single_there[sourced_id] == 1
    ]


def _once(keys: Iterable[Collection[Hashable]]) -> set[Hashable]:
    counted = Counter(key for several in keys for key in set(several))
    return {key for key, count in counted.items() if count == 1}


def _left(
    here: list[LocalStudent], there: list[StudentRecord], found: list[Proposal]
) -> tuple[list[LocalStudent], list[StudentRecord]]:
    accounts = {each.account for each in found}
    ids = {each.sourced_id for each in found}
    return (
        [each for each in here if each.account not in accounts],
        [each for each in there if each.sourced_id not in ids],
    )


def _numbers_here(student: LocalStudent) -> frozenset[str]:
    return student.numbers


def _numbers_there(student: StudentRecord) -> set[str]:
    return {number for number in (student.sis_id, student.student_number) if number}


def _name(student: LocalStudent | StudentRecord) -> set[tuple[str, str]]:
    """The name as people compare it; who has none is nobody's namesake (M24)."""
    name = (fold(student.given_name), fold(student.family_name))
    return {name} if any(name) else set()


def _agree(grade: str, other: str) -> bool:
    return not (grade and other) or fold(grade) == fold(other)
