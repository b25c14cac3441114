"""What a run changed or wants to change, by person."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from peewee import CharField, ForeignKeyField, ModelSelect, TextField

from portal.models.accounts import Account
from portal.models.base import BaseModel
from portal.models.sync_runs import SyncRun
from portal.roster.plan import rename_key
from portal.roster.records import StudentRecord


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    REFRESHED = "refreshed"
    HELD_REMOVAL = "held_removal"
    HELD_RENAME = "held_rename"


class SyncChange(BaseModel):
    """One student's part in one run, with the names as they were then."""

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
    def of(cls, run: SyncRun, kinds: Collection[ChangeKind]) -> ModelSelect[SyncChange]:
        """A run's changes of these kinds, sorted by name."""
        return (
            cls.select()
            .join(Account)
            .where((cls.run == run) & cls.kind.in_(list(kinds)))
            .order_by(Account.sort_name, cls.id)
        )


SyncChange.add_index(SyncChange.index(SyncChange.run, SyncChange.kind, name="sync_changes_of_run"))
