"""Writes a roster's changes in a fixed number of statements, whatever the number of students.

Every statement takes its records as one JSON parameter (`database.rows`): performance.md goal 9.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.database import execute, is_postgresql, rows
from portal.models.accounts import FOUND, KNOWN, AccountKind
from portal.models.base import new_public_id, to_microseconds
from portal.models.sections import Section
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.names import sort_key
from portal.roster.records import StudentRecord


@dataclass(frozen=True, slots=True)
class Change:
    """One student's change, ready to be recorded."""

    kind: ChangeKind
    after: StudentRecord
    before: StudentRecord | None = None
    moved_to: str = ""


def known(section: Section, sourced_ids: Collection[str]) -> dict[str, StudentRecord]:
    """Those of these students who have an account already, as they are called here today."""
    return _known(section, sourced_ids, AccountKind.STUDENT)


def staff(section: Section, sourced_ids: Collection[str]) -> dict[str, StudentRecord]:
    """Those of these students whose account is of the staff, as they are called here today."""
    return _known(section, sourced_ids, AccountKind.STAFF)


def named_since(section: Section, sourced_ids: Collection[str], moment: datetime) -> frozenset[str]:
    """Those of these students whose names are younger than this moment, or another id's to say.

    Who has several ids is called as the one they signed in with last, else the newest, says: two
    classes that list them under two would rename them to and fro every night.
    """
    item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
    found = execute(
        _NAMED_SINCE.format(rows=item),
        (section.provider, section.issuer, parameter, to_microseconds(moment)),
    )
    return frozenset(row[0] for row in found.fetchall())


