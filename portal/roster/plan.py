"""What would have to change for a section to match its class."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portal.roster.names import is_spelled_out
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

NOBODY: Mapping[str, StudentRecord] = {}


@dataclass(frozen=True, slots=True)
class Update:
    """One student before and after."""

    before: StudentRecord
    after: StudentRecord

    @property
    def renames(self) -> bool:
        """Whether the person would be called something else: an identity change.

        That an initial is spelled out is none: Library tells no more of a family name (K7).
        """
        before, after = self.before, self.after
        if before.given_name != after.given_name:
            return True
        return not is_spelled_out(before.family_name, after.family_name)


def rename_key(named: StudentRecord) -> str:
    """Who would be called what: another new name for the same student is another question."""
    return f"{named.sourced_id}\t{named.given_name}\t{named.family_name}"


def still_missing(
    sourced_ids: Collection[str], current: Mapping[str, StudentRecord], incoming: RosterSnapshot
) -> frozenset[str]:
    """Those on today's list whom the read did not find, be it that it could not read them."""
    return frozenset(current.keys() & set(sourced_ids) - incoming.students.keys())


def still_new(
    sourced_ids: Collection[str], current: Mapping[str, StudentRecord], incoming: RosterSnapshot
) -> frozenset[str]:
    """Those whom the read still has, or could not read, and today's list has not."""
    found = incoming.students.keys() | incoming.unreadable
    return frozenset(set(sourced_ids) & found - current.keys())


def still_renamed(
    keys: Collection[str], current: Mapping[str, StudentRecord], incoming: RosterSnapshot
) -> frozenset[str]:
    """The `rename_key`s that the read still has, or could not read, and today's list has not."""
    now = {rename_key(record) for record in current.values()}
    found = {rename_key(record) for record in incoming.students.values()}
    unknown = current.keys() & incoming.unreadable
    return frozenset(
        key for key in keys if key not in now and (key in found or key.split("\t")[0] in unknown)
    )


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """Every change between today's list and a complete read, made before any is applied (Y5).

    `renamed` change a name, `refreshed` only other fields; both may be of students who are added
    and have an account already. `list_count` is the number of active students before,
    `named_count` of those whose names are known here, `unchanged_count` of those who stay as is.
    `withheld` would be added, had a person not taken them off the list again (Y8).
    """

    added: tuple[StudentRecord, ...]
    removed: tuple[StudentRecord, ...]
    renamed: tuple[Update, ...]
    refreshed: tuple[Update, ...]
    list_count: int
    named_count: int
    unchanged_count: int
    withheld: tuple[StudentRecord, ...] = ()

    @classmethod
    def between(
        cls,
        current: Mapping[str, StudentRecord],
        incoming: RosterSnapshot,
        known: Mapping[str, StudentRecord] = NOBODY,
        not_now: Collection[str] = (),
        withheld: Collection[str] = (),
    ) -> RosterPlan:
        """The plan that makes `current` (by sourced id) match; unreadable students stay.

        `known` are students of other sections who may be added here, as they are called today.
        `not_now` are names (as `rename_key`) that are not to be taken over: older than what is
        known here, or waiting for a person's answer in another section, as an account is one.
        `withheld` are ids of students who are not to be added without a person's yes.
        """
        found = incoming.students
        news = [record for key, record in found.items() if key not in current]
        updates = [
            Update(before, found[sourced_id])
            for sourced_id, before in (*current.items(), *known.items())
            if found.get(sourced_id, before) != before
            and (sourced_id in current or sourced_id not in withheld)
            and rename_key(found[sourced_id]) not in not_now
        ]
        gone = [key for key in current if key not in found and key not in incoming.unreadable]
        changed = {update.after.sourced_id for update in updates} | set(gone)
        return cls(
            added=tuple(each for each in news if each.sourced_id not in withheld),
            removed=tuple(current[key] for key in gone),
            renamed=tuple(update for update in updates if update.renames),
            refreshed=tuple(update for update in updates if not update.renames),
            list_count=len(current),
            named_count=len(current) + len(known),
            unchanged_count=len(current.keys() - changed),
            withheld=tuple(each for each in news if each.sourced_id in withheld),
        )

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.refreshed or self.withheld)

    @property
    def updated(self) -> tuple[Update, ...]:
        return (*self.renamed, *self.refreshed)

    @property
    def removed_ids(self) -> frozenset[str]:
        return frozenset(record.sourced_id for record in self.removed)

    @property
    def withheld_ids(self) -> frozenset[str]:
        return frozenset(record.sourced_id for record in self.withheld)

    @property
    def rename_keys(self) -> frozenset[str]:
        return frozenset(rename_key(update.after) for update in self.renamed)

    @property
    def empties_the_list(self) -> bool:
        """Whether nobody of today's list and nobody new would be left."""
        return bool(self.removed) and len(self.removed) == self.list_count and not self.added
