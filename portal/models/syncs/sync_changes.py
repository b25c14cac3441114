"""What a run changed or wants to change, by person."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any, NamedTuple

from peewee import (
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    TextField,
    fn,
)

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.prepared import Prepared
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.plan import rename_key
from portal.roster.records import StudentRecord


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    REFRESHED = "refreshed"
    HELD_REMOVAL = "held_removal"
    HELD_RENAME = "held_rename"
    HELD_ADDITION = "held_addition"


class ChangedNames(NamedTuple):
    """A student's names before and after a change, as a result lists them."""

    given_name_before: str
    family_name_before: str
    given_name: str
    family_name: str


class SyncChange(BaseModel):
    """One student's part in one run, with the names as they were then.

    What an undo needs stands beside it: whether the student had a place in the section before,
    and if it had ended, when and by which run. `undone_by_id` is the run that took the change back.
    """

    run_id: int
    account_id: int

    run = ForeignKeyField(SyncRun, backref="changes", on_delete="CASCADE")
    account = ForeignKeyField(Account, on_delete="CASCADE")
    sourced_id = CharField(max_length=64)
    kind = CharField(max_length=16)
    moved_to = TextField(default="")
    given_name_before = TextField(default="")
    family_name_before = TextField(default="")
    grade_before = TextField(default="")
    given_name = TextField(default="")
    family_name = TextField(default="")
    grade = TextField(default="")
    had_place = BooleanField(default=True)
    ended_at_before = UtcDateTimeField(null=True)
    # Runs too, as numbers: with one foreign key to them, a join needs no word on which is meant.
    ended_by_before_id = IntegerField(null=True)
    undone_by_id = IntegerField(null=True)

    class Meta:
        table_name = "sync_changes"

    @property
    def after(self) -> StudentRecord:
        return StudentRecord(self.sourced_id, self.given_name, self.family_name, self.grade)

    @property
    def before(self) -> StudentRecord:
        return StudentRecord(
            self.sourced_id, self.given_name_before, self.family_name_before, self.grade_before
        )

    @property
    def key(self) -> str:
        """What the guard knows this held change by."""
        is_rename = self.kind == ChangeKind.HELD_RENAME
        return rename_key(self.after) if is_rename else str(self.sourced_id)

    @classmethod
    def first_names(
        cls, run: SyncRun, kind: ChangeKind, moved: bool, most: int
    ) -> list[ChangedNames]:
        """The first students, by name, with this kind of change: those who moved, or the others."""
        found = _FIRST_NAMES.all(run=run, kind=kind, moved=moved, most=most)
        return [ChangedNames(*row) for row in found]

    @classmethod
    def count(cls, run: SyncRun, kind: ChangeKind, moved: bool) -> int:
        """How many there are of them."""
        counted: int = _COUNT.all(run=run, kind=kind, moved=moved)[0][0]
        return counted

    @classmethod
    def of(cls, run: SyncRun, kinds: Collection[ChangeKind]) -> ModelSelect[SyncChange]:
        """A run's changes of these kinds, sorted by name."""
        return cls.of_runs([run.id], kinds)

    @classmethod
    def of_runs(
        cls, runs: Collection[int], kinds: Collection[ChangeKind]
    ) -> ModelSelect[SyncChange]:
        """The same of several runs, by their keys."""
        return (
            cls.select()
            .join(Account)
            .where(cls.run.in_(list(runs)) & cls.kind.in_(list(kinds)))
            .order_by(Account.sort_name, cls.id)
        )


SyncChange.add_index(SyncChange.index(SyncChange.run, SyncChange.kind, name="sync_changes_of_run"))


def _changed(run: Any, kind: Any, moved: Any) -> Any:
    has_moved = SyncChange.moved_to != ""
    return SyncChange.select().where(
        (SyncChange.run == run) & (SyncChange.kind == kind) & (has_moved == moved)
    )


_FIRST_NAMES = Prepared(
    lambda run, kind, moved, most: (
        _changed(run, kind, moved)
        .select(
            SyncChange.given_name_before,
            SyncChange.family_name_before,
            SyncChange.given_name,
            SyncChange.family_name,
        )
        .join(Account)
        .order_by(Account.sort_name, SyncChange.id)
        .limit(most)
        .tuples()
    )
)
_COUNT = Prepared(
    lambda run, kind, moved: _changed(run, kind, moved).select(fn.COUNT(SyncChange.id)).tuples()
)
