"""Runs that read a whole district: nightly, by Events, or because somebody asked (Y3, Y2)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from peewee import SQL, CharField, DateField, ForeignKeyField, IntegerField, ModelSelect, fn

from portal.database import clock_sql, execute, is_postgresql, write
from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id, to_microseconds
from portal.models.districts import DistrictConnection
from portal.models.syncs.sync_runs import MOST_ATTEMPTS, RunLost, RunState, lease_end, new_reference

CLAIMS_LOCK = 7_305_003


class DistrictRunSource(StrEnum):
    """What started it; `first` is the one after the district connected, `gap` a lost cursor."""

    FIRST = "first"
    NIGHTLY = "nightly"
    EVENTS = "events"
    GAP = "gap"
    ADMIN = "admin"
    OPERATOR = "operator"


class DistrictStep(StrEnum):
    ASKING = "asking"
    READING = "reading"
    SAVING = "saving"
    SECTIONS = "sections"


class DistrictRun(BaseModel):
    """One read of a district, and the syncs of its sections that follow from it.

    Its states are those of a sync (`RunState`). One is in flight for a district at a time, and
    one made for a night, however many schedulers there are.
    """

    connection_id: int
    started_by_id: int | None

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
    state = CharField(max_length=16, default=RunState.QUEUED)
    source = CharField(max_length=16)
    started_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    night = DateField(null=True)
    reference = CharField(max_length=16, default=new_reference)
    requested_at = UtcDateTimeField()
    rang_at = UtcDateTimeField(null=True)
    not_before = UtcDateTimeField(null=True)
    started_at = UtcDateTimeField(null=True)
    finished_at = UtcDateTimeField(null=True)
    lease_until = UtcDateTimeField(null=True)
    holder = CharField(max_length=32, default="")
    attempt = IntegerField(default=0)
    step = CharField(max_length=16, default=DistrictStep.ASKING)
    records_read = IntegerField(default=0)
    waiting_until = UtcDateTimeField(null=True)
    request_count = IntegerField(default=0)
    added_count = IntegerField(default=0)
    changed_count = IntegerField(default=0)
    unshared_count = IntegerField(default=0)
    returned_count = IntegerField(default=0)
    skipped_count = IntegerField(default=0)
    section_count = IntegerField(default=0)
    sections_done = IntegerField(default=0)
    reason = CharField(max_length=32, default="")
    resumes_on = DateField(null=True)

    class Meta:
        table_name = "district_runs"

    @classmethod
    def request(
        cls,
        connection: DistrictConnection,
        source: DistrictRunSource,
        now: datetime,
        started_by: Account | None = None,
    ) -> tuple[DistrictRun, bool]:
        """The run that reads this district next, and whether this call made it (F50)."""

        def step() -> tuple[DistrictRun, bool]:
            run = cls.in_flight(connection)
            if run is not None:
                return run, False
            new: DistrictRun = cls.create(
                connection=connection, source=source, started_by=started_by, requested_at=now
            )
            return new, True

        return write(step)

    @classmethod
    def start(
        cls, connection: DistrictConnection, source: DistrictRunSource, now: datetime
    ) -> DistrictRun | None:
        """A run that is this worker's from the first; None while another is in flight."""

        def step() -> DistrictRun | None:
            run, is_new = cls.request(connection, source, now)
            return run.claim(now) if is_new else None

        return write(step)

    @classmethod
    def purge(cls, before: datetime) -> int:
        """Forget what was asked for before then, but each district's newest, and newest read."""
        newest = cls.select(fn.MAX(cls.id)).group_by(cls.connection)
        whole = newest.clone().where(cls.source != DistrictRunSource.EVENTS)
        old = cls.finished_at.is_null(False) & (cls.requested_at < before)
        kept = cls.id.not_in(newest) & cls.id.not_in(whole)
        purged: int = cls.delete().where(old & kept).execute()
        return purged

    @classmethod
    def request_for_night(
        cls, connection: DistrictConnection, night: date, now: datetime
    ) -> DistrictRun | None:
        """This night's run, unless there is one already; a run in flight becomes it (F50).

        One that follows Events reads nothing whole: the night waits until it is over. Two unique
        indexes decide, however many schedulers ask at once.
        """

        def step() -> DistrictRun | None:
            if cls.of_night(night).where(cls.connection == connection).exists():
                return None
            run = cls.in_flight(connection)
            if run is not None:
                whole = (cls.id == run.id) & (cls.source != DistrictRunSource.EVENTS)
                cls.update(night=night).where(whole).execute()
                return None
            new: DistrictRun = cls.create(
                connection=connection,
                source=DistrictRunSource.NIGHTLY,
                night=night,
                requested_at=now,
            )
            return new

        return write(step)

    @classmethod
    def of_night(cls, night: date) -> ModelSelect[DistrictRun]:
        return cls.select().where(cls.night == night)

    @classmethod
    def without_night(cls, provider: str, night: date) -> ModelSelect[DistrictConnection]:
        """The connected districts that nobody has asked for on this night."""
        asked = cls.select(cls.connection).where(cls.night == night)
        return DistrictConnection.connected(provider).where(DistrictConnection.id.not_in(asked))

    @classmethod
    def never_asked(cls, provider: str, back: Collection[str]) -> ModelSelect[DistrictConnection]:
        """The connected districts without any run, and those that are `back`."""
        some = cls.select().where(cls.connection == DistrictConnection.id)
        returned = DistrictConnection.district_sourced_id.in_(list(back))
        return DistrictConnection.connected(provider).where(~fn.EXISTS(some) | returned)

    @classmethod
    def in_flight(cls, connection: DistrictConnection) -> DistrictRun | None:
        found: DistrictRun | None = cls.get_or_none(
            (cls.connection == connection) & cls.finished_at.is_null()
        )
        return found

    @classmethod
    def latest(cls, connection: DistrictConnection) -> DistrictRun | None:
        found: DistrictRun | None = (
            cls.select().where(cls.connection == connection).order_by(cls.id.desc()).first()
        )
        return found

    @classmethod
    def latest_of(cls, connections: Iterable[DistrictConnection]) -> dict[int, DistrictRun]:
        """The newest of each, by the connection's key."""
        theirs = cls.connection.in_([connection.id for connection in connections])
        newest = cls.select(fn.MAX(cls.id)).where(theirs).group_by(cls.connection)
        return {run.connection_id: run for run in cls.select().where(cls.id.in_(newest))}

    @classmethod
    def waiting_for_a_ring(cls, now: datetime, quiet: timedelta) -> ModelSelect[DistrictRun]:
        """Unfinished runs that no worker holds and nobody has rung for lately."""
        unrung = cls.rang_at.is_null() | (cls.rang_at < now - quiet)
        return cls.select().where(
            cls.finished_at.is_null() & cls._unheld() & cls._due(now) & unrung
        )

    @classmethod
    def next_waiting(cls, now: datetime, at_most: int) -> DistrictRun | None:
        """The run that waits longest for a turn, unless so many workers are at districts already.

        One that gave its turn away waits since then.
        """
        if cls._at_work() >= max(1, at_most):
            return None
        found: DistrictRun | None = (
            cls.select()
            .where(cls.finished_at.is_null() & cls._unheld() & cls._due(now))
            .order_by(fn.COALESCE(cls.rang_at, 0), cls.id)
            .first()
        )
        return found

    @property
    def finished(self) -> bool:
        return self.finished_at is not None

    @property
    def exhausted(self) -> bool:
        """Whether too many workers died on this run to try it once more."""
        return bool(self.attempt > MOST_ATTEMPTS)

    @property
    def has_read(self) -> bool:
        """Whether its read is saved and only the sections are left."""
        return bool(self.step == DistrictStep.SECTIONS)

    def rung(self, now: datetime) -> None:
        DistrictRun.update(rang_at=now).where(DistrictRun.id == self.id).execute()

    def claim(self, now: datetime, at_most: int | None = None) -> DistrictRun | None:
        """Take the run for this worker, or None when it is finished, held or not due.

        The lease is judged by the database's clock (F53). A run that has read goes on where it
        was; any other begins anew. None, too, while `at_most` so many workers are at districts:
        they are counted one claim after the other, since rings come in heaps.
        """
        mine = (DistrictRun.id == self.id) & DistrictRun.finished_at.is_null()
        taken = (
            DistrictRun.update(
                state=RunState.RUNNING,
                holder=secrets.token_hex(16),
                attempt=DistrictRun.attempt + 1,
                started_at=fn.COALESCE(DistrictRun.started_at, to_microseconds(now)),
                lease_until=lease_end(),
                not_before=None,
                waiting_until=None,
                reason="",
            )
            .where(mine & self._unheld() & self._due(now))
            .returning(DistrictRun)
        )

        def step() -> DistrictRun | None:
            if at_most is not None and is_postgresql():
                execute("SELECT pg_advisory_xact_lock(?)", (CLAIMS_LOCK,))
            if at_most is not None and self._at_work() >= max(1, at_most):
                return None
            return next(iter(taken.execute()), None)

        return write(step)

    def advance(self, **progress: Any) -> None:
        """Show how far the run has come and renew its lease; raises RunLost."""
        self._change(lease_until=lease_end(), **progress)

    def finish(self, state: RunState, now: datetime, **outcome: Any) -> None:
        """Reach a final state; raises RunLost when the run is no longer ours."""
        self._change(state=state, finished_at=now, lease_until=None, waiting_until=None, **outcome)

    def postpone(self, until: datetime, reason: str) -> None:
        """Give the run back to the queue until the provider may be asked again (F26, F29)."""
        self._give_back(not_before=until, waiting_until=until, reason=reason)

    def give_back(self, now: datetime) -> None:
        """Let others have their turn: whoever is rung next goes on with it (F55, F58)."""
        self._give_back(rang_at=now)

    def _give_back(self, **columns: Any) -> None:
        self._change(
            state=RunState.QUEUED,
            lease_until=None,
            holder="",
            attempt=self.attempt - 1,
            **columns,
        )

    def _change(self, **columns: Any) -> None:
        """Change the row while it is this holder's, and this object with it."""
        mine = (
            (DistrictRun.id == self.id)
            & (DistrictRun.holder == self.holder)
            & DistrictRun.finished_at.is_null()
        )
        if not DistrictRun.update(**columns).where(mine).execute():
            raise RunLost(self.public_id)

    @classmethod
    def _at_work(cls) -> int:
        """How many workers are at districts now."""
        held = (cls.state == RunState.RUNNING) & ~cls._unheld()
        count: int = cls.select().where(cls.finished_at.is_null() & held).count()
        return count

    @classmethod
    def _unheld(cls) -> Any:
        lease_is_over = cls.lease_until < SQL(clock_sql())
        return (cls.state == RunState.QUEUED) | ((cls.state == RunState.RUNNING) & lease_is_over)

    @classmethod
    def _due(cls, now: datetime) -> Any:
        return cls.not_before.is_null() | (cls.not_before <= now)


DistrictRun.add_index(
    DistrictRun.index(
        DistrictRun.connection,
        unique=True,
        where=DistrictRun.finished_at.is_null(),
        name="district_runs_one_in_flight",
    )
)
DistrictRun.add_index(
    DistrictRun.index(
        DistrictRun.connection,
        DistrictRun.night,
        unique=True,
        where=DistrictRun.night.is_null(False),
        name="district_runs_one_a_night",
    )
)
