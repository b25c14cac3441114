"""The plan of a preview, by student: shown, saved exactly or thrown away (Y5)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from peewee import CharField, ForeignKeyField, TextField

from portal.database import execute, rows
from portal.models.base import BaseModel
from portal.models.syncs.rosters import Change
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.names import sort_key


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
