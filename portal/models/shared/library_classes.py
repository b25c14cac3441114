"""Clever Library in the mirror: a class is there while a teacher of Library has it (K7).

A student is there while such a class lists them. All hang on the one connection that stands for
Library, and nothing but its teachers' own reads says what is in it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from portal.database import execute, rows
from portal.models import library_teachers
from portal.models.accounts import LinkedAccount
from portal.models.base import to_microseconds
from portal.models.districts import DistrictConnection
from portal.models.shared import own_classes, writing
from portal.roster.sharing import Kind


def let_go(
    connection: DistrictConnection,
    linked: LinkedAccount,
    taught: Collection[str],
    now: datetime,
    as_of: datetime,
) -> None:
    """Take this teacher off every class but these, and unshare what nobody of Library has.

    A section whose class another teacher of Library has is hers no longer (F44); where nobody has
    it the section keeps its teachers and its list, and its next sync says so (F24). A class that
    changed since `as_of` is younger than her read. Call inside a transaction.
    """
    lost = _lost(connection, linked.sourced_id, taught, as_of)
    own_classes.leave(connection, linked.sourced_id, taught, now, as_of)
    with_others = _taught_by_others(connection, linked, lost)
    library_teachers.leave_classes(linked, with_others, now)
    abandon(connection, lost - with_others, {*lost, *taught}, now)


def abandon(
    connection: DistrictConnection, classes: Collection[str], among: Collection[str], now: datetime
) -> None:
    """These classes are nobody's of Library, nor is who of `among` is in no other of its classes.

    Call inside a transaction.
    """
    item, parameter = rows((each,) for each in among)
    writing.unshare(connection, Kind.CLASSES, classes, now)
    for kind, place in LISTS.items():
        lonely = _LONELY.format(rows=item, people=f"shared_{kind}", **place)
        found = execute(lonely, (connection.id, connection.id, parameter))
        writing.unshare(connection, kind, [row[0] for row in found.fetchall()], now)


def _lost(
    connection: DistrictConnection, teacher: str, taught: Collection[str], as_of: datetime
) -> set[str]:
    item, parameter = rows((each,) for each in taught)
    values = (connection.id, teacher, to_microseconds(as_of), parameter)
    return {row[0] for row in execute(_LOST.format(rows=item), values).fetchall()}


def _taught_by_others(
    connection: DistrictConnection, linked: LinkedAccount, classes: Collection[str]
) -> set[str]:
    item, parameter = rows((each,) for each in classes)
    values = (linked.provider, linked.issuer, connection.id, parameter)
    return {row[0] for row in execute(_WITH_OTHERS.format(rows=item), values).fetchall()}


_LOST = """
    SELECT c.sourced_id
    FROM shared_classes c
    JOIN class_teachers t ON t.shared_class_id = c.id
    WHERE c.connection_id = ? AND t.sourced_id = ? AND c.unshared_at IS NULL AND c.changed_at <= ?
      AND c.sourced_id NOT IN (SELECT r.value->>0 FROM {rows})
"""
# A teacher who is listed and has never come by Library reads nothing: she has no class here.
_WITH_OTHERS = """
    SELECT DISTINCT c.sourced_id
    FROM shared_classes c
    JOIN class_teachers t ON t.shared_class_id = c.id
    JOIN linked_accounts l ON l.sourced_id = t.sourced_id AND l.provider = ? AND l.issuer = ?
    WHERE c.connection_id = ? AND l.district_sourced_id IS NULL
      AND c.sourced_id IN (SELECT r.value->>0 FROM {rows})
"""
LISTS = {
    Kind.STUDENTS: {"lists": "class_students", "today": "other.ended_at IS NULL"},
    Kind.TEACHERS: {"lists": "class_teachers", "today": "true"},
}
_LONELY = """
    SELECT DISTINCT s.sourced_id
    FROM {people} s
    JOIN {lists} mine ON mine.sourced_id = s.sourced_id
    JOIN shared_classes c ON c.id = mine.shared_class_id
    WHERE s.connection_id = ? AND c.connection_id = ? AND s.unshared_at IS NULL
      AND c.sourced_id IN (SELECT r.value->>0 FROM {rows})
      AND NOT EXISTS (
        SELECT 1 FROM {lists} other
        JOIN shared_classes d ON d.id = other.shared_class_id
        WHERE other.sourced_id = s.sourced_id AND {today}
          AND d.connection_id = c.connection_id AND d.unshared_at IS NULL)
"""
