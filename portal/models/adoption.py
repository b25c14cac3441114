"""A district connects: what its teachers had by Clever Library is the district's from then on (K7).

Accounts, sections, places and work stay the very same rows: nothing is made or taken here but the
district that they now belong to.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from portal.database import execute, rows
from portal.models.audit import AuditEvent
from portal.models.base import to_microseconds
from portal.models.districts import DistrictConnection
from portal.models.shared import library_classes

SECTIONS_AT_ONCE = 50


def adopt_some(connection: DistrictConnection, as_of: datetime, now: datetime) -> int:
    """Sections of Library whose class the district shares, a batch of them; how many there were.

    They are outdated as of its read: it says more of their students than Library did, and a read
    by a teacher's own token that is under way saves nothing any more. Call inside a transaction,
    until it answers 0.
    """
    district = connection.district_sourced_id
    found = execute(_FIND, (connection.id, connection.provider, SECTIONS_AT_ONCE)).fetchall()
    if not found:
        return 0
    sections, classes = [row[0] for row in found], {row[1] for row in found}
    item, parameter = rows((key,) for key in sections)
    for theirs in (_STUDENTS, _TEACHERS):
        people = _PEOPLE.format(theirs=theirs.format(rows=item))
        execute(people, (district, parameter, connection.id))
    execute(_TOKENS, (district,))
    execute(_ADOPT.format(rows=item), (district, to_microseconds(as_of), parameter))
    _leave_library(connection, classes, now)
    for _, _, public_id in found:
        AuditEvent.record(now, "", "library.adopted", public_id)
    return len(found)


def _leave_library(connection: DistrictConnection, classes: Collection[str], now: datetime) -> None:
    library = DistrictConnection.of(connection.provider, "")
    if library is not None:
        library_classes.abandon(library, classes, classes, now)


_FIND = """
    SELECT s.id, s.class_sourced_id, s.public_id
    FROM sections s
    JOIN shared_classes c ON c.connection_id = ? AND c.sourced_id = s.class_sourced_id
    WHERE s.district_sourced_id = '' AND s.class_sourced_id > '' AND s.provider = ?
      AND c.unshared_at IS NULL
    LIMIT ?
"""
# Only whom the district itself lists: who left a class long ago may be in another one by now.
_PEOPLE = """
    UPDATE linked_accounts SET district_sourced_id = ?
    WHERE district_sourced_id IS NULL AND id IN ({theirs})
"""
_STUDENTS = """
    SELECT l.id
    FROM {rows}
    JOIN sections s ON s.id = CAST(r.value->>0 AS INTEGER)
    JOIN enrollments e ON e.section_id = s.id
    JOIN linked_accounts l
      ON l.sourced_id = e.sourced_id AND l.provider = s.provider AND l.issuer = s.issuer
    JOIN shared_students x ON x.sourced_id = l.sourced_id AND x.unshared_at IS NULL
    WHERE x.connection_id = ?
"""
_TEACHERS = """
    SELECT l.id
    FROM {rows}
    JOIN sections s ON s.id = CAST(r.value->>0 AS INTEGER)
    JOIN section_teachers t ON t.section_id = s.id
    JOIN linked_accounts l
      ON l.sourced_id = t.sourced_id AND l.provider = s.provider AND l.issuer = s.issuer
    JOIN shared_teachers x ON x.sourced_id = l.sourced_id AND x.unshared_at IS NULL
    WHERE x.connection_id = ?
"""
_TOKENS = """
    DELETE FROM library_tokens
    WHERE (
      SELECT l.district_sourced_id FROM linked_accounts l
      WHERE l.id = library_tokens.linked_account_id) = ?
"""
_ADOPT = """
    UPDATE sections
    SET district_sourced_id = ?, outdated_at = ?, class_gone_at = NULL, last_fence = next_fence
    WHERE id IN (SELECT CAST(r.value->>0 AS INTEGER) FROM {rows})
"""
