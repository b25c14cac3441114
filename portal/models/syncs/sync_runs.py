"""Runs of a sync: the row is the truth, the queue only rings for it (trust.md decision 2)."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from peewee import (
    SQL,
    BooleanField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    fn,
)

from portal.database import clock_sql, write
from portal.models.accounts import Account
from portal.models.base import (
    BaseModel,
    UtcDateTimeField,
    new_public_id,
    to_microseconds,
    tuples_of,
)
from portal.models.prepared import Prepared
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs import turns

LEASE = timedelta(seconds=20)
MOST_ATTEMPTS = 5
MOST_AUTOMATIC_RETRIES = 3
REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    HELD = "held"
    FAILED = "failed"
    STOPPED = "stopped"
    PREVIEWED = "previewed"


class RunSource(StrEnum):
    """What started a run; a `nightly` one and one by `events` read what the district shares.

    An answer to a `hold`, an `undo` and an `override` read nothing: a person changed the list.
    """

    FIRST = "first"
    TEACHER = "teacher"
    RETRY = "retry"
    HOLD = "hold"
    ADMIN = "admin"
    NIGHTLY = "nightly"
    EVENTS = "events"
    UNDO = "undo"
    OVERRIDE = "override"


BY_MIRROR = (RunSource.NIGHTLY, RunSource.EVENTS)
BY_HAND = (RunSource.HOLD, RunSource.UNDO, RunSource.OVERRIDE)


class RunStep(StrEnum):
    ASKING = "asking"
    READING = "reading"
    CHECKING = "checking"
    SAVING = "saving"


class OwnReason(StrEnum):
    """Why a run failed here rather than at the provider (`FailureReason` has the others)."""

    TEACHER_REMOVED = "teacher_removed"
    STORAGE = "storage"
    UNEXPECTED = "unexpected"
    CHANGED_SINCE = "changed_since"  # What was shown is not what would be saved now (Y5).
    NOT_NOW = "not_now"  # A plan was shown, and its reader did not want it.
    PAUSED = "paused"  # The section was paused while it was read (Y14).
    CLASS_CHANGED = "class_changed"  # The section follows another class than the one that was read.
    ARCHIVED = "archived"  # The section was put away meanwhile (N9).


class RunLost(Exception):
    """The run is no longer this worker's: it was stopped, or another worker took it over."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a click wants of a run besides a sync: see SyncRun."""

    preview: bool = False
    shown: SyncRun | None = None
    class_sourced_id: str = ""

    def is_met_by(self, run: SyncRun) -> bool:
        """Whether whoever wishes this may join the run that is in flight.

        A sync shows as much as a preview does; what is to be saved exactly needs its own run.
        """
        if self.shown is not None:
            return bool(run.shown_id == self.shown.id)
        same_class = run.class_sourced_id == self.class_sourced_id
        return same_class and (self.preview or not run.preview)


SYNC = Wish()


def new_reference() -> str:
    """A short code a teacher can read out and an operator finds in the logs (HP3)."""
    return "SYNC-" + "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(6))


