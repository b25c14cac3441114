"""Which sections no longer match what is shared of their class: the next round syncs them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from portal.database import execute, rows
from portal.models.base import to_microseconds
from portal.models.districts import DistrictConnection
from portal.roster.sharing import Kind


def mark(
    connection: DistrictConnection, kind: Kind, sourced_ids: Collection[str], as_of: datetime
) -> None:
    """The sections of these classes, or of these students' classes, are outdated.

    `as_of` is when the read began that says so: one that was synced by a younger read stays
    outdated until the mirror is younger still (F50). Call inside the transaction that changes
    them.
    """
    classes = _CLASSES.get(kind)
    if not classes or not _any_section(connection):
        return
    item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
    at = to_microseconds(as_of)
    named = (parameter,) if kind is Kind.CLASSES else (parameter, connection.id)
    execute(
        _MARK.format(classes=classes.format(rows=item)),
        (at, at, connection.provider, connection.district_sourced_id, *named),
    )


def _any_section(connection: DistrictConnection) -> bool:
    """Most districts of a night have none of these changes, and a new one has no section yet."""
    found = execute(_ANY, (connection.provider, connection.district_sourced_id))
    return found.fetchone() is not None


_LIVING = "provider = ? AND district_sourced_id = ? AND archived_at IS NULL"
_ANY = f"SELECT 1 FROM sections WHERE {_LIVING} LIMIT 1"
_MARK = f"""
    UPDATE sections
    SET outdated_at = CASE WHEN outdated_at > ? THEN outdated_at ELSE CAST(? AS BIGINT) END
    WHERE {_LIVING} AND class_sourced_id IN ({{classes}})
"""
# SQLite joins these in the order in which they stand: from a few students to their classes. By
# itself it would go through every list of the district for each of them.
_CLASSES = {
    Kind.CLASSES: "SELECT r.value->>0 FROM {rows}",
    Kind.STUDENTS: """
        SELECT c.sourced_id
        FROM {rows}
        CROSS JOIN class_students s
        CROSS JOIN shared_classes c
        WHERE s.sourced_id = r.value->>0 AND s.ended_at IS NULL
          AND c.id = s.shared_class_id AND c.connection_id = ?
    """,
}
