"""The plan of a preview, by student: shown, saved exactly or thrown away (Y5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from peewee import CharField, ForeignKeyField, TextField, fn

from portal.database import execute, rows
from portal.models.accounts import Account
from portal.models.base import BaseModel, tuples_of
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.rosters import Change
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.roster.names import sort_key
from portal.roster.records import StudentRecord


class PlannedChange(BaseModel):
    """One student's part in a plan; who would be added may have no account yet."""

    run = ForeignKeyField(SyncRun, on_delete="CASCADE")
    sourced_id = CharField(max_length=64)
    kind = CharField(max_length=16)
    moved_to = TextField(default="")
    given_name_before = TextField(default="")
    family_name_before = TextField(default="")
    grade_before = TextField(default="")
    given_name = TextField(default="")
    family_name = TextField(default="")
    grade = TextField(default="")
    sort_name = TextField(default="")

    class Meta:
        table_name = "planned_changes"

    @property
    def before(self) -> StudentRecord:
        return StudentRecord(self.sourced_id, self.given_name_before, self.family_name_before)

    @property
    def after(self) -> StudentRecord:
        return StudentRecord(self.sourced_id, self.given_name, self.family_name)

    @classmethod
    def first(cls, run: SyncRun, kind: ChangeKind, most: int) -> list[PlannedChange]:
        """The first students, by name, with a change of this kind."""
        theirs = cls.select().where((cls.run == run) & (cls.kind == kind))
        return list(theirs.order_by(cls.sort_name, cls.id).limit(most))

    @classmethod
    def counts(cls, run: SyncRun) -> dict[ChangeKind, int]:
        """How many students there are with each kind of change."""
        found = cls.select(cls.kind, fn.COUNT(cls.id)).where(cls.run == run).group_by(cls.kind)
        return {ChangeKind(kind): count for kind, count in tuples_of(found)}

    @classmethod
    def untouched(cls, run: SyncRun, most: int) -> list[StudentRecord]:
        """The first students of the list, by name, who would stay as they are."""
        changed = cls.select(cls.sourced_id).where(cls.run == run)
        stay = (
            Enrollment.active(run.section)
            .where(Enrollment.sourced_id.not_in(changed))
            .select(Enrollment.sourced_id, Account.given_name, Account.family_name)
            .join(Account)
            .order_by(Account.sort_name, Enrollment.id)
        )
        return [StudentRecord(*row) for row in tuples_of(stay.limit(most))]

    @classmethod
    def purge(cls) -> None:
        """Forget the plans of previews that show nothing any more: they hold names (V12)."""
        shown = SyncRun.select(SyncRun.id).where(SyncRun.state == RunState.PREVIEWED)
        cls.delete().where(cls.run.not_in(shown)).execute()


def keep(run: SyncRun, changes: Sequence[Change]) -> None:
    """Keep the plan that a preview shows. Call inside a transaction."""
    if changes:
        item, parameter = rows((str(run.id), *_columns(change)) for change in changes)
        execute(_KEEP.format(rows=item), (parameter,))


def digest(class_sourced_id: str, changes: Iterable[Change], renumbered: Iterable[str]) -> str:
    """Two plans with the same digest do the same, student by student and field by field."""
    told = [class_sourced_id, sorted(renumbered), sorted(map(repr, changes))]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _columns(change: Change) -> tuple[str, ...]:
    before, after = change.before or change.after, change.after
    return (
        after.sourced_id,
        change.kind,
        change.moved_to,
        *(before.given_name, before.family_name, before.grade),
        *(after.given_name, after.family_name, after.grade),
        sort_key(after.given_name, after.family_name),
    )


_KEEP = """
    INSERT INTO planned_changes (
      run_id, sourced_id, kind, moved_to, given_name_before, family_name_before, grade_before,
      given_name, family_name, grade, sort_name)
    SELECT CAST(r.value->>0 AS INTEGER), r.value->>1, r.value->>2, r.value->>3, r.value->>4,
      r.value->>5, r.value->>6, r.value->>7, r.value->>8, r.value->>9, r.value->>10
    FROM {rows}
"""