class SyncRun(BaseModel):
    """One press of the button, from the click to a final, visible state.

    A `preview` ends with a plan that is shown and not saved; a run with `shown` saves exactly the
    plan of that preview (`plan_digest`), or shows the new one (Y5). `class_sourced_id` is the
    class that the section is to follow, where the run is to change it (N7). `undoes` is the run
    whose changes this one took back (Y8).
    """

    section_id: int
    started_by_id: int | None
    shown_id: int | None
    undoes_id: int | None

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    section = ForeignKeyField(Section, backref="sync_runs", on_delete="CASCADE")
    state = CharField(max_length=16, default=RunState.QUEUED)
    source = CharField(max_length=16)
    started_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    idempotency_key = CharField(max_length=64, null=True)
    reference = CharField(max_length=16, default=new_reference)
    requested_at = UtcDateTimeField()
    rang_at = UtcDateTimeField(null=True)
    not_before = UtcDateTimeField(null=True)
    started_at = UtcDateTimeField(null=True)
    finished_at = UtcDateTimeField(null=True)
    lease_until = UtcDateTimeField(null=True)
    holder = CharField(max_length=32, default="")
    attempt = IntegerField(default=0)
    fence = IntegerField(default=0)
    step = CharField(max_length=16, default=RunStep.ASKING)
    students_read = IntegerField(default=0)
    students_listed = IntegerField(null=True)
    waiting_until = UtcDateTimeField(null=True)
    added_count = IntegerField(default=0)
    updated_count = IntegerField(default=0)
    removed_count = IntegerField(default=0)
    unchanged_count = IntegerField(default=0)
    existing_count = IntegerField(default=0)
    held_count = IntegerField(default=0)
    kept_count = IntegerField(default=0)
    skipped_count = IntegerField(default=0)
    unshared_count = IntegerField(default=0)
    reason = CharField(max_length=32, default="")
    resumes_on = DateField(null=True)
    retry_at = UtcDateTimeField(null=True)
    automatic_retries = IntegerField(default=0)
    district_run_id = IntegerField(null=True)  # of the table above this one, `district_runs`
    preview = BooleanField(default=False)
    shown = ForeignKeyField("self", null=True, on_delete="SET NULL", backref="saved_by")
    plan_digest = CharField(max_length=64, default="")
    class_sourced_id = CharField(max_length=64, default="")
    count_before = IntegerField(null=True)
    count_after = IntegerField(null=True)
    undoes = ForeignKeyField("self", null=True, on_delete="SET NULL", backref="undone_by")

    class Meta:
        table_name = "sync_runs"

    @classmethod
    def request(
        cls,
        section: Section,
        source: RunSource,
        now: datetime,
        started_by: Account | None = None,
        idempotency_key: str | None = None,
        district_run_id: int | None = None,
        wish: Wish = SYNC,
    ) -> tuple[SyncRun, bool]:
        """The run this click gets, and whether the click made it.

        A second click with the same key gets the same run for ever; any other click, tab or
        teacher joins the run in flight (F48, Y1), unless that one would not do what the click
        asks for: then it is stopped, as it has saved nothing yet.
        """

        def step() -> tuple[SyncRun, bool]:
            clicked = cls.of_click(started_by, idempotency_key)
            same_click = clicked is not None and clicked.section_id == section.id
            run = clicked if same_click else cls.in_flight(section)
            if run is not None and (same_click or wish.is_met_by(run) or source in BY_MIRROR):
                return run, False
            if run is not None:
                run.stop(now)
            new: SyncRun = cls.create(
                section=section,
                source=source,
                started_by=started_by,
                idempotency_key=None if clicked else idempotency_key,
                requested_at=now,
                district_run_id=district_run_id,
                preview=wish.preview,
                shown=wish.shown,
                class_sourced_id=wish.class_sourced_id,
            )
            return new, True

        return write(step)

    @classmethod
    def request_all(
        cls, sections: Collection[Section], source: RunSource, now: datetime, started_by: Account
    ) -> list[SyncRun]:
        """A run of each section: a new one, or the one in flight. Call inside a transaction.

        One that ends at this very moment is the newest there is, and was in flight a moment ago.
        """
        if not sections:
            return []
        previewing = cls.preview & cls.finished_at.is_null()
        theirs = cls.section.in_([section.id for section in sections])
        for run in cls.select().where(theirs & previewing):
            run.stop(now)
        cls.insert_many(
            {
                "section": section,
                "source": source,
                "started_by": started_by,
                "requested_at": now,
                "public_id": new_public_id(),
                "reference": new_reference(),
            }
            for section in sections
        ).on_conflict_ignore().execute()
        return list(cls.latest_of(sections).values())

    @classmethod
    def request_shown(
        cls, previews: Collection[SyncRun], now: datetime, admin: Account
    ) -> list[SyncRun]:
        """A run for each of these plans that saves exactly it; where none is in flight.

        Call inside a transaction. Answers those that nobody has rung for.
        """
        if not previews:
            return []
        cls.insert_many(
            {
                "section": preview.section_id,
                "source": RunSource.ADMIN,
                "started_by": admin,
                "requested_at": now,
                "shown": preview,
                "public_id": new_public_id(),
                "reference": new_reference(),
            }
            for preview in previews
        ).on_conflict_ignore().execute()
        unrung = cls.finished_at.is_null() & cls.rang_at.is_null()
        return list(cls.select().where(unrung & cls.shown.in_([each.id for each in previews])))

    @classmethod
    def by_hand(
        cls,
        section: Section,
        source: RunSource,
        account: Account,
        now: datetime,
        **columns: Any,
    ) -> SyncRun:
        """A person's own change of the list: it reads nothing and is done when it is made.

        Call inside the transaction that makes the change.
        """
        ids = {"public_id": new_public_id(), "reference": new_reference()}
        run: SyncRun = _BY_HAND.all(
            section=section,
            source=source,
            state=RunState.DONE,
            started_by=account,
            requested_at=now,
            started_at=now,
            finished_at=now,
            **ids,
            **columns,
        )[0]
        return run

    @classmethod
    def of_click(cls, account: Account | None, key: str | None) -> SyncRun | None:
        """The run that this person's form with this key got when it was sent before."""
        if account is None or not key:
            return None
        found: SyncRun | None = (
            cls.select(cls, Section)
            .join(Section)
            .where((cls.started_by == account) & (cls.idempotency_key == key))
            .get_or_none()
        )
        return found

    @classmethod
    def by_key(cls, key: int) -> SyncRun:
        """The run as it is now."""
        run: SyncRun = cls.get_by_id(key)
        return run

    @classmethod
    def in_flight(cls, section: Section) -> SyncRun | None:
        found: SyncRun | None = _IN_FLIGHT.first(section=section)
        return found

    @classmethod
    def untried(cls, sections: ModelSelect[Section], district_run_id: int) -> list[int]:
        """The keys of those sections that this district run has not tried, and nobody syncs now."""
        tried = (cls.district_run_id == district_run_id) | cls.finished_at.is_null()
        theirs = cls.select(cls.id).where((cls.section == Section.id) & tried)
        wanted = sections.select(Section.id).where(~fn.EXISTS(theirs)).order_by(Section.id)
        return [key for (key,) in tuples_of(wanted)]

    @classmethod
    def asked_provider(cls, section: Section, at: datetime) -> bool:
        """Whether the section's sync that began then read the provider itself."""
        then = (cls.section == section) & (cls.started_at == at)
        return bool(cls.select().where(then & cls.source.not_in(BY_MIRROR)).exists())

    @classmethod
    def count_of(cls, district_run_id: int) -> int:
        """How many syncs of this district run have ended."""
        theirs = (cls.district_run_id == district_run_id) & cls.finished_at.is_null(False)
        count: int = cls.select().where(theirs).count()
        return count

    @classmethod
    def latest(cls, section: Section) -> SyncRun | None:
        """The run in flight, else the newest: an answered hold does not hide a sync that runs.

        A preview that its reader left says nothing any more.
        """
        found: SyncRun | None = cls.in_flight(section) or _NEWEST.first(section=section)
        return found

    @classmethod
    def latest_of(cls, sections: Collection[Section]) -> dict[int, SyncRun]:
        """The same of each section, by the section's key."""
        theirs = cls.section.in_([section.id for section in sections])
        newest = cls.select(fn.MAX(cls.id)).where(theirs & ~_left()).group_by(cls.section)
        found = (
            cls.select()
            .where(theirs & (cls.id.in_(newest) | cls.finished_at.is_null()))
            .order_by(cls.finished_at.is_null())
        )
        return {run.section_id: run for run in found}

    @classmethod
    def waiting_for_a_ring(cls, now: datetime, quiet: timedelta) -> ModelSelect[SyncRun]:
        """Unfinished runs that no worker holds and nobody has rung for lately."""
        unheld = (cls.state == RunState.QUEUED) | (
            (cls.state == RunState.RUNNING) & (cls.lease_until < SQL(clock_sql()))
        )
        unrung = cls.rang_at.is_null() | (cls.rang_at < now - quiet)
        return cls.select().where(cls.finished_at.is_null() & unheld & _due(now) & unrung)

    @classmethod
    def failed_and_due(cls, now: datetime) -> ModelSelect[SyncRun]:
        """Failed runs that promised to try again by now."""
        return cls.select().where((cls.state == RunState.FAILED) & (cls.retry_at <= now))

    @property
    def finished(self) -> bool:
        return self.finished_at is not None

    @classmethod
    def next_in_turn(cls, now: datetime) -> SyncRun | None:
        """The run that a worker with nothing to do should take (F58)."""
        key = turns.first(now)
        return None if key is None else cls.get_or_none(cls.id == key)

    def ahead(self, now: datetime) -> int:
        """How many queued runs will start before this one; one that Clever put off will not."""
        return turns.ahead_of(self.id, now)

    def starter_ids(self) -> frozenset[str]:
        """What the provider calls who started it, as a teacher of the section.

        Asked of the row as it is now: that account may have become a part of another since.
        """
        theirs = (SectionTeacher.section == SyncRun.section) & (
            SectionTeacher.account == SyncRun.started_by
        )
        found = (
            SectionTeacher.select(SectionTeacher.sourced_id)
            .join(SyncRun, on=theirs)
            .where(SyncRun.id == self.id)
        )
        return frozenset(sourced_id for (sourced_id,) in tuples_of(found))

    def rung(self, now: datetime) -> None:
        _RUNG.change(key=self.id, now=now)

    def claim(self, now: datetime) -> SyncRun | None:
        """Take the run for this worker, or None when it is finished, held or not due.

        The lease is judged by the database's clock and the fence is newer than every earlier
        one of the section, so that a worker that was only frozen can no longer save.
        """
        return write(lambda: self._claim(now))

    def advance(self, **progress: Any) -> None:
        """Show how far the run has come and renew its lease; raises RunLost."""
        if not _ADVANCE.change(of_key=self.id, of_holder=self.holder, **progress):
            raise RunLost(self.public_id)

    def began_to_read(self, as_of: datetime | None) -> None:
        """What it goes by was read before it began: nothing younger gives way to it (I6)."""
        if as_of is not None and as_of < self.started_at:
            self.started_at = as_of
            self.advance(started_at=as_of)

    def finish(self, state: RunState, now: datetime, **outcome: Any) -> None:
        """Reach a final state; raises RunLost when the run is no longer ours."""
        self._change(state=state, finished_at=now, lease_until=None, waiting_until=None, **outcome)

    def postpone(self, until: datetime) -> None:
        """Give the run back to the queue until the provider wants to hear from us again (F26)."""
        self._change(
            state=RunState.QUEUED,
            not_before=until,
            waiting_until=until,
            lease_until=None,
            holder="",
            attempt=self.attempt - 1,
        )

    def give_back(self) -> None:
        """Let another worker begin it anew, at once: this one was told to end (F55)."""
        self._change(
            state=RunState.QUEUED,
            rang_at=None,
            lease_until=None,
            holder="",
            attempt=self.attempt - 1,
        )

    def stop(self, now: datetime) -> bool:
        """Stop the run unless it has been saved; whether it was stopped."""
        return bool(SyncRun._stopped(SyncRun.id == self.id, now))

    @classmethod
    def _stopped(cls, which: Any, now: datetime, **columns: Any) -> int:
        stopped: int = (
            cls.update(
                state=RunState.STOPPED, finished_at=now, lease_until=None, holder="", **columns
            )
            .where(which & cls.finished_at.is_null())
            .execute()
        )
        return stopped

    @classmethod
    def rest(cls, section: Section, now: datetime, reason: str = "") -> None:
        """No run of the section goes on, and none that failed is tried again by itself (Y14).

        Call inside the transaction that pauses it.
        """
        theirs = cls.section == section
        cls._stopped(theirs, now, reason=reason)
        cls.update(retry_at=None).where(theirs & cls.retry_at.is_null(False)).execute()

    @classmethod
    def put_away(cls, section: Section, now: datetime) -> None:
        """The same when it is archived: what was shown of it is nobody's to save any more (N9)."""
        cls.rest(section, now, OwnReason.ARCHIVED)
        cls.update(state=RunState.STOPPED, reason=OwnReason.ARCHIVED).where(
            (cls.section == section) & (cls.state == RunState.PREVIEWED)
        ).execute()

    def dismiss(self, now: datetime) -> None:
        """Show this preview no longer. Call inside a transaction.

        What is to be shown after a pause is shown again with the next night (Y14).
        """
        SyncRun.update(state=RunState.STOPPED, reason=OwnReason.NOT_NOW, finished_at=now).where(
            (SyncRun.id == self.id) & (SyncRun.state == RunState.PREVIEWED)
        ).execute()
        read_at = to_microseconds(self.started_at or now)
        Section.update(outdated_at=fn.COALESCE(Section.outdated_at, read_at)).where(
            (Section.id == self.section_id) & Section.previews_next
        ).execute()

    @classmethod
    def forget_previews(cls, before: datetime) -> None:
        """Let go of plans that a person asked for and left open: theirs is yesterday's Clever.

        What would change after a pause stays shown until somebody saves it (Y14).
        """
        after_pause = Section.select(Section.id).where(Section.previews_next)
        cls.update(state=RunState.STOPPED, reason=OwnReason.NOT_NOW).where(
            (cls.state == RunState.PREVIEWED)
            & cls.source.not_in(BY_MIRROR)
            & (cls.finished_at < before)
            & cls.section.not_in(after_pause)
        ).execute()

    def retry(self, now: datetime) -> SyncRun | None:
        """The new run that a failed one promised, unless somebody was quicker."""

        def step() -> SyncRun | None:
            mine = (SyncRun.id == self.id) & SyncRun.retry_at.is_null(False)
            if not SyncRun.update(retry_at=None).where(mine).execute():
                return None
            if (
                SyncRun.select()
                .where((SyncRun.section == self.section_id) & (SyncRun.id > self.id))
                .exists()
            ):
                return None
            new: SyncRun = SyncRun.create(
                section=self.section_id,
                source=RunSource.RETRY,
                requested_at=now,
                automatic_retries=self.automatic_retries + 1,
            )
            return new

        return write(step)

    def promise_nothing(self) -> None:
        """It is not tried again by itself: its district rests (Y14)."""
        SyncRun.update(retry_at=None).where(SyncRun.id == self.id).execute()

    @property
    def by_mirror(self) -> bool:
        """Whether it reads what the district shares, as last read, and not the provider itself."""
        return self.source in BY_MIRROR

    @property
    def exhausted(self) -> bool:
        """Whether too many workers died on this run to try it once more."""
        return bool(self.attempt > MOST_ATTEMPTS)

    @property
    def may_retry_by_itself(self) -> bool:
        """A plain sync may; what was to be shown or chosen is asked for again by a person."""
        is_plain = not (self.preview or self.shown_id or self.class_sourced_id)
        return bool(is_plain and self.automatic_retries < MOST_AUTOMATIC_RETRIES)

    def _claim(self, now: datetime) -> SyncRun | None:
        if not _CLAIM.change(key=self.id, holder=secrets.token_hex(16), now=now):
            return None
        fence = Section.next_fence_of(self.section_id)
        run: SyncRun = _NUMBER.all(key=self.id, fence=fence)[0]
        return run

    def _change(self, **columns: Any) -> None:
        if not _CHANGE.change(of_key=self.id, of_holder=self.holder, **columns):
            raise RunLost(self.public_id)


