"""What would have to change for a section to match its class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot


@dataclass(frozen=True, slots=True)
class Update:
    """One student before and after."""

    before: StudentRecord
    after: StudentRecord

    @property
    def renames(self) -> bool:
        """Whether the person would be called something else: an identity change."""
        return (self.before.given_name, self.before.family_name) != (
            self.after.given_name,
            self.after.family_name,
        )


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """Every change between today's list and a complete read, made before any is applied (Y5).

    `renamed` change a name, `refreshed` only other fields. `list_count` is the number of active
    students before.
    """

    added: tuple[StudentRecord, ...]
    removed: tuple[StudentRecord, ...]
    renamed: tuple[Update, ...]
    refreshed: tuple[Update, ...]
    list_count: int

    @classmethod
    def between(cls, current: Mapping[str, StudentRecord], incoming: RosterSnapshot) -> RosterPlan:
        """The plan that makes `current` (by sourced id) match; unreadable students stay."""
        found = incoming.students
        updates = [
            Update(before, found[sourced_id])
            for sourced_id, before in current.items()
            if found.get(sourced_id, before) != before
        ]
        return cls(
            added=tuple(record for key, record in found.items() if key not in current),
            removed=tuple(
                record
                for key, record in current.items()
                if key not in found and key not in incoming.unreadable
            ),
            renamed=tuple(update for update in updates if update.renames),
            refreshed=tuple(update for update in updates if not update.renames),
            list_count=len(current),
        )

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.refreshed)

    @property
    def unchanged_count(self) -> int:
        changed = len(self.removed) + len(self.renamed) + len(self.refreshed)
        return self.list_count - changed

    @property
    def removed_ids(self) -> frozenset[str]:
        return frozenset(record.sourced_id for record in self.removed)

    @property
    def renamed_ids(self) -> frozenset[str]:
        return frozenset(update.after.sourced_id for update in self.renamed)

    @property
    def empties_the_list(self) -> bool:
        """Whether nobody of today's list and nobody new would be left."""
        return bool(self.removed) and len(self.removed) == self.list_count and not self.added
