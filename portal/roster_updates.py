"""The use case: Update class rosters, for one teacher (Y2).

Their own classes are read whole and shown on the Clever page; then each of their sections gets a
sync of its own, so that any number of workers share them and no class stops another.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Any

from peewee import InterfaceError, OperationalError

from portal import clock, leaving
from portal.database import is_out_of_space, write
from portal.leaving import Leaving
from portal.logs import bound
from portal.models.accounts import LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.library_tokens import LibraryToken
from portal.models.shared import library_classes, own_classes, writing
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import OwnReason, RunLost, SyncRun
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever import PROVIDER
from portal.roster.records import Role
from portal.roster.sharing import Kind, OwnClasses

logger = logging.getLogger(__name__)

RECORDS_AT_A_TIME, CLASSES_AT_A_TIME = 1000, 50
NOT_KNOWN = 0  # a digest that no record has: the next whole read looks at each of these anew
RENEW_EVERY = timedelta(seconds=1)
PATIENCE = {
    FailureReason.SLOW_DOWN: timedelta(hours=2),
    FailureReason.DOWN: timedelta(minutes=3),
}

ClassesReader = Callable[[LinkedAccount, ReadProgress], OwnClasses]
Step = Callable[[], object]


def update_rosters(
    update: RosterUpdate, read: ClassesReader, zone: tzinfo = UTC
) -> Sequence[SyncRun]:
    """Read the teacher's classes and ask for a sync of each section; safe to call twice.

    Answers the runs that nobody has rung for. A read that is not whole changes nothing.
    """
    claimed = update.claim()
    if claimed is None:
        return ()
    with bound(run=claimed.public_id, reference=claimed.reference):
        return _Reading(claimed, zone).carry_out(read)


class _Reading:
    """One worker's hold on an update: its lease, renewed while it reads and with all it writes."""

    def __init__(self, update: RosterUpdate, zone: tzinfo) -> None:
        self.update = update
        self._zone = zone
        self._renewed_at = clock.now()

    def carry_out(self, read: ClassesReader) -> Sequence[SyncRun]:
        """A bug ends here, in the log: what a job raises is kept in Redis, with its words (V03)."""
        try:
            return self._read_and_start(read)
        except RunLost:
            logger.info("update lost")
        except Leaving:
            self.update.give_back()
        except ProviderError as error:
            self._end_unread(error)
        except (OperationalError, InterfaceError) as error:
            self._end_without_database(error)
        except Exception:
            logger.exception("update broken")
            self.update.give_up(OwnReason.UNEXPECTED)
        return ()

    def _read_and_start(self, read: ClassesReader) -> Sequence[SyncRun]:
        if self.update.exhausted:
            logger.error("update given up: its workers died")
            self.update.give_up(OwnReason.UNEXPECTED)
            return ()
        for identity in _teaching(self.update):
            began, found = clock.now(), read(identity, self._keep_lease)
            for step in _steps(identity, found, began):
                self.update = write(partial(self._written, step))
        runs = self.update.start_syncs(clock.now(), self._zone)
        return [run for run in runs if run.rang_at is None and not run.finished]

    def _written(self, step: Step) -> RosterUpdate:
        """A part of the read saved while it is this worker's: an older one overwrites no newer."""
        renewed = self.update.renew()
        step()
        return renewed

    def _keep_lease(self, *_told: Any, **_more: Any) -> None:
        """Told about once a second, also while the provider lets us wait."""
        leaving.check()
        if clock.now() - self._renewed_at >= RENEW_EVERY:
            self.update, self._renewed_at = self.update.renew(), clock.now()

    def _end_unread(self, error: ProviderError) -> None:
        """Come back to a provider that asked for time, or say why it could not be read."""
        logger.warning("classes not read: %s", error.detail, extra={"reason": error.reason})
        until = self._put_off_until(error)
        if until is not None:
            self.update.put_off(until)
        else:
            self.update.give_up(error.reason, resumes_on=error.until)

    def _put_off_until(self, error: ProviderError) -> datetime | None:
        """When to come back, if that is soon enough for somebody who waits for it (F26, F29)."""
        longest = PATIENCE.get(error.reason)
        if longest is None or error.retry_at is None:
            return None
        soon_enough = clock.now() < error.retry_at < self.update.requested_at + longest
        return error.retry_at if soon_enough else None

    def _end_without_database(self, error: Exception) -> None:
        """No room is said (F16); one that is busy or away gets the read back by its lease (F15)."""
        logger.error("database failed during update", extra={"error": type(error).__name__})
        if is_out_of_space(error):
            try:
                self.update.give_up(OwnReason.STORAGE)
            except (OperationalError, InterfaceError):
                logger.info("update not marked")


def _teaching(update: RosterUpdate) -> list[LinkedAccount]:
    """The identities by which this person teaches; most people have one.

    Beside another, one of Clever Library counts only while its token lives (K7).
    """
    theirs = LinkedAccount.of(update.account, PROVIDER).order_by(LinkedAccount.id)
    teaching = [each for each in theirs if Role.TEACHER in each.role_list]
    return [each for each in teaching if _is_readable(each)] or teaching


def _is_readable(identity: LinkedAccount) -> bool:
    if identity.district_sourced_id is not None:
        return True
    return LibraryToken.of_identity(identity, clock.now()) is not None


def _steps(identity: LinkedAccount, found: OwnClasses, began: datetime) -> Iterator[Step]:
    """What the read says, in parts that keep no other writer waiting; it unshares nothing.

    None of it says what else the district shares: who or what is missing may be another's. In
    Clever Library nobody shares but its teachers, and what none of them has goes.
    """
    connection = _connection_of(identity)
    if connection is None:
        return
    for kind in Kind:
        records = [(record, NOT_KNOWN) for record in found.of(kind)]
        size = CLASSES_AT_A_TIME if kind is Kind.CLASSES else RECORDS_AT_A_TIME
        for first in range(0, len(records), size):
            part = records[first : first + size]
            yield partial(writing.put, connection, kind, part, clock.now(), began)
    if found.all_named and connection.is_library:
        yield partial(
            library_classes.let_go, connection, identity, found.taught, clock.now(), began
        )
    elif found.all_named:
        teacher, taught = identity.sourced_id, found.taught
        yield partial(own_classes.leave, connection, teacher, taught, clock.now(), began)


def _connection_of(identity: LinkedAccount) -> DistrictConnection | None:
    """The district's; where none stands behind the teacher, that of Clever Library (K7)."""
    if identity.district_sourced_id is None:
        return write(partial(DistrictConnection.library, identity.provider, clock.now()))
    return DistrictConnection.of(identity.provider, identity.district_sourced_id)
