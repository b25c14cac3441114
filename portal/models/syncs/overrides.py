"""Students whom a teacher keeps on or off a list whatever Clever says, until a date (Y10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from peewee import JOIN, CharField, DateField, ForeignKeyField, ModelSelect

from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id, tuples_of
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

LAST_TIMEZONE = timedelta(hours=12)  # west of Greenwich


class OverrideKind(StrEnum):
    IN = "in"
    OUT = "out"


class Teacher(NamedTuple):
    given_name: str
    family_name: str


class KeptStudent(NamedTuple):
    """A student who is kept on or off a list, until when, and who said so."""

    public_id: str
    given_name: str
    family_name: str
    display_name: str
    kind: str
    until: date
    made_by_id: int | None
    by_given_name: str | None
    by_family_name: str | None

    @property
    def made_by(self) -> Teacher:
        return Teacher(self.by_given_name or "", self.by_family_name or "")


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

    @classmethod
    def of_student(cls, section: Section, account: Account) -> RosterOverride | None:
        """The one of this student that has not been ended; its day may just be over."""
        found: RosterOverride | None = cls.get_or_none(
            (cls.section == section) & (cls.account == account) & cls.ended_at.is_null()
        )
        return found

    @classmethod
    def kept(cls, section: Section, today: date) -> list[KeptStudent]:
        """Everybody whom the section's teachers keep on or off its list, by name."""
        Maker = Account.alias()
        place = (Enrollment.section == cls.section) & (Enrollment.account == cls.account)
        found = (
            cls.standing(section, today)
            .select(
                *(Account.public_id, Account.given_name, Account.family_name),
                *(Enrollment.display_name, cls.kind, cls.until),
                *(cls.made_by, Maker.given_name, Maker.family_name),
            )
            .join(Account, on=(Account.id == cls.account))
            .join_from(cls, Maker, JOIN.LEFT_OUTER, on=(Maker.id == cls.made_by))
            .join_from(cls, Enrollment, on=place)
            .order_by(Account.sort_name, cls.id)
        )
        return [KeptStudent(*row) for row in tuples_of(found)]

    @classmethod
    def end_over(cls, now: datetime) -> None:
        """End those whose day is over: the next sync makes their lists Clever's again (Y10)."""
        over = cls.ended_at.is_null() & (cls.until < day_of(now))
        if cls.select().where(over).exists():
            write(lambda: _end(over, now))

    def end(self, now: datetime, run: SyncRun | None = None) -> bool:
        """End it before its time; whether this call was the one that did. In a transaction."""
        mine = (RosterOverride.id == self.id) & RosterOverride.ended_at.is_null()
        return _end(mine, now, ended_in=run)

    def move(self, until: date) -> None:
        """Keep it to another day. Call inside a transaction."""
        RosterOverride.update(until=until).where(RosterOverride.id == self.id).execute()


def day_of(now: datetime) -> date:
    """The day that is not over at any school: an override lasts to the end of its own."""
    return (now - LAST_TIMEZONE).date()


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


def kept_ids(section: Section, kind: OverrideKind, now: datetime) -> frozenset[str]:
    """The provider's ids of those whom a teacher keeps on this list, or off it."""
    kept = _STANDING.all(
        section=section, today=day_of(now), provider=section.provider, issuer=section.issuer
    )
    return frozenset(sourced_id for each, sourced_id in kept if each == kind)


def _end(which: Any, now: datetime, **columns: Any) -> bool:
    """End these; every plan of their sections is outdated, and so are they."""
    ended = (
        RosterOverride.update(ended_at=now, **columns)
        .where(which)
        .returning(RosterOverride)
        .execute()
    )
    sections = {override.section_id for override in ended}
    Section.update(roster_version=Section.roster_version + 1, outdated_at=now).where(
        Section.id.in_(sections)
    ).execute()
    return bool(sections)


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
