"""A complete read of one class's roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from portal.roster.records import ClassRecord, StudentRecord


@dataclass(frozen=True, slots=True)
class RosterSnapshot:
    """All of a class at one moment; there is no such thing as a part of one (trust decision 3).

    `students` maps sourced id to record. `unreadable` holds the ids whose record could not be
    used: their students stay as they are here. `unreadable_count` counts every skipped record,
    with or without an id; `unshared_count` the listed ids that have no shared record. `as_of` is
    when all this was read, where that was before the sync began.
    """

    roster_class: ClassRecord
    students: Mapping[str, StudentRecord]
    unreadable: frozenset[str] = field(default_factory=frozenset)
    unreadable_count: int = 0
    unshared_count: int = 0
    as_of: datetime | None = None
