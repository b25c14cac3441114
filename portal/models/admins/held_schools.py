"""The questions of one school, to be answered one by one or all at once (AD1)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from portal.models.admins.admin_scopes import AdminScope
from portal.models.sections import Section
from portal.models.syncs.holds import HELD_AS, Hold, HoldKind
from portal.models.syncs.sync_changes import SyncChange


@dataclass(frozen=True, slots=True)
class HeldSchool:
    """Its questions as one, by the sections' names; `digest` changes with any of them.

    Whoever answers all of them sends the digest back: an answer is to what was on the page.
    """

    holds: tuple[Hold, ...]

    @classmethod
    def of(cls, scope: AdminScope, school_sourced_id: str, now: datetime) -> HeldSchool:
        theirs = scope.sections & (Section.school_sourced_id == school_sourced_id)
        asked = Hold.select(Hold, Section).join(Section).where(theirs & Hold.askable(now))
        return cls(tuple(asked.order_by(Section.name, Section.id, Hold.kind)))

    @property
    def digest(self) -> str:
        asked = "\n".join(sorted(f"{hold.public_id} {hold.digest}" for hold in self.holds))
        return hashlib.sha256(asked.encode()).hexdigest()

    @property
    def section_count(self) -> int:
        return len({hold.section_id for hold in self.holds})

    @property
    def removal_count(self) -> int:
        return self._count(HoldKind.REMOVALS)

    @property
    def rename_count(self) -> int:
        return self._count(HoldKind.RENAMES)

    @property
    def addition_count(self) -> int:
        """Of students whom a teacher took off a list again (Y8)."""
        return self._count(HoldKind.ADDITIONS)

    def _count(self, kind: HoldKind) -> int:
        return sum(hold.student_count for hold in self.holds if hold.kind == kind)


def held_changes(holds: Collection[Hold]) -> dict[int, list[SyncChange]]:
    """The changes that wait, by their hold's key and by name; one question for all of them."""
    kinds = {(hold.run_id, str(HELD_AS[HoldKind(hold.kind)])): hold.id for hold in holds}
    found: dict[int, list[SyncChange]] = {hold.id: [] for hold in holds}
    for change in SyncChange.of_runs([hold.run_id for hold in holds], HELD_AS.values()):
        key = kinds.get((change.run_id, change.kind))
        if key is not None:
            found[key].append(change)
    return found
