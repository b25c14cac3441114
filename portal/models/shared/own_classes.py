"""What a teacher's own read says of who teaches: it knows of their classes, and of no others."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from portal.models.base import tuples_of
from portal.models.districts import DistrictConnection
from portal.models.shared import outdating
from portal.models.shared.records import ClassTeacher, SharedClass
from portal.roster.sharing import Kind

NOT_KNOWN = 0


def leave(
    connection: DistrictConnection,
    teacher_sourced_id: str,
    taught: Collection[str],
    now: datetime,
    as_of: datetime,
) -> None:
    """Take this teacher off every class but these; others may go on teaching them.

    A class that somebody changed since `as_of` is younger than the read. The next whole read
    looks at each of them anew. Call inside a transaction.
    """
    left = [
        (key, sourced_id)
        for key, sourced_id in tuples_of(_taught_before(connection, teacher_sourced_id, as_of))
        if sourced_id not in taught
    ]
    keys = [key for key, _ in left]
    ClassTeacher.delete().where(
        ClassTeacher.shared_class.in_(keys) & (ClassTeacher.sourced_id == teacher_sourced_id)
    ).execute()
    SharedClass.update(digest=NOT_KNOWN, changed_at=now).where(SharedClass.id.in_(keys)).execute()
    outdating.mark(connection, Kind.CLASSES, [sourced_id for _, sourced_id in left], now)


def _taught_before(connection: DistrictConnection, teacher: str, as_of: datetime) -> Any:
    return (
        SharedClass.select(SharedClass.id, SharedClass.sourced_id)
        .join(ClassTeacher)
        .where(
            SharedClass.of(connection)
            & (SharedClass.changed_at <= as_of)
            & (ClassTeacher.sourced_id == teacher)
        )
    )
