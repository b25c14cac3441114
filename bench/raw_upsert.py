"""The floor of a sync: a roster's rows through the bare driver, in one transaction.

It compares nothing, plans nothing and guards nothing; the tables and their rows are ours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from portal import clock
from portal.models.base import new_public_id, to_microseconds
from portal.roster.names import sort_key
from portal.roster.records import StudentRecord
from tests.rosters import DISTRICT, ISSUER

ACCOUNT = """
    INSERT INTO accounts (id, public_id, kind, given_name, family_name, grade, sort_name,
      created_at)
    VALUES (?, ?, 'student', ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET given_name = excluded.given_name,
      family_name = excluded.family_name, grade = excluded.grade, sort_name = excluded.sort_name
"""
LINKED_ACCOUNT = """
    INSERT INTO linked_accounts (account_id, provider, issuer, sourced_id, district_sourced_id,
      linked_at, roles, legacy_id, school_sourced_ids, sis_id, student_number, district_username)
    VALUES (?, 'clever', ?, ?, ?, ?, 'student', ?, ?, ?, ?, ?)
    ON CONFLICT (provider, issuer, sourced_id) DO UPDATE SET legacy_id = excluded.legacy_id,
      school_sourced_ids = excluded.school_sourced_ids, sis_id = excluded.sis_id,
      student_number = excluded.student_number, district_username = excluded.district_username
"""
ENROLLMENT = """
    INSERT INTO enrollments (section_id, account_id, sourced_id, started_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (section_id, account_id) DO UPDATE SET ended_at = NULL
"""
CHANGE = """
    INSERT INTO sync_changes (run_id, account_id, sourced_id, kind, moved_to, given_name_before,
      family_name_before, grade_before, given_name, family_name, grade)
    VALUES (?, ?, ?, 'added', '', ?, ?, ?, ?, ?, ?)
"""


class RawUpsert:
    """One connection of the driver's own, set up as the portal sets up its own."""

    def __init__(self, url: str) -> None:
        self._mark = "%s" if url.startswith("postgresql") else "?"
        self._connection = _connected(url)

    def close(self) -> None:
        self._connection.close()

    def put(self, rows: Rows) -> None:
        cursor = self._connection.cursor()
        for statement, values in rows.by_statement:
            cursor.executemany(statement.replace("?", self._mark), values)
        self._connection.commit()


@dataclass(frozen=True)
class Rows:
    """Values ready to be bound: what it costs to make them is not on the floor's bill."""

    by_statement: tuple[tuple[str, list[tuple[object, ...]]], ...]

    @classmethod
    def of(
        cls,
        place: Place,
        students: Sequence[StudentRecord],
        changed: Sequence[StudentRecord],
    ) -> Rows:
        """Every student's rows, and the history of the changed ones."""
        now = to_microseconds(clock.now())
        return cls(
            (
                (ACCOUNT, [_account(each, now) for each in students]),
                (LINKED_ACCOUNT, [_linked_account(each, now) for each in students]),
                (ENROLLMENT, [_enrollment(each, place, now) for each in students]),
                (CHANGE, [_change(each, place) for each in changed]),
            )
        )


@dataclass(frozen=True)
class Place:
    """The section the rows are for and the run they are of."""

    section_id: int
    run_id: int


def _connected(url: str) -> Any:
    if url.startswith("postgresql"):
        return psycopg.connect(url)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    for pragma in ("journal_mode = wal", "foreign_keys = 1", "synchronous = 1"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _key(student: StudentRecord) -> int:
    """The number in `s00042`, above the few accounts that are there already."""
    return 1000 + int(student.sourced_id[1:])


def _account(student: StudentRecord, now: int) -> tuple[object, ...]:
    given, family = student.given_name, student.family_name
    sort_name = sort_key(given, family)
    return (_key(student), new_public_id(), given, family, student.grade, sort_name, now)


def _linked_account(student: StudentRecord, now: int) -> tuple[object, ...]:
    return (
        _key(student),
        ISSUER,
        student.sourced_id,
        DISTRICT,
        now,
        student.legacy_id,
        student.school_sourced_id,
        student.sis_id,
        student.student_number,
        student.district_username,
    )


def _enrollment(student: StudentRecord, place: Place, now: int) -> tuple[object, ...]:
    return (place.section_id, _key(student), student.sourced_id, now)


def _change(student: StudentRecord, place: Place) -> tuple[object, ...]:
    names = (student.given_name, student.family_name, student.grade)
    return (place.run_id, _key(student), student.sourced_id, *names, *names)
