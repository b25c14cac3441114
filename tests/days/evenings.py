"""All that a portal keeps of a district and its sections, but for row keys, digests and times."""

from __future__ import annotations

from typing import Any

from portal.database import execute
from portal.models.base import tuples_of
from portal.models.districts import DistrictConnection
from portal.models.sections import Section, SectionTeacher
from portal.models.shared.shapes import SHAPES
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldState
from portal.roster.sharing import Kind

COUNTED = (
    *("state", "student_count", "students_before", "class_count", "classes_before"),
    *("enrollment_count", "enrollments_before", "digest"),
)


def everything(connection: DistrictConnection) -> dict[str, Any]:
    """What is shared, who is in it, and what became of the sections; equal or not at a glance."""
    shared = {kind.value: _shared(connection, kind) for kind in Kind}
    links = {name: _rows(sql, connection.id) for name, sql in LINKS.items()}
    sections = {section.class_sourced_id: _section(section) for section in Section.select()}
    return {**shared, **links, "sections": sections, "asked": _asked(connection)}


def differences(one: Any, other: Any, where: str = "") -> list[str]:
    """Where two of these are not the same."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return [] if one == other else [f"{where}: {one} | {other}"]
    keys = sorted(one.keys() | other.keys())
    return [
        line for key in keys for line in differences(one.get(key), other.get(key), f"{where}/{key}")
    ]


def _shared(connection: DistrictConnection, kind: Kind) -> dict[str, Any]:
    shape = SHAPES[kind]
    columns = ", ".join(("sourced_id", *shape.columns, *shape.counts))
    found = execute(
        f"SELECT {columns} FROM {shape.table} WHERE connection_id = ? AND unshared_at IS NULL",
        (connection.id,),
    )
    return {row[0]: row[1:] for row in found.fetchall()}


def _rows(sql: str, key: int) -> set[Any]:
    return {tuple(row) for row in execute(sql, (key,)).fetchall()}


def _section(section: Section) -> dict[str, Any]:
    held = Hold.select().where((Hold.section == section) & (Hold.state == HoldState.WAITING))
    return {
        "roster": Enrollment.roster(section),
        "left": {row.sourced_id for row in _left(section)},
        "teachers": SectionTeacher.listed(section),
        "gone": section.class_gone_at is not None,
        "class": [getattr(section, name) for name in ("class_name", "period", "grade", "subject")],
        "school": section.school_sourced_id,
        "held": {(hold.kind, hold.keys) for hold in held},
    }


def _left(section: Section) -> Any:
    gone = (Enrollment.section == section) & Enrollment.ended_at.is_null(False)
    return Enrollment.select().where(gone)


def _asked(connection: DistrictConnection) -> dict[str, Any]:
    columns = [getattr(SharingHold, name) for name in COUNTED]
    newest = SharingHold.newest(connection)
    found = SharingHold.select(SharingHold.school_sourced_id, *columns).where(
        SharingHold.id.in_([hold.id for hold in newest.values()])
    )
    return {row[0]: row[1:] for row in tuples_of(found)}


SHARED_CLASS = "c.connection_id = ? AND c.unshared_at IS NULL"
LINKS = {
    "students of classes": f"""
        SELECT c.sourced_id, s.sourced_id
        FROM shared_classes c JOIN class_students s ON s.shared_class_id = c.id
        WHERE {SHARED_CLASS} AND s.ended_at IS NULL
    """,
    "teachers of classes": f"""
        SELECT c.sourced_id, t.sourced_id, t.is_main
        FROM shared_classes c JOIN class_teachers t ON t.shared_class_id = c.id
        WHERE {SHARED_CLASS}
    """,
    "places": """
        SELECT p.sourced_id, p.school_sourced_id FROM shared_places p
        WHERE p.connection_id = ? AND EXISTS (
          SELECT 1 FROM shared_students s WHERE s.connection_id = p.connection_id
            AND s.sourced_id = p.sourced_id AND s.unshared_at IS NULL
          UNION ALL
          SELECT 1 FROM shared_teachers t WHERE t.connection_id = p.connection_id
            AND t.sourced_id = p.sourced_id AND t.unshared_at IS NULL)
    """,
}
