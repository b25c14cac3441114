"""Accounts that may be one person's, with what speaks for it; people decide, never this (AC6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

from portal.database import execute, is_postgresql
from portal.models.accounts import Account, LinkedAccount
from portal.models.merging.told_apart import ToldApart

MOST = 50
MOST_GROUPS = 500
TOO_MANY = 5  # What more than so many share (a number 0, a common name) tells nobody apart.

Pair = tuple[int, int]


class Evidence(StrEnum):
    """What two accounts have in common: an email never counts, nor a name alone."""

    SCHOOL_ID = "school_id"
    STUDENT_NUMBER = "student_number"
    USERNAME = "username"
    NAME_AND_CLASS = "name_and_class"


# A number is a district's: the same in two districts says nothing.
NUMBERS = {
    Evidence.SCHOOL_ID: "sis_id",
    Evidence.STUDENT_NUMBER: "student_number",
    Evidence.USERNAME: "district_username",
}


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two students' accounts, the one that was here first before the other."""

    first: Account
    second: Account
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose accounts are looked at, in SQL: identities `l`, and accounts `a` by where they are."""

    identities: str
    people: str
    parameters: tuple[Any, ...]


def taught_by(teacher: Account) -> list[Duplicate]:
    """Among those who are or were in sections that this person teaches."""
    people = f"'' AS place FROM accounts a WHERE a.id IN ({_TAUGHT})"
    return _found(_Scope(f"l.account_id IN ({_TAUGHT})", people, (teacher.id,)))


def in_district(admin: LinkedAccount) -> list[Duplicate]:
    """Among the students of the admin's own district; by name, among those of one school.

    Everybody of a name in a large district would be asked for all of their teachers.
    """
    return _found(_listed(_DISTRICT, _district_of(admin)))


def in_schools(admin: LinkedAccount) -> list[Duplicate]:
    """Among the students of the admin's own schools."""
    schools = admin.school_list or ("",)
    marks = ", ".join("?" * len(schools))
    own = f"{_DISTRICT} AND l.school_sourced_ids IN ({marks})"
    return _found(_listed(own, (*_district_of(admin), *schools)))


def _listed(identities: str, parameters: tuple[Any, ...]) -> _Scope:
    people = f"""
      l.school_sourced_ids AS place
      FROM linked_accounts l JOIN accounts a ON a.id = l.account_id
      WHERE {identities}
    """
    return _Scope(identities, people, parameters)


def _district_of(admin: LinkedAccount) -> tuple[str, str, str]:
    return admin.provider, admin.issuer, admin.district_sourced_id or ""


def _found(scope: _Scope) -> list[Duplicate]:
    """Those with the most evidence first. At most six questions, however many students."""
    evidence: dict[Pair, set[Evidence]] = defaultdict(set)
    for kind, group in _groups(scope):
        for pair in combinations(sorted(group), 2):
            evidence[pair].add(kind)
    if not evidence:
        return []
    people = {each.id: each for each in _students({key for pair in evidence for key in pair})}
    for pair in {*evidence} & ToldApart.among(people):
        del evidence[pair]
    found = [
        Duplicate(people[first], people[second], kinds)
        for (first, second), shared in evidence.items()
        if first in people and second in people
        if (kinds := _that_count(shared, people[first], people[second]))
    ]
    found.sort(key=lambda each: (-len(each.evidence), each.first.sort_name, each.first.id))
    return found[:MOST]


def _that_count(shared: set[Evidence], one: Account, other: Account) -> tuple[Evidence, ...]:
    """In order, and no name where the grades say that they are two."""
    two_grades = one.grade and other.grade and one.grade != other.grade
    weak = {Evidence.NAME_AND_CLASS} if two_grades else set()
    return tuple(each for each in Evidence if each in shared - weak)


def _students(keys: Iterable[int]) -> Iterable[Account]:
    return Account.select().where(
        Account.id.in_(list(keys))
        & (Account.kind == "student")
        & Account.merged_into.is_null()
        & Account.disabled_at.is_null()
    )


def _groups(scope: _Scope) -> Iterator[tuple[Evidence, set[int]]]:
    """Accounts that share a thing, a few at a time."""
    for kind, column in NUMBERS.items():
        yield from _asked(
            kind, _SAME_NUMBER, scope.parameters, within=scope.identities, number=column
        )
    yield from _asked(Evidence.NAME_AND_CLASS, _SAME_NAME, scope.parameters, people=scope.people)


def _asked(
    kind: Evidence, sql: str, parameters: tuple[Any, ...], **words: str
) -> Iterator[tuple[Evidence, set[int]]]:
    joined = "string_agg" if is_postgresql() else "group_concat"
    for (keys,) in execute(sql.format(joined=joined, **words), parameters).fetchall():
        yield kind, {int(key) for key in keys.split()}


_TAUGHT = """
    SELECT e.account_id FROM section_teachers t
    JOIN sections s ON s.id = t.section_id AND s.archived_at IS NULL
    JOIN enrollments e ON e.section_id = s.id
    WHERE t.account_id = ? AND t.ended_at IS NULL
"""
_DISTRICT = "l.provider = ? AND l.issuer = ? AND l.district_sourced_id = ?"
_FEW = f"HAVING MIN(account_id) < MAX(account_id) AND COUNT(*) <= {TOO_MANY} LIMIT {MOST_GROUPS}"
_SAME_NUMBER = f"""
    SELECT {{joined}}(CAST(account_id AS TEXT), ' ') FROM linked_accounts l
    WHERE {{within}} AND l.{{number}} <> '' AND l.district_sourced_id <> '' AND l.roles = 'student'
    GROUP BY l.provider, l.district_sourced_id, l.{{number}}
    {_FEW}
"""
# Names first, since few are shared in one place; then who teaches those, or did.
_SAME_NAME = f"""
    WITH people AS MATERIALIZED (
      SELECT a.id, a.sort_name, {{people}}
        AND a.kind = 'student' AND a.given_name || a.family_name <> ''
        AND a.merged_into_id IS NULL),
    namesakes AS MATERIALIZED (
      SELECT sort_name, place FROM people GROUP BY sort_name, place HAVING COUNT(*) > 1),
    taught AS (
      SELECT DISTINCT people.id AS account_id, people.sort_name,
        COALESCE(CAST(t.account_id AS TEXT), '-' || t.sourced_id) AS teacher
      FROM namesakes
      JOIN people ON people.sort_name = namesakes.sort_name AND people.place = namesakes.place
      JOIN enrollments e ON e.account_id = people.id
      JOIN section_teachers t ON t.section_id = e.section_id)
    SELECT {{joined}}(CAST(account_id AS TEXT), ' ') FROM taught
    GROUP BY sort_name, teacher
    {_FEW}
"""
