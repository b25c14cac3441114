"""Another class behind a section: wished for with a preview, made with its sync (N7)."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from peewee import BooleanField, ForeignKeyField, ModelSelect, TextField, fn

from portal.models.accounts import LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField, tuples_of
from portal.models.prepared import Prepared
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.records import ClassRecord, TermRecord

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

    A preview has the ones that are wished for and none before: it changes nothing. `flags` are
    what spoke against the class when it was chosen. `matched` says that a person has said who of
    today's students is who in the class. `teachers_before` and `places_before` (the ids that
    students were listed under) and `holds_before` (the questions about the class before, and how
    they stood) are what else an undo puts back.
    """

    run = ForeignKeyField(SyncRun, unique=True, on_delete="CASCADE")
    before = TextField(default="{}")
    after = TextField()
    flags = TextField(default="")
    matched = BooleanField(default=False)
    teachers_before = TextField(default="[]")
    places_before = TextField(default="{}")
    holds_before = TextField(default="{}")

    class Meta:
        table_name = "class_changes"

    @classmethod
    def wish(
        cls,
        run: SyncRun,
        columns: Mapping[str, Any],
        flags: Collection[str] = (),
        matched: bool = False,
    ) -> None:
        """Note what the section is to become. Call inside the transaction that makes the run."""
        told = {"after": _written(columns), "flags": " ".join(flags), "matched": matched}
        cls.insert(run=run, **told).on_conflict_ignore().execute()

    @classmethod
    def of(cls, run: SyncRun) -> ClassChange | None:
        """What this run wishes for or has made; None where it is about no class."""
        found: ClassChange | None = cls.get_or_none(cls.run == run)
        return found

    @property
    def columns(self) -> dict[str, Any]:
        """What the section is to become, or became."""
        return _read(self.after)

    @property
    def columns_before(self) -> dict[str, Any]:
        return _read(self.before)

    @property
    def flag_list(self) -> tuple[str, ...]:
        return tuple(self.flags.split())


def columns_of(
    section: Section, provider: str, issuer: str, chosen: ClassRecord, term: TermRecord | None
) -> dict[str, Any]:
    """What a section is to become that follows this class from now on.

    A section that its teacher named stays called so; students do not join by code (N11).
    """
    keeps_name = section.own_name if section.synced else section.name != chosen.name
    term = term or TermRecord("")
    return {
        "provider": provider,
        "issuer": issuer,
        "login_type": "clever",
        "join_code": None,
        "district_sourced_id": chosen.district_sourced_id or "",
        "school_sourced_id": chosen.school_sourced_id,
        "class_sourced_id": chosen.sourced_id,
        "class_name": chosen.name,
        "own_name": keeps_name,
        "grade": chosen.grade,
        "subject": chosen.subject,
        "period": chosen.period,
        "term_name": term.name,
        "term_starts_on": term.starts_on,
        "term_ends_on": term.ends_on,
        "class_gone_at": None,
    }


def target(run: SyncRun, section: Section) -> Section:
    """The section as it would be after the run: what is read for it is read of that class."""
    if not run.class_sourced_id:
        return section
    wished: Section = Section(**{**section.__data__, **wish_of(run).columns})
    return wished


def make(run: SyncRun, section: Section) -> Section:
    """Have the section follow the class of this run; returns it as it is then. In a transaction.

    Whatever was planned for the other class is outdated by that.
    """
    if not run.class_sourced_id:
        return section
    wished, before = wish_of(run), {name: section.__data__[name] for name in COLUMNS}
    Section.update(**wished.columns).where(Section.id == section.id).execute()
    section.roster_changed()
    ClassChange.create(
        run=run,
        before=_written(before),
        after=wished.after,
        flags=wished.flags,
        matched=wished.matched,
        teachers_before=json.dumps(_teachers(section)),
    )
    return Section.by_key(section.id)


def note_holds(run: SyncRun, before: Mapping[int, str]) -> None:
    """What the section was asked about the class before, and how that stood. In a transaction."""
    ClassChange.update(holds_before=json.dumps(before)).where(ClassChange.run == run).execute()


def is_underneath(run: SyncRun) -> bool:
    """Whether the section follows another class since this run, by one that still stands."""
    return bool(_LATER.all(section=run.section_id, run=run.id))