SyncRun.add_index(
    SyncRun.index(
        SyncRun.section,
        unique=True,
        where=SyncRun.finished_at.is_null(),
        name="sync_runs_one_in_flight",
    )
)
SyncRun.add_index(
    SyncRun.index(
        SyncRun.started_by,
        SyncRun.idempotency_key,
        unique=True,
        where=SyncRun.idempotency_key.is_null(False),
        name="sync_runs_one_per_click",
    )
)
SyncRun.add_index(SyncRun.index(SyncRun.state, SyncRun.id, name="sync_runs_by_state"))


def lease_end() -> SQL:
    """When a lease that begins now runs out, by the database's clock (F53)."""
    return SQL(f"{clock_sql()} + {int(LEASE.total_seconds() * 1_000_000)}")


def _left() -> Any:
    """A preview that was stopped, or that nobody wanted: it changed nothing and shows nothing."""
    return SyncRun.preview & (SyncRun.state == RunState.STOPPED)


def _due(now: Any) -> Any:
    return SyncRun.not_before.is_null() | (SyncRun.not_before <= now)


def _claimed(key: Any, holder: Any, now: Any) -> Any:
    """Taken, if it waits for anybody or its holder's lease has run out."""
    free = (SyncRun.state == RunState.QUEUED) | (
        (SyncRun.state == RunState.RUNNING) & (SyncRun.lease_until < SQL(clock_sql()))
    )
    return SyncRun.update(
        state=RunState.RUNNING,
        holder=holder,
        attempt=SyncRun.attempt + 1,
        started_at=now,
        lease_until=lease_end(),
        not_before=None,
        waiting_until=None,
        step=RunStep.ASKING,
        students_read=0,
        students_listed=None,
    ).where((SyncRun.id == key) & SyncRun.finished_at.is_null() & free & _due(now))


def _changed(of_key: Any, of_holder: Any, **columns: Any) -> Any:
    """Changed, while it is this holder's."""
    return SyncRun.update(**columns).where(
        (SyncRun.id == of_key) & (SyncRun.holder == of_holder) & SyncRun.finished_at.is_null()
    )


_BY_HAND = Prepared(lambda **columns: SyncRun.insert(**columns).returning(SyncRun))
_IN_FLIGHT = Prepared(
    lambda section: SyncRun.select().where(
        (SyncRun.section == section) & SyncRun.finished_at.is_null()
    )
)
_NEWEST = Prepared(
    lambda section: (
        SyncRun.select()
        .where((SyncRun.section == section) & ~_left())
        .order_by(SyncRun.id.desc())
        .limit(1)
    )
)
_RUNG = Prepared(lambda key, now: SyncRun.update(rang_at=now).where(SyncRun.id == key))
_CLAIM = Prepared(_claimed)
_NUMBER = Prepared(
    lambda key, fence: SyncRun.update(fence=fence).where(SyncRun.id == key).returning(SyncRun)
)
_ADVANCE = Prepared(lambda **columns: _changed(lease_until=lease_end(), **columns))
_CHANGE = Prepared(_changed)
