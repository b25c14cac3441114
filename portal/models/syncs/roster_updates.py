"""Update class rosters: all classes of one teacher in one go, with one result (Y2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from peewee import (
    SQL,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    fn,
)

from portal.database import clock_sql, write
from portal.models.accounts import Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.district_pauses import DistrictPause
from portal.models.sections import Section, SectionMode, SectionTeacher
from portal.models.syncs.sync_runs import (
    MOST_ATTEMPTS,
    RunLost,
    RunSource,
    SyncRun,
    lease_end,
    new_reference,
)


class RosterUpdate(BaseModel):
    """One press of the button: what the provider shows of their classes, then a sync of each.

    `reading_until` is the lease of who reads their classes, and tells one reader from another;
    `read_at` is when that was done, `reason` says why it could not be. How far an update has
    come after that is what its runs say.
    """

    account_id: int

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    idempotency_key = CharField(max_length=64)
    requested_at = UtcDateTimeField()
    reading_until = UtcDateTimeField(null=True)
    attempt = IntegerField(default=0)
    read_at = UtcDateTimeField(null=True)
    reference = CharField(max_length=16, default=new_reference)
    reason = CharField(max_length=32, default="")
    resumes_on = DateField(null=True)

    class Meta:
        table_name = "roster_updates"

    @classmethod
    def request(cls, account: Account, key: str, now: datetime) -> tuple[RosterUpdate, bool]:
        """The update this press gets, and whether the press made it.

        The same form sent again gets the same one for ever; any other press, tab or device joins
        the one that this person has not finished (F48, Y2).
        """

        def step() -> tuple[RosterUpdate, bool]:
            account.lock()  # Two presses at once on two devices are one.
            found = cls.of_click(account, key) or cls.in_flight(account)
            if found is not None:
                return found, False
            new: RosterUpdate = cls.create(account=account, idempotency_key=key, requested_at=now)
            return new, True

        return write(step)

    @classmethod
    def of_click(cls, account: Account, key: str) -> RosterUpdate | None:
        """What this person's form with this key got when it was sent before."""
        found: RosterUpdate | None = cls.get_or_none(
            (cls.account == account) & (cls.idempotency_key == key)
        )
        return found

    @classmethod
    def of_first_syncs(
        cls, account: Account, key: str, runs: Collection[SyncRun], now: datetime
    ) -> RosterUpdate:
        """One of sections that were made together: nobody reads their classes once more (N6).

        Call inside a transaction.
        """
        update: RosterUpdate = cls.create(
            account=account, idempotency_key=key, requested_at=now, read_at=now
        )
        RosterUpdateRun.keep(update, runs)
        return update

    @classmethod
    def in_flight(cls, account: Account) -> RosterUpdate | None:
        """The one that this person waits for, if any."""
        newest = cls.latest(account)
        return None if newest is None or newest.finished else newest

    @classmethod
    def latest(cls, account: Account) -> RosterUpdate | None:
        newest = cls.select().where(cls.account == account).order_by(cls.id.desc())
        found: RosterUpdate | None = newest.first()
        return found

    @classmethod
    def last_read_at(cls, account: Account) -> datetime | None:
        """When this person's classes were last read by an update of theirs.

        One of new sections has read nothing for the Clever page: no worker ever took it.
        """
        read = cls.select(cls.read_at).where(
            (cls.account == account) & cls.read_at.is_null(False) & (cls.attempt > 0)
        )
        newest = read.order_by(cls.id.desc()).first()
        return newest.read_at if newest else None

    @classmethod
    def find(cls, account: Account, public_id: str) -> RosterUpdate | None:
        """This person's own, or None."""
        found: RosterUpdate | None = cls.get_or_none(
            (cls.account == account) & (cls.public_id == public_id)
        )
        return found

    @classmethod
    def waiting_for_a_ring(cls, now: datetime, quiet: timedelta) -> ModelSelect[RosterUpdate]:
        """Those whose classes nobody reads, although they were asked for a while ago."""
        return cls.select().where(_unread() & _unheld() & (cls.requested_at < now - quiet))

    @classmethod
    def purge(cls, before: datetime) -> int:
        """Forget what was asked for before then, but each person's newest, and newest read."""
        newest = cls.select(fn.MAX(cls.id)).group_by(cls.account)
        read = newest.clone().where(cls.read_at.is_null(False))
        over = cls.read_at.is_null(False) | (cls.reason != "")
        old = over & (cls.requested_at < before) & cls.id.not_in(newest) & cls.id.not_in(read)
        purged: int = cls.delete().where(old).execute()
        return purged

    @property
    def finished(self) -> bool:
        if self.reason:
            return True
        return self.read_at is not None and not self._runs_in_flight().exists()

    @property
    def exhausted(self) -> bool:
        """Whether too many workers died on this read to try it once more."""
        return bool(self.attempt > MOST_ATTEMPTS)

    def runs(self) -> ModelSelect[SyncRun]:
        """Its syncs with their sections, by the section's name."""
        return (
            SyncRun.select(SyncRun, Section)
            .join(RosterUpdateRun, on=(RosterUpdateRun.run == SyncRun.id))
            .switch(SyncRun)
            .join(Section)
            .where(RosterUpdateRun.roster_update == self)
            .order_by(Section.name, Section.id)
        )

    def claim(self) -> RosterUpdate | None:
        """Take the read for this worker, or None when it is done, or another one is at it.

        The lease is judged by the database's clock, as that of a sync is (F53).
        """
        return write(
            lambda: self._changed_to(
                _unread() & _unheld(), reading_until=lease_end(), attempt=RosterUpdate.attempt + 1
            )
        )

    def renew(self) -> RosterUpdate:
        """The same with a new lease; raises RunLost when the read is no longer this worker's."""
        renewed = self._changed_to(self._mine(), reading_until=lease_end())
        if renewed is None:
            raise RunLost(self.public_id)
        return renewed

    def put_off(self, until: datetime) -> None:
        """Nobody reads before then: the provider asked for it (F26)."""
        again = RosterUpdate.attempt - 1
        self._changed_to(self._mine(), reading_until=until, attempt=again)

    def give_back(self) -> None:
        """Whoever is rung next reads, and that at once (F55)."""
        self._changed_to(self._mine(), reading_until=None, attempt=RosterUpdate.attempt - 1)

    def give_up(self, reason: str, **columns: Any) -> None:
        """The classes could not be read; their lists have not changed."""
        self._changed_to(self._mine(), reason=reason, reading_until=None, **columns)

    def start_syncs(self, now: datetime, zone: tzinfo = UTC) -> list[SyncRun]:
        """A run for each of this person's sections, be it a new one or the one in flight.

        Those whose district rests today have none (Y14). It ends the read; raises RunLost when
        that is no longer this worker's.
        """

        def step() -> list[SyncRun]:
            if self._changed_to(self._mine(), read_at=now, reading_until=None) is None:
                raise RunLost(self.public_id)
            theirs = list(synced_sections(self.account).where(Section.mode != SectionMode.PAUSED))
            resting = DistrictPause.over(theirs, now.astimezone(zone).date())
            awake = [each for each in theirs if each.id not in resting]
            runs = SyncRun.request_all(awake, RunSource.TEACHER, now, self.account)
            RosterUpdateRun.keep(self, runs)
            return runs

        return write(step)

    def paused(self) -> ModelSelect[Section]:
        """The sections that it leaves out, as they are paused today, by name (Y14)."""
        theirs = synced_sections(self.account).where(Section.mode == SectionMode.PAUSED)
        return theirs.order_by(Section.name, Section.id)

    def _runs_in_flight(self) -> ModelSelect[SyncRun]:
        return self.runs().where(SyncRun.finished_at.is_null())

    def _mine(self) -> Any:
        return _unread() & (RosterUpdate.reading_until == self.reading_until)

    def _changed_to(self, condition: Any, **columns: Any) -> RosterUpdate | None:
        """This row changed, if the condition holds of it, as it is then."""
        changed = (
            RosterUpdate.update(**columns)
            .where((RosterUpdate.id == self.id) & condition)
            .returning(RosterUpdate)
            .execute()
        )
        return next(iter(changed), None)