def other_ids(section: Section, sourced_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Those of these students whom the provider also knows under other ids, and these."""
    item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
    joined = "string_agg" if is_postgresql() else "group_concat"
    key = (section.provider, section.issuer)
    found = execute(_OTHER_IDS.format(rows=item, joined=joined), (*key, parameter, *key))
    return {mine: frozenset(others.split()) for mine, others in found.fetchall()}


def are_enrolled(section: Section, sourced_ids: Collection[str]) -> bool:
    """Whether each of these students is in, by the account that their id belongs to now.

    No account can become another's part from here to the end of a transaction that has just
    enrolled it: whoever wants to do that waits for us.
    """
    item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
    key = (section.provider, section.issuer)
    found = execute(_ENROLLED.format(rows=item), (*key, parameter, section.id))
    return bool(found.fetchone()[0] == len(sourced_ids))


def renumber(section: Section, ids: Mapping[str, str]) -> None:
    """Students here under one id of theirs are here under another. Call inside a transaction."""
    if ids:
        item, parameter = rows(ids.items())
        execute(_RENUMBER.format(rows=item), (parameter, section.id))


def make_accounts(
    section: Section, students: Sequence[StudentRecord], now: datetime, as_of: datetime
) -> None:
    """An account for each student who has none: the same one in every section (N8).

    Nobody who has one is renamed by being added: the plan decides that (decision 4). `as_of` is
    when the read began that found them. Call inside a transaction.
    """
    if not students:
        return
    item, people = rows(_person(student) for student in students)
    key, at = (section.provider, section.issuer), to_microseconds(now)
    born = (AccountKind.STUDENT, to_microseconds(as_of), at)
    execute(_NEW_ACCOUNTS.format(rows=item), (*key, people, *born))
    execute(_NEW_LINKED_ACCOUNTS.format(rows=item), (*key, section.district_sourced_id, at, people))


def enroll(section: Section, sourced_ids: Collection[str], now: datetime) -> None:
    """Put students who have accounts into the section. Call inside a transaction.

    Someone who was here before gets the same enrollment back (Y7).
    """
    if sourced_ids:
        item, people = rows((sourced_id,) for sourced_id in sourced_ids)
        key, at = (section.provider, section.issuer), to_microseconds(now)
        execute(_ENROLL.format(rows=item), (*key, people, section.id, at))


def refresh(section: Section, students: Sequence[StudentRecord], as_of: datetime) -> None:
    """Take over the provider's names, grades and numbers. Call inside a transaction."""
    if not students:
        return
    rename(section, students, as_of)
    item, people = rows(_person(student) for student in students)
    execute(_REFRESH_LINKED_ACCOUNTS.format(rows=item), (section.provider, section.issuer, people))


def rename(section: Section, students: Sequence[StudentRecord], as_of: datetime) -> None:
    """Take over names and grades alone, where none is younger (I6). Call inside a transaction."""
    item, people = rows(_person(student) for student in students)
    at = to_microseconds(as_of)
    execute(
        _REFRESH_ACCOUNTS.format(rows=item),
        (section.provider, section.issuer, people, at, AccountKind.STUDENT, at),
    )


def archive(section: Section, sourced_ids: Iterable[str], run: SyncRun, now: datetime) -> int:
    """End these enrollments, keeping all work; returns how many. Call inside a transaction."""
    item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
    ended: int = execute(
        _ARCHIVE.format(rows=item), (to_microseconds(now), run.id, section.id, parameter)
    ).rowcount
    return ended


def record(section: Section, run: SyncRun, changes: Sequence[Change]) -> None:
    """Keep what the run is about to do, or wants to do, student by student (I8).

    Before it is done: each student's place as it was is what an undo brings back (Y8). Call
    inside a transaction.
    """
    if not changes:
        return
    item, parameter = rows(_change(change) for change in changes)
    key = (section.provider, section.issuer)
    execute(_RECORD.format(rows=item), (*key, parameter, run.id, section.id))


def record_places(section: Section, run: SyncRun, changes: Sequence[Change]) -> None:
    """The same of students who are in no provider's list, by the ids of their places here."""
    if changes:
        item, parameter = rows(_change(change) for change in changes)
        execute(_RECORD_PLACES.format(rows=item), (run.id, parameter, section.id))


def _known(
    section: Section, sourced_ids: Collection[str], kind: AccountKind
) -> dict[str, StudentRecord]:
    if not sourced_ids:
        return {}
    item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
    found = execute(
        _FIND_KNOWN.format(rows=item), (section.provider, section.issuer, parameter, kind)
    )
    return {row[0]: StudentRecord(*row) for row in found.fetchall()}


def _person(student: StudentRecord) -> tuple[str, ...]:
    return (
        student.sourced_id,
        new_public_id(),
        student.given_name,
        student.family_name,
        student.grade,
        student.legacy_id,
        student.school_sourced_id,
        student.sis_id,
        student.student_number,
        student.district_username,
        sort_key(student.given_name, student.family_name),
    )


def _change(change: Change) -> tuple[str, ...]:
    before = change.before or change.after
    return (
        change.after.sourced_id,
        change.kind,
        change.moved_to,
        before.given_name,
        before.family_name,
        before.grade,
        change.after.given_name,
        change.after.family_name,
        change.after.grade,
    )


_FIND_KNOWN = f"""
    {KNOWN}
    SELECT l.sourced_id, a.given_name, a.family_name, a.grade, l.sis_id, l.student_number,
      l.district_username, l.school_sourced_ids, l.legacy_id
    FROM known
    JOIN accounts a ON a.id = known.account_id
    JOIN linked_accounts l ON l.id = known.id
    WHERE a.kind = ?
"""
# Each is looked up by a question of its own, as those of KNOWN are.
_NAMED_SINCE = f"""
    {KNOWN}
    SELECT known.sourced_id
    FROM known CROSS JOIN place
    WHERE (SELECT a.named_at FROM accounts a WHERE a.id = known.account_id) > ?
      OR known.id <> (
        SELECT o.id FROM linked_accounts o
        WHERE o.account_id = known.account_id
          AND o.provider = place.provider AND o.issuer = place.issuer
        ORDER BY COALESCE(o.last_used_at, 0) DESC, o.id DESC LIMIT 1)
"""
_NEW_ACCOUNTS = f"""
    {FOUND}
    INSERT INTO accounts (
      public_id, kind, given_name, family_name, grade, sort_name, named_at, created_at)
    SELECT value->>1, CAST(? AS TEXT), value->>2, value->>3, value->>4, value->>10,
      CAST(? AS BIGINT), CAST(? AS BIGINT)
    FROM found
    WHERE id IS NULL
"""
_NEW_LINKED_ACCOUNTS = """
    INSERT INTO linked_accounts (
      account_id, provider, issuer, sourced_id, district_sourced_id, linked_at, roles,
      legacy_id, school_sourced_ids, sis_id, student_number, district_username)
    SELECT a.id, CAST(? AS TEXT), CAST(? AS TEXT), r.value->>0, NULLIF(CAST(? AS TEXT), ''),
      CAST(? AS BIGINT), 'student',
      r.value->>5, r.value->>6, r.value->>7, r.value->>8, r.value->>9
    FROM {rows}
    JOIN accounts a ON a.public_id = r.value->>1
"""
_REFRESH_ACCOUNTS = f"""
    {KNOWN}
    UPDATE accounts
    SET given_name = value->>2, family_name = value->>3, grade = value->>4,
      sort_name = value->>10, named_at = ?
    FROM known
    WHERE accounts.id = known.account_id AND accounts.kind = ? AND accounts.named_at <= ?
"""
_REFRESH_LINKED_ACCOUNTS = f"""
    {KNOWN}
    UPDATE linked_accounts
    SET legacy_id = value->>5, school_sourced_ids = value->>6, sis_id = value->>7,
      student_number = value->>8, district_username = value->>9
    FROM known
    WHERE linked_accounts.id = known.id
"""
_OTHER_IDS = f"""
    {KNOWN},
    together AS MATERIALIZED (
      SELECT known.sourced_id, (
        SELECT {{joined}}(l.sourced_id, ' ') FROM linked_accounts l
        WHERE l.account_id = known.account_id AND l.id <> known.id
          AND l.provider = ? AND l.issuer = ?) AS others
      FROM known)
    SELECT sourced_id, others FROM together WHERE others IS NOT NULL
"""
_ENROLLED = f"""
    {KNOWN}
    SELECT COUNT(*) FROM known
    WHERE known.sourced_id = (
      SELECT e.sourced_id FROM enrollments e
      WHERE e.section_id = ? AND e.account_id = known.account_id AND e.ended_at IS NULL)
"""
_RENUMBER = """
    UPDATE enrollments SET sourced_id = r.value->>1
    FROM {rows}
    WHERE section_id = ? AND ended_at IS NULL AND sourced_id = r.value->>0
"""
# One place for each account: two of these ids may have become one person's a moment ago.
_ENROLL = f"""
    {KNOWN}
    INSERT INTO enrollments (section_id, account_id, sourced_id, started_at)
    SELECT CAST(? AS INTEGER), account_id, MIN(sourced_id), CAST(? AS BIGINT)
    FROM known
    GROUP BY account_id
    ON CONFLICT (section_id, account_id) DO UPDATE
    SET ended_at = NULL, ended_by_id = NULL, sourced_id = excluded.sourced_id
"""
_ARCHIVE = """
    UPDATE enrollments SET ended_at = ?, ended_by_id = ?
    WHERE section_id = ? AND ended_at IS NULL
      AND sourced_id IN (SELECT r.value->>0 FROM {rows})
"""
_RECORD = f"""
    {KNOWN}
    INSERT INTO sync_changes (
      run_id, account_id, sourced_id, kind, moved_to,
      given_name_before, family_name_before, grade_before, given_name, family_name, grade,
      had_place, ended_at_before, ended_by_before_id)
    SELECT CAST(? AS INTEGER), known.account_id, known.sourced_id, value->>1, value->>2,
      value->>3, value->>4, value->>5, value->>6, value->>7, value->>8,
      e.id IS NOT NULL, e.ended_at, e.ended_by_id
    FROM known
    LEFT JOIN enrollments e ON e.section_id = ? AND e.account_id = known.account_id
"""
_RECORD_PLACES = """
    INSERT INTO sync_changes (
      run_id, account_id, sourced_id, kind, moved_to,
      given_name_before, family_name_before, grade_before, given_name, family_name, grade)
    SELECT CAST(? AS INTEGER), e.account_id, e.sourced_id, r.value->>1, r.value->>2,
      r.value->>3, r.value->>4, r.value->>5, r.value->>6, r.value->>7, r.value->>8
    FROM {rows}
    JOIN enrollments e ON e.section_id = ? AND e.sourced_id = r.value->>0 AND e.ended_at IS NULL
"""
