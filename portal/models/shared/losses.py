"""What went from a district within a time: what it shared then and does not share now."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.database import execute, is_postgresql
from portal.models.base import from_microseconds, to_microseconds
from portal.models.districts import DistrictConnection

NEVER = 2**63 - 1


@dataclass(slots=True)
class Went:
    """How many of one kind went, and how many there were before."""

    count: int = 0
    left: int = 0

    @property
    def before(self) -> int:
        return self.count + self.left


@dataclass(slots=True)
class Losses:
    """What a school lost between `since` and `until`; `digest` tells one such set from another.

    An enrollment is lost when a class no longer lists a student, and with its class or student.
    """

    students: Went = field(default_factory=Went)
    classes: Went = field(default_factory=Went)
    enrollments: Went = field(default_factory=Went)
    times: set[int] = field(default_factory=set)
    named: Any = field(default_factory=hashlib.sha256)

    def __bool__(self) -> bool:
        return bool(self.times)

    @property
    def kinds(self) -> tuple[Went, Went, Went]:
        return self.students, self.classes, self.enrollments

    @property
    def since(self) -> datetime:
        return from_microseconds(min(self.times))

    @property
    def until(self) -> datetime:
        return from_microseconds(max(self.times))

    @property
    def digest(self) -> str:
        found: str = self.named.hexdigest()
        return found


def of_schools(
    connection: DistrictConnection, since: datetime, elsewhere: Mapping[str, datetime]
) -> dict[str, Losses]:
    """What each school lost since then, or since the moment that is its own; by school.

    With what each has left, where anything was lost at all: an unchanged night counts nothing.
    """
    windows = _Windows(to_microseconds(since), elsewhere)
    lost: dict[str, Losses] = defaultdict(Losses)
    _count(lost, windows, "classes", _GONE_CLASSES, connection)
    _count(lost, windows, "students", _GONE_STUDENTS, connection)
    least = "LEAST" if is_postgresql() else "MIN"
    enrollments = _GONE_ENROLLMENTS.format(least=least, never=NEVER)
    _count(lost, windows, "enrollments", enrollments, connection)
    if lost:
        for kind, statement in _LEFT.items():
            for school, count in execute(statement, (connection.id,)).fetchall():
                getattr(lost[school], kind).left = count
    return dict(lost)


class _Windows:
    """From when on each school's losses count."""

    def __init__(self, since: int, elsewhere: Mapping[str, datetime]) -> None:
        self.own = {school: to_microseconds(moment) for school, moment in elsewhere.items()}
        self.since = since

    @property
    def first(self) -> int:
        return min(self.since, *self.own.values()) if self.own else self.since

    def hold(self, school: str, at: int) -> bool:
        return at >= self.own.get(school, self.since)


def _count(
    lost: dict[str, Losses],
    windows: _Windows,
    kind: str,
    statement: str,
    connection: DistrictConnection,
) -> None:
    found: Iterable[Any] = execute(statement, (connection.id, windows.first)).fetchall()
    for school, at, name, count in found:
        if windows.hold(school, at):
            getattr(lost[school], kind).count += count
            lost[school].times.add(at)
            lost[school].named.update(f"{kind} {name}\n".encode() if name else b"")


_GONE_CLASSES = """
    SELECT school_sourced_id, unshared_at, sourced_id, 1
    FROM shared_classes
    WHERE connection_id = ? AND unshared_at >= ?
    ORDER BY sourced_id
"""
_GONE_STUDENTS = """
    SELECT school_sourced_id, unshared_at, sourced_id, 1
    FROM shared_students
    WHERE connection_id = ? AND unshared_at >= ?
    ORDER BY sourced_id
"""
# Looked up from what is gone, which is little: SQLite takes CROSS JOINs in their order.
_GONE_ENROLLMENTS = """
    WITH place AS (SELECT CAST(? AS INTEGER) AS connection_id, CAST(? AS BIGINT) AS since),
    gone AS (
      SELECT shared_class_id, sourced_id FROM class_students
      WHERE ended_at >= (SELECT since FROM place)
      UNION
      SELECT s.shared_class_id, s.sourced_id
      FROM shared_classes c JOIN class_students s ON s.shared_class_id = c.id
      WHERE c.connection_id = (SELECT connection_id FROM place)
        AND c.unshared_at >= (SELECT since FROM place)
      UNION
      SELECT s.shared_class_id, s.sourced_id
      FROM shared_students p JOIN class_students s ON s.sourced_id = p.sourced_id
      WHERE p.connection_id = (SELECT connection_id FROM place)
        AND p.unshared_at >= (SELECT since FROM place)),
    entries AS (
      SELECT c.school_sourced_id AS school, {least}(
          COALESCE(s.ended_at, {never}), COALESCE(c.unshared_at, {never}),
          COALESCE(p.unshared_at, {never})) AS went_at,
        CASE WHEN c.unshared_at IS NULL AND p.unshared_at IS NULL
          THEN c.sourced_id || ' ' || s.sourced_id ELSE '' END AS name
      FROM gone
      CROSS JOIN class_students s
      CROSS JOIN shared_classes c
      LEFT JOIN shared_students p
        ON p.connection_id = c.connection_id AND p.sourced_id = s.sourced_id
      WHERE s.shared_class_id = gone.shared_class_id AND s.sourced_id = gone.sourced_id
        AND c.id = s.shared_class_id AND c.connection_id = (SELECT connection_id FROM place))
    SELECT school, went_at, name, COUNT(*) FROM entries GROUP BY 1, 2, 3 ORDER BY 3, 2
"""
_LEFT = {
    "classes": """
        SELECT school_sourced_id, COUNT(*) FROM shared_classes
        WHERE connection_id = ? AND unshared_at IS NULL GROUP BY 1
    """,
    "students": """
        SELECT school_sourced_id, COUNT(*) FROM shared_students
        WHERE connection_id = ? AND unshared_at IS NULL GROUP BY 1
    """,
    "enrollments": """
        WITH place AS (SELECT CAST(? AS INTEGER) AS connection_id)
        SELECT c.school_sourced_id, COUNT(*)
        FROM shared_classes c
        JOIN class_students s ON s.shared_class_id = c.id AND s.ended_at IS NULL
        WHERE c.connection_id = (SELECT connection_id FROM place) AND c.unshared_at IS NULL
          AND s.sourced_id NOT IN (
            SELECT sourced_id FROM shared_students
            WHERE connection_id = (SELECT connection_id FROM place) AND unshared_at IS NOT NULL)
        GROUP BY 1
    """,
}
