"""Students whom a teacher keeps on or off a list whatever Clever says, until a date (Y10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum

from peewee import CharField, DateField, ForeignKeyField, ModelSelect

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot


class OverrideKind(StrEnum):
    IN = "in"
    OUT = "out"


class RosterOverride(BaseModel):
    """One student kept in or out of one section, to the end of the day `until`.

    `made_in` is the run that put the student on the list or took them off with it, `ended_in` the
    one that ended it. At most one of a student and a section has not ended.
    """

    section_id: int
    account_id: int
    made_in_id: int | None
    ended_in_id: int | None

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    section = ForeignKeyField(Section, on_delete="CASCADE")
    account = ForeignKeyField(Account, on_delete="CASCADE")
    sourced_id = CharField(max_length=64)
    kind = CharField(max_length=8)
    until = DateField()
    made_by = ForeignKeyField(Account, null=True, on_delete="SET NULL", backref="+")
    made_at = UtcDateTimeField()
    made_in = ForeignKeyField(SyncRun, null=True, on_delete="SET NULL", backref="+")
    ended_at = UtcDateTimeField(null=True)
    ended_in = ForeignKeyField(SyncRun, null=True, on_delete="SET NULL", backref="+")

    class Meta:
        table_name = "roster_overrides"

    @classmethod
    def standing(cls, section: Section, today: date) -> ModelSelect[RosterOverride]:
        """Those of the section that hold today."""
        return cls.select().where(
            (cls.section == section) & cls.ended_at.is_null() & (cls.until >= today)
        )


def overridden(
    section: Section, enrolled: dict[str, StudentRecord], read: RosterSnapshot, today: date
) -> RosterSnapshot:
    """The read as if the provider listed whom the teacher keeps in, and not whom she keeps out.

    Who is kept in stays called as today: the provider says nothing of them in this class. A
    student is known by any of their ids.
    """
    kept = _STANDING.all(
        section=section, today=today, provider=section.provider, issuer=section.issuer
    )
    if not kept:
        return read
    out = {sourced_id for kind, sourced_id in kept if kind == OverrideKind.OUT}
    stay = {sourced_id for kind, sourced_id in kept if kind == OverrideKind.IN}
    students = {key: each for key, each in read.students.items() if key not in out}
    for sourced_id in stay & enrolled.keys():
        students.setdefault(sourced_id, enrolled[sourced_id])
    return replace(read, students=students, unreadable=read.unreadable - out)


_STANDING = Prepared(
    lambda section, today, provider, issuer: (
        RosterOverride.select(RosterOverride.kind, LinkedAccount.sourced_id)
        .join(LinkedAccount, on=(LinkedAccount.account == RosterOverride.account))
        .where(
            (RosterOverride.section == section)
            & RosterOverride.ended_at.is_null()
            & (RosterOverride.until >= today)
            & (LinkedAccount.provider == provider)
            & (LinkedAccount.issuer == issuer)
        )
        .tuples()
    )
)
