"""Changes too large to make without a person's word (trust.md decision 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from peewee import (
    JOIN,
    BooleanField,
    Case,
    CharField,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    fn,
)

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id, to_microseconds
from portal.models.districts import DistrictConnection
from portal.models.prepared import Prepared
from portal.models.sections import Section, SectionMode
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.guard import Asked

HOLD_LASTS = timedelta(days=14)


class HoldState(StrEnum):
    """`dissolved`: its students are back. `superseded`: another question, or an earlier refusal,
    took its place. `expired`: nobody answered in time, or before the class was gone."""

    WAITING = "waiting"
    KEPT = "kept"
    APPLIED = "applied"
    DISSOLVED = "dissolved"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


# A question in these states still counts: the machine never answers it by itself.
NOT_AGREED = (HoldState.WAITING, HoldState.EXPIRED, HoldState.KEPT)


class HoldKind(StrEnum):
    """`additions` are asked about only once a person has taken them back (Y8)."""

    REMOVALS = "removals"
    RENAMES = "renames"
    ADDITIONS = "additions"


HELD_AS = {
    HoldKind.REMOVALS: ChangeKind.HELD_REMOVAL,
    HoldKind.RENAMES: ChangeKind.HELD_RENAME,
    HoldKind.ADDITIONS: ChangeKind.HELD_ADDITION,
}


class Hold(BaseModel):
    """One set of changes that waits. Its students are the held changes of `run`.

    `answered_at` is when it ended: by a person's answer, or without `answered_by` by itself.
    """

    section_id: int
    run_id: int
    answered_by_id: int | None

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    section = ForeignKeyField(Section, backref="holds", on_delete="CASCADE")
    run = ForeignKeyField(SyncRun, on_delete="CASCADE")
    kind = CharField(max_length=16)
    state = CharField(max_length=16, default=HoldState.WAITING)
    digest = CharField(max_length=64)
    student_count = IntegerField()
    list_count = IntegerField()
    empties = BooleanField(default=False)
    created_at = UtcDateTimeField()
    expires_at = UtcDateTimeField()
    answered_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    answered_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "holds"

    @classmethod
    def by_key(cls, key: int) -> Hold:
        """The question as it is now."""
        hold: Hold = cls.get_by_id(key)
        return hold

    @classmethod
    def waiting(cls, section: Section) -> ModelSelect[Hold]:
        """The section's holds that nobody has closed: at most one of each kind, removals first.

        One whose time is over stays among them until the sweeper or the next sync closes it.
        """
        return (
            cls.select()
            .where((cls.section == section) & (cls.state == HoldState.WAITING))
            .order_by(_in_order())
        )

    @classmethod
    def not_agreed(cls, section: Section) -> list[Hold]:
        """What people were asked about and did not agree to: it waits, ran out or was refused."""
        return _NOT_AGREED.all(section=section)

    @classmethod
    def of_run(cls, run: SyncRun) -> list[Hold]:
        """The questions that this run put, and that nobody has closed."""
        asked = (cls.run == run) & (cls.state == HoldState.WAITING)
        return list(cls.select().where(asked).order_by(_in_order()))

    @classmethod
    def put_by(cls, run: SyncRun) -> list[Hold]:
        """All the questions that this run put, however they ended."""
        return list(cls.select().where(cls.run == run).order_by(_in_order()))

    @classmethod
    def dissolved_by(cls, run: SyncRun) -> list[Hold]:
        """The questions that ended by themselves as this run found what was asked about (I3)."""
        ended = (cls.section == run.section_id) & (cls.state == HoldState.DISSOLVED)
        then = (cls.answered_at == run.finished_at) & cls.answered_by.is_null()
        return list(cls.select().where(ended & then).order_by(_in_order()))

    @classmethod
    def next_after(cls, hold: Hold, now: datetime) -> Hold | None:
        """The question that waits in the place of one that is closed."""
        same = (cls.section == hold.section_id) & (cls.kind == hold.kind)
        found: Hold | None = cls.select().where(same & cls.askable(now)).first()
        return found

    @classmethod
    def told_lately(cls, sections: Any, now: datetime) -> ModelSelect[Hold]:
        """How questions about these sections ended in the last 14 days, the newest first.

        One that only gave way to another is not told: that one is asked.
        """
        gave_way = (cls.state == HoldState.SUPERSEDED) & cls.answered_by.is_null()
        ended = (cls.state != HoldState.WAITING) & (cls.answered_at > now - HOLD_LASTS) & ~gave_way
        joined = cls.select(cls, Section, Account).join(Section).switch(cls)
        by = joined.join(Account, JOIN.LEFT_OUTER, on=(cls.answered_by == Account.id))
        return by.where(sections & ended).order_by(cls.answered_at.desc(), cls.id.desc())

    @classmethod
    def questions(cls, section: Section, now: datetime) -> list[Hold]:
        """The section's holds that a person may still answer."""
        return _QUESTIONS.all(section=section, now=now)

    @classmethod
    def questions_of(cls, sections: Collection[Section], now: datetime) -> dict[int, Hold]:
        """One such hold of each section that has any, by the section's key."""
        theirs = cls.section.in_([section.id for section in sections])
        asked = cls.select().where(theirs & cls.askable(now))
        return {hold.section_id: hold for hold in asked.order_by(_in_order().desc())}

    @classmethod
    def left_alone(cls, section_id: int, now: datetime) -> Hold | None:
        """The section's newest question that ended without a change: kept, or run out.

        It is asked of the section: a later run that held the same set opened no hold of its own.
        """
        ran_out = (cls.state == HoldState.WAITING) & (cls.expires_at <= now)
        ended = cls.state.in_((HoldState.KEPT, HoldState.EXPIRED)) | ran_out
        found: Hold | None = (
            cls.select().where((cls.section == section_id) & ended).order_by(cls.id.desc()).first()
        )
        return found

    @classmethod
    def askable(cls, now: Any) -> Any:
        """Waiting for a person who may still answer: a hold ends with its time, not its sweep."""
        return (cls.state == HoldState.WAITING) & (cls.expires_at > now)

    @classmethod
    def asked(cls, section: Section, kind: HoldKind, now: datetime) -> Asked:
        """What the guard must know of earlier questions about these changes.

        A question counts until its students are back or somebody agrees, however long ago it ran
        out or was refused. Names that another section's people did not agree to count here too.
        """
        holds = [hold for hold in cls.not_agreed(section) if hold.kind == kind]
        kept = [hold.keys for hold in holds if hold.refused_lately(now)]
        open_ = [hold.keys for hold in holds if not hold.refused_lately(now)]
        if kind == HoldKind.RENAMES:
            open_.append(cls._names(_elsewhere(section)))
        return Asked(open_, kept)

    @classmethod
    def names_in_question(cls, section: Section, now: datetime) -> frozenset[str]:
        """The new names that other sections' renames wait with, or were told to keep out lately.

        A student has one account in every section: a name that a person is asked about in one
        is not taken over by way of another.
        """
        refused = (cls.state == HoldState.KEPT) & (cls.answered_at > now - HOLD_LASTS)
        return cls._names(_elsewhere(section) & (cls.askable(now) | refused))

    @classmethod
    def asks_about_name(cls, account: Account, given: str, family: str) -> bool:
        """Whether people were asked if this student is called so, and did not agree."""
        called_so = (SyncChange.given_name == given) & (SyncChange.family_name == family)
        alive = Section.archived_at.is_null() & Section.class_gone_at.is_null()
        asked = cls._rename_questions(alive).select(cls.run)
        return bool(
            SyncChange.select()
            .where(
                (SyncChange.account == account)
                & (SyncChange.kind == ChangeKind.HELD_RENAME)
                & called_so
                & SyncChange.run.in_(asked)
            )
            .exists()
        )

    @classmethod
    def _names(cls, which: Any) -> frozenset[str]:
        """The new names that nobody has agreed to, as the guard knows them.

        First whether there are such questions: most often there are none, and a planner that does
        not know it would read all changes of all syncs.
        """
        runs = [hold.run_id for hold in cls._rename_questions(which)]
        if not runs:
            return frozenset()
        held = SyncChange.select().where(
            SyncChange.run.in_(runs) & (SyncChange.kind == ChangeKind.HELD_RENAME)
        )
        return frozenset(change.key for change in held)

    @classmethod
    def _rename_questions(cls, which: Any) -> ModelSelect[Hold]:
        return (
            cls.select()
            .join(Section)
            .where(which & cls.state.in_(NOT_AGREED) & (cls.kind == HoldKind.RENAMES))
        )

    @classmethod
    def lapse(cls, section_id: int, now: datetime) -> None:
        """Ask no longer: there is no class any more to agree with (F24)."""
        cls.update(state=HoldState.EXPIRED, answered_at=now).where(
            (cls.section == section_id) & (cls.state == HoldState.WAITING)
        ).execute()

    @classmethod
    def supersede(cls, section: Section) -> dict[int, str]:
        """Ask no longer, nor count: all of it was about another class. Inside a transaction.

        Returns what it ended and how that stood, for `resume`.
        """
        before = {hold.id: str(hold.state) for hold in cls.not_agreed(section)}
        cls.update(state=HoldState.SUPERSEDED).where(cls.id.in_(list(before))).execute()
        return before

    @classmethod
    def resume(cls, before: Mapping[str, str]) -> None:
        """Have these questions stand as they did: the section follows their class again.

        Call inside a transaction, with no other question of the section left.
        """
        for key, state in before.items():
            cls.update(state=state).where(cls.id == int(key)).execute()

    @classmethod
    def expire(cls, now: datetime) -> int:
        """Close what nobody answered; nothing is removed (decision 4). Returns how many."""
        expired: int = (
            cls.update(state=HoldState.EXPIRED, answered_at=cls.expires_at)
            .where((cls.state == HoldState.WAITING) & (cls.expires_at <= now))
            .execute()
        )
        return expired

    @classmethod
    def ask_anew(cls, connection: DistrictConnection, now: datetime, as_of: datetime) -> None:
        """Have the sections synced whose question ran out, or was refused 14 days ago (decision 4).

        The sync asks again if it still wants the same. One that only adds asks about no removal.
        """
        waiting = cls.select(cls.section).where(cls.askable(now))
        lately_kept = (cls.state == HoldState.KEPT) & (cls.answered_at > now - HOLD_LASTS)
        ran_out = cls.state.in_(NOT_AGREED) & ~lately_kept
        over = cls.select(cls.section).where(ran_out & cls.section.not_in(waiting))
        only_adds = Section.mode == SectionMode.ADD_ONLY
        of_removals_alone = only_adds & Section.id.not_in(over.where(cls.kind != HoldKind.REMOVALS))
        Section.update(outdated_at=as_of).where(
            (Section.provider == connection.provider)
            & (Section.district_sourced_id == connection.district_sourced_id)
            & Section.archived_at.is_null()
            & Section.class_gone_at.is_null()
            & Section.outdated_at.is_null()
            & Section.id.in_(over)
            & ~of_removals_alone
        ).execute()

    @classmethod
    def put(cls, **columns: Any) -> None:
        """Ask people something new. Call inside a transaction."""
        _PUT.change(public_id=new_public_id(), **columns)

    @property
    def unclosed(self) -> bool:
        """Whether it still takes the one place of its kind."""
        return bool(self.state == HoldState.WAITING)

    @property
    def unanswered(self) -> bool:
        """Whether it ended by itself, be it swept up already or not."""
        return self.state in (HoldState.WAITING, HoldState.EXPIRED)

    def close(self, state: HoldState, now: datetime, answered_by: Account | None = None) -> bool:
        """Leave the waiting state; whether this call was the one that did."""
        closed = (
            Hold.update(state=state, answered_at=now, answered_by=answered_by)
            .where((Hold.id == self.id) & (Hold.state == HoldState.WAITING))
            .execute()
        )
        return bool(closed)

    def end(self, state: HoldState, now: datetime) -> None:
        """Count no longer, whether it waited or not. Call inside a transaction.

        Who kept the list, and when, stays known.
        """
        ended_at = fn.COALESCE(Hold.answered_at, to_microseconds(now))
        Hold.update(state=state, answered_at=ended_at).where(
            (Hold.id == self.id) & Hold.state.in_(NOT_AGREED)
        ).execute()

    def recount(self, list_count: int) -> None:
        """The same question beside a list that has grown or shrunk. Call inside a transaction."""
        Hold.update(list_count=list_count).where(Hold.id == self.id).execute()

    def waits(self, now: datetime) -> bool:
        """Whether a person may still answer: `askable`, of a hold at hand."""
        return bool(self.state == HoldState.WAITING and self.expires_at > now)

    def refused_lately(self, now: datetime) -> bool:
        """Whether a person chose to keep the list, in the last 14 days."""
        return bool(self.state == HoldState.KEPT and self.answered_at > now - HOLD_LASTS)

    @property
    def keys(self) -> frozenset[str]:
        """The held changes as the guard knows them."""
        return frozenset(change.key for change in self.changes())

    def changes(self) -> ModelSelect[SyncChange]:
        """The students this hold is about, as the changes that wait."""
        return SyncChange.of(self.run, (HELD_AS[HoldKind(self.kind)],))


def _in_order() -> Any:
    kinds = ((str(HoldKind.REMOVALS), 0), (str(HoldKind.RENAMES), 1))
    return Case(Hold.kind, kinds, 2)


def _elsewhere(section: Section) -> Any:
    """Holds of other sections of the same district."""
    same_district = Section.district_sourced_id == section.district_sourced_id
    return (Hold.section != section) & same_district


Hold.add_index(
    Hold.index(
        Hold.section,
        Hold.kind,
        unique=True,
        where=(Hold.state == HoldState.WAITING),
        name="holds_one_waiting",
    )
)

_NOT_AGREED = Prepared(
    lambda section: (
        Hold.select()
        .where((Hold.section == section) & Hold.state.in_(NOT_AGREED))
        .order_by(Hold.id)
    )
)
_PUT = Prepared(lambda **columns: Hold.insert(**columns))
_QUESTIONS = Prepared(lambda section, now: Hold.waiting(section).where(Hold.askable(now)))
