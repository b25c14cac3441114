"""Another class behind a section: wished for with a preview, made with its sync (N7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import ForeignKeyField, ModelSelect, TextField, fn

from portal.models.base import BaseModel
from portal.models.sections import Section
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun

# What of a section is about its class; an undo puts all of it back.
COLUMNS = (
    "provider",
    "issuer",
    "login_type",
    "join_code",
    "district_sourced_id",
    "school_sourced_id",
    "class_sourced_id",
    "class_name",
    "name",
    "own_name",
    "grade",
    "subject",
    "period",
    "term_name",
    "term_starts_on",
    "term_ends_on",
    "class_gone_at",
)


class ClassChange(BaseModel):
    """The section's columns about its class before and after a run, as JSON.

    A preview has the ones that are wished for and none before: it changes nothing.
    """

    run = ForeignKeyField(SyncRun, unique=True, on_delete="CASCADE")
    before = TextField(default="{}")
    after = TextField()

    class Meta:
        table_name = "class_changes"

    @classmethod
    def wish(cls, run: SyncRun, columns: Mapping[str, Any]) -> None:
        """Note what the section is to become. Call inside the transaction that makes the run."""
        cls.create(run=run, after=_written(columns))


def target(run: SyncRun, section: Section) -> Section:
    """The section as it would be after the run: what is read for it is read of that class."""
    if not run.class_sourced_id:
        return section
    wished: Section = Section(**{**section.__data__, **_wished(run)})
    return wished


def make(run: SyncRun, section: Section) -> Section:
    """Have the section follow the class of this run; returns it as it is then. In a transaction."""
    if not run.class_sourced_id:
        return section
    before = {name: section.__data__[name] for name in COLUMNS}
    after = _wished(run)
    Section.update(**after).where(Section.id == section.id).execute()
    ClassChange.create(run=run, before=_written(before), after=_written(after))
    return Section.by_key(section.id)


def is_underneath(run: SyncRun) -> bool:
    """Whether the section follows another class since this run, by one that still stands."""
    later = (SyncRun.section == run.section_id) & (SyncRun.id > run.id)
    return bool(_standing().where(later).exists())


def stands(run: SyncRun) -> bool:
    """Whether the run changed the section's class, and nobody has taken that back."""
    return bool(run.class_sourced_id) and bool(_standing().where(SyncRun.id == run.id).exists())


def unmake(run: SyncRun, section: Section) -> Section:
    """Have the section follow the class it had before this run. Call inside a transaction.

    A name that its teacher has given it since stays.
    """
    made: ClassChange = ClassChange.get(ClassChange.run == run)
    before, after = json.loads(made.before), json.loads(made.after)
    if section.own_name and section.name != after.get("name", section.class_name):
        before = {each: value for each, value in before.items() if each not in ("name", "own_name")}
    Section.update(**_read(before)).where(Section.id == section.id).execute()
    return Section.by_key(section.id)


def _standing() -> ModelSelect[ClassChange]:
    """What was made and not taken back; a preview only wishes."""
    Undo = SyncRun.alias()
    undone = Undo.select(Undo.id).where(
        (Undo.undoes == SyncRun.id) & (Undo.source == RunSource.UNDO)
    )
    made = SyncRun.state.in_((RunState.DONE, RunState.HELD))
    return ClassChange.select().join(SyncRun).where(made & ~fn.EXISTS(undone))


def _read(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The columns as the section has them: of JSON, a moment is a string."""
    moment = columns.get("class_gone_at")
    return {**columns, "class_gone_at": datetime.fromisoformat(moment) if moment else None}


def _wished(run: SyncRun) -> dict[str, Any]:
    wished: str = ClassChange.get(ClassChange.run == (run.shown_id or run.id)).after
    columns: dict[str, Any] = json.loads(wished)
    return columns


def _written(columns: Mapping[str, Any]) -> str:
    return json.dumps(columns, default=str)
