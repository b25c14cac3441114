"""How much each school and each district shares, counted once after a read that changed something.

Whoever changes the mirror marks the counts; whoever is done with it counts anew.
"""

from __future__ import annotations

from datetime import datetime

from portal.database import execute, execute_many, write
from portal.models.base import to_microseconds
from portal.models.districts import DistrictConnection


def mark_outdated(connection: DistrictConnection, now: datetime) -> None:
    """What is shared has changed. Call inside the transaction that changes it."""
    execute(
        "UPDATE district_connections SET counts_outdated_at = ? WHERE id = ?",
        (to_microseconds(now), connection.id),
    )


def count_again(connection: DistrictConnection) -> None:
    """Count what is shared, if it has changed since the last count, and write what differs.

    A count that another change overtakes stays marked, for the next who asks.
    """
    key = connection.id
    found = execute("SELECT counts_outdated_at FROM district_connections WHERE id = ?", (key,))
    ((outdated_at,),) = found.fetchall()
    if outdated_at is None:
        return
    schools, totals = _schools(key), _totals(key)

    def step() -> None:
        execute_many(_WRITE_SCHOOL, schools)
        execute(_WRITE, (*totals, key, outdated_at))

    write(step)


def _schools(key: int) -> list[tuple[int, int, int, int]]:
    """The schools whose counts are wrong, with the right ones and the row's key."""
    columns = [dict(execute(question, (key,)).fetchall()) for question in _BY_SCHOOL]
    wrong = []
    for row, sourced_id, *before in execute(_SCHOOLS, (key,)).fetchall():
        counts = [column.get(sourced_id, 0) for column in columns]
        if counts != before:
            wrong.append((*counts, row))
    return wrong


def _totals(key: int) -> list[int]:
    return [execute(question, (key,)).fetchone()[0] for question in _TOTALS]


_SCHOOLS = """
    SELECT id, sourced_id, class_count, teacher_count, student_count
    FROM shared_schools WHERE connection_id = ?
"""
_AT_PLACE = """
    SELECT p.school_sourced_id, COUNT(*)
    FROM shared_places p
    JOIN {table} r ON r.connection_id = p.connection_id AND r.sourced_id = p.sourced_id
    WHERE p.connection_id = ? AND r.unshared_at IS NULL
    GROUP BY p.school_sourced_id
"""
_BY_SCHOOL = (
    """
    SELECT school_sourced_id, COUNT(*) FROM shared_classes
    WHERE connection_id = ? AND unshared_at IS NULL
    GROUP BY school_sourced_id
    """,
    _AT_PLACE.format(table="shared_teachers"),
    _AT_PLACE.format(table="shared_students"),
)
_TOTAL = "SELECT COUNT(*) FROM {table} WHERE connection_id = ? AND unshared_at IS NULL"
_TOTALS = (
    *(
        _TOTAL.format(table=table)
        for table in ("shared_schools", "shared_teachers", "shared_classes")
    ),
    f"{_TOTAL.format(table='shared_students')} AND NOT unreadable",
)
_WRITE_SCHOOL = """
    UPDATE shared_schools SET class_count = ?, teacher_count = ?, student_count = ? WHERE id = ?
"""
# The mark is of the last change: it goes only if none has come since we began to count.
_WRITE = """
    UPDATE district_connections
    SET school_count = ?, teacher_count = ?, class_count = ?, student_count = ?,
      counts_outdated_at = NULL
    WHERE id = ? AND counts_outdated_at = ?
"""