def stands(run: SyncRun) -> bool:
    """Whether the run changed the section's class, and nobody has taken that back."""
    return bool(run.class_sourced_id) and bool(_standing().where(SyncRun.id == run.id).exists())


def starter_ids(run: SyncRun) -> frozenset[str]:
    """What the class's provider calls who started the run: the section may not know it yet."""
    wished = wish_of(run).columns
    found = LinkedAccount.select(LinkedAccount.sourced_id).where(
        (LinkedAccount.account == SyncRun.get_by_id(run.id).started_by_id)
        & (LinkedAccount.provider == wished["provider"])
        & (LinkedAccount.issuer == wished["issuer"])
    )
    return frozenset(sourced_id for (sourced_id,) in tuples_of(found))


def carry_on(run: SyncRun) -> None:
    """The same wish for a run that was to save a plan and shows another. In a transaction."""
    if run.class_sourced_id and run.shown_id is not None:
        wished = wish_of(run)
        ClassChange.wish(run, wished.columns, wished.flag_list, wished.matched)


def unmake(run: SyncRun, section: Section, now: datetime) -> Section:
    """Have the section follow the class it had before this run; returns it as it is then.

    A name that its teacher has given it since stays. What the class became meanwhile is for the
    next sync to find. Call inside the transaction of an undo, with the section locked.
    """
    made: ClassChange = ClassChange.get(ClassChange.run == run)
    columns = made.columns_before
    if section.own_name and section.name != columns["name"]:
        del columns["name"]
        columns["own_name"] = bool(columns["provider"])
    columns["outdated_at"] = now if columns["district_sourced_id"] else None
    if not columns["provider"]:
        columns["checked_at"] = None
    Section.update(**columns).where(Section.id == section.id).execute()
    _put_teachers_back(section, json.loads(made.teachers_before))
    return Section.by_key(section.id)


def wish_of(run: SyncRun) -> ClassChange:
    """What this run is to make of its section, or the preview whose plan it is to save."""
    wished: ClassChange = ClassChange.get(ClassChange.run == (run.shown_id or run.id))
    return wished


def _standing() -> ModelSelect[ClassChange]:
    """What was made and not taken back; a preview only wishes."""
    Undo = SyncRun.alias()
    undone = Undo.select(Undo.id).where(
        (Undo.undoes == SyncRun.id) & (Undo.source == RunSource.UNDO)
    )
    made = SyncRun.state.in_((RunState.DONE, RunState.HELD))
    return ClassChange.select().join(SyncRun).where(made & ~fn.EXISTS(undone))


def _teachers(section: Section) -> list[list[Any]]:
    found = SectionTeacher.select(
        SectionTeacher.sourced_id,
        SectionTeacher.account,
        SectionTeacher.is_main,
        SectionTeacher.ended_at,
    ).where(SectionTeacher.section == section)
    ended = UtcDateTimeField().db_value
    return [[key, account, main, ended(at)] for key, account, main, at in tuples_of(found)]


def _put_teachers_back(section: Section, before: list[list[Any]]) -> None:
    """Who teaches the other class alone sees the section no longer, and its own teachers do.

    An account that came to be known since is kept.
    """
    ids = [sourced_id for sourced_id, *_ in before]
    theirs = SectionTeacher.section == section
    SectionTeacher.delete().where(theirs & SectionTeacher.sourced_id.not_in(ids)).execute()
    for sourced_id, _, is_main, ended_at in before:
        SectionTeacher.update(is_main=is_main, ended_at=ended_at).where(
            theirs & (SectionTeacher.sourced_id == sourced_id)
        ).execute()


def _written(columns: Mapping[str, Any]) -> str:
    """As the database would keep them: dates as text, moments as numbers."""
    fields = Section._meta.fields
    return json.dumps({name: fields[name].db_value(columns[name]) for name in columns}, default=str)


def _read(text: str) -> dict[str, Any]:
    fields = Section._meta.fields
    return {name: fields[name].python_value(value) for name, value in json.loads(text).items()}


_LATER = Prepared(
    lambda section, run: (
        _standing()
        .select(ClassChange.id)
        .where((SyncRun.section == section) & (SyncRun.id > run))
        .limit(1)
        .tuples()
    )
)
