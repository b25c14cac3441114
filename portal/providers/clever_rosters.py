"""A roster drafted from a class's own list of ids and from the records that were read for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from portal.providers.clever_lists import Gathered
from portal.providers.clever_records import ListedClass
from portal.providers.http import AbsentError, unusable
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

MAX_LOOKUPS = 50
FEW_UNKNOWN = 2


class RosterDraft:
    """Who is in a class, until every listed student is accounted for."""

    def __init__(
        self, found: ListedClass, read: Gathered[StudentRecord], enrolled: frozenset[str]
    ) -> None:
        self._class = found.record
        self._read = read
        self._enrolled = enrolled
        known = frozenset(read.records) | read.unreadable
        self.agrees = found.listed is None or found.listed == known
        self._members = self._members_of(found, known)
        self._students = {id: one for id, one in read.records.items() if id in self._members}
        self._unreadable = (read.unreadable & self._members) | self._perhaps_there(found)
        self._skipped = read.skipped + found.garbled

    def look_up_missing(self, find: Callable[[str], StudentRecord | None]) -> None:
        """Account for listed students without a record; only a 404 says that one is unshared.

        A record without an id may stand for a missing student, who then stays as they are. A few
        ids never seen before are counted without asking (M38); many would mean a short list.
        """
        missing = self._missing()
        if len(missing) <= self._read.anonymous:
            self._unreadable |= missing
            return
        known, unknown = sorted(missing & self._enrolled), sorted(missing - self._enrolled)
        wanted = known + (unknown if len(unknown) > FEW_UNKNOWN else [])
        for sourced_id in wanted[:MAX_LOOKUPS]:
            self._look_up(sourced_id, find)
        if wanted[MAX_LOOKUPS:] and self._found_any(wanted):
            raise unusable("a list much shorter than its class")
        self._unreadable |= self._enrolled.intersection(wanted[MAX_LOOKUPS:])

    def snapshot(self) -> RosterSnapshot:
        return RosterSnapshot(
            roster_class=replace(self._class, student_sourced_ids=tuple(sorted(self._members))),
            students=self._students,
            unreadable=frozenset(self._unreadable),
            unreadable_count=self._skipped,
            unshared_count=len(self._missing()),
        )

    def _members_of(self, found: ListedClass, known: frozenset[str]) -> frozenset[str]:
        if found.listed is None:
            return known
        return found.listed | known if found.garbled else found.listed

    def _perhaps_there(self, found: ListedClass) -> frozenset[str]:
        """Today's students who may be behind an entry nobody can read: none of them is removed."""
        hidden = self._read.anonymous if found.listed is None else found.garbled
        return self._enrolled - self._members if hidden else frozenset()

    def _missing(self) -> frozenset[str]:
        return self._members - self._students.keys() - self._unreadable

    def _look_up(self, sourced_id: str, find: Callable[[str], StudentRecord | None]) -> None:
        try:
            student = find(sourced_id)
        except AbsentError:
            return
        if student is None:
            self._unreadable |= {sourced_id}
            self._skipped += 1
        else:
            self._students[sourced_id] = student

    def _found_any(self, wanted: list[str]) -> bool:
        return any(sourced_id in self._students for sourced_id in wanted)