class RosterUpdateRun(BaseModel):
    """A sync that belongs to an update, be it the update's own or one that it joined."""

    roster_update = ForeignKeyField(RosterUpdate, on_delete="CASCADE", index=False)
    run = ForeignKeyField(SyncRun, on_delete="CASCADE")

    class Meta:
        table_name = "roster_update_runs"
        primary_key = CompositeKey("roster_update", "run")

    @classmethod
    def keep(cls, update: RosterUpdate, runs: Collection[SyncRun]) -> None:
        rows = [{"roster_update": update.id, "run": run.id} for run in runs]
        if rows:
            cls.insert_many(rows).on_conflict_ignore().execute()


def synced_sections(account: Account) -> ModelSelect[Section]:
    """The living sections of this person whose class lists an identity of theirs.

    Those of one that they have disconnected keep their list and are not synced (2.11).
    """
    connected = (
        SectionTeacher.select(SectionTeacher.section)
        .join(LinkedAccount, on=(LinkedAccount.sourced_id == SectionTeacher.sourced_id))
        .where((LinkedAccount.account == account) & (LinkedAccount.provider == Section.provider))
    )
    return Section.visible_to(account).where((Section.provider != "") & Section.id.in_(connected))


def _unread() -> Any:
    return RosterUpdate.read_at.is_null() & (RosterUpdate.reason == "")


def _unheld() -> Any:
    lease = RosterUpdate.reading_until
    return lease.is_null() | (lease < SQL(clock_sql()))
