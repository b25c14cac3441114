"""The use case: read a district whole, make the mirror match, then sync the sections it outdates.

Long as it may take, it works in slices and gives the rest back to the queue, so that whoever
waits for one class never waits for a whole district (F58).
"""

from __future__ import annotations

import logging
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Any

from peewee import InterfaceError, OperationalError

from portal import clock, districts, leaving, library, mirroring, reconciling
from portal.database import is_out_of_space
from portal.leaving import Leaving
from portal.logs import bound
from portal.models.district_pauses import DistrictPause
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.syncs.district_runs import DistrictRun, DistrictStep
from portal.models.syncs.sync_runs import OwnReason, RunLost, RunState, SyncRun
from portal.providers.base import FailureReason, ProviderError
from portal.roster.sharing import Differences
from portal.settings import Settings

logger = logging.getLogger(__name__)

SLICE = timedelta(seconds=10)
PROGRESS_EVERY = timedelta(milliseconds=300)
TRY_AGAIN_AFTER = timedelta(minutes=5)
TRIED_FOR = timedelta(hours=2)
PASSING = (FailureReason.NOT_ANSWERING, FailureReason.DOWN, FailureReason.SLOW_DOWN)


def carry_next(settings: Settings, at_most: int) -> DistrictRun | None:
    """Carry on whatever waits, for a slice; the run to ring for then, or None (F58).

    `at_most` so many workers are at districts at a time: one is left to whoever waits for a class.
    """
    until = clock.now() + SLICE
    while (run := DistrictRun.next_waiting(clock.now(), at_most)) is not None:
        if clock.now() >= until or leaving.told():
            return run
        carry_out(run, settings, at_most)
    return None


def carry_out(run: DistrictRun, settings: Settings, at_most: int | None = None) -> bool:
    """Carry a run on, to its end or for a slice; whether it waits for another one.

    Safe to call twice: whatever a killed worker left is picked up where the tables stand.
    """
    claimed = run.claim(clock.now(), at_most)
    if claimed is None:
        return False
    with bound(run=claimed.public_id, reference=claimed.reference):
        return _carry_out(claimed, settings)


def _carry_out(run: DistrictRun, settings: Settings) -> bool:
    """A bug ends here, in the log: what a job raises is kept in Redis, with its words (V03)."""
    try:
        return _read_and_sync(run, settings)
    except RunLost:
        logger.info("district run lost")
    except Leaving:
        return _give_back(run)
    except ProviderError as error:
        _end_unread(run, error)
    except (OperationalError, InterfaceError) as error:
        _end_without_database(run, error)
    except Exception:
        logger.exception("district run broken")
        _end_broken(run, OwnReason.UNEXPECTED)
    return False


def _read_and_sync(run: DistrictRun, settings: Settings) -> bool:
    if run.exhausted:
        logger.error("district run given up: its workers died", extra={"attempts": run.attempt - 1})
        run.finish(RunState.FAILED, clock.now(), reason=OwnReason.UNEXPECTED)
        return False
    if not run.has_read and not _read(run, settings):
        return False
    if DistrictPause.standing(run.connection, clock.today(settings.timezone)):
        run.finish(RunState.DONE, clock.now(), section_count=0)
        return False
    return _sync_sections(run)


def _read(run: DistrictRun, settings: Settings) -> bool:
    """Make the mirror match; False when Clever itself holds the district's records still."""
    progress = _Progress(run)
    run.advance(step=DistrictStep.ASKING, records_read=0)
    as_of = clock.now()
    spool = districts.read_district(settings, run.connection, progress)
    if spool is None:
        _skip(run)
        return False
    with closing(spool):
        run.advance(step=DistrictStep.SAVING, request_count=spool.request_count + 1)
        found = mirroring.match(run.connection, spool, as_of, progress.repeat)
    _settle(run, found, as_of)
    return True


def _settle(run: DistrictRun, found: Differences, as_of: datetime) -> None:
    """What follows from a saved read before any section does."""
    connection = DistrictConnection.by_key(run.connection_id)
    library.adopt(connection, as_of)
    run.advance()
    reconciling.judge(connection, clock.now())
    run.advance(
        step=DistrictStep.SECTIONS,
        section_count=Section.outdated_by(connection, as_of).count(),
        added_count=found.added,
        changed_count=found.changed,
        unshared_count=found.unshared,
        returned_count=found.returned,
        skipped_count=found.skipped,
    )


def _skip(run: DistrictRun) -> None:
    """A paused district shows last year's records: what we have stays as it is."""
    until = DistrictConnection.by_key(run.connection_id).pause_ends_on
    run.finish(RunState.DONE, clock.now(), reason=FailureReason.DISTRICT_PAUSED, resumes_on=until)


def _sync_sections(run: DistrictRun) -> bool:
    """Sync outdated sections for a slice; done when nothing is left."""
    run.connection = DistrictConnection.by_key(run.connection_id)  # As the read left it.
    everything = reconciling.sync_outdated(run, clock.now() + SLICE)
    run.advance(sections_done=SyncRun.count_of(run.id))
    if everything:
        run.finish(RunState.DONE, clock.now())
        return False
    return _give_back(run)


def _give_back(run: DistrictRun) -> bool:
    with suppress(RunLost):
        run.give_back(clock.now())
        return True
    return False


class _Progress:
    """Shows how many records have been read and renews the lease, a few times a second at most."""

    def __init__(self, run: DistrictRun) -> None:
        self._run = run
        self._shown_at: datetime | None = None

    def __call__(  # Records of every kind, but the protocol's names.
        self,
        students_read: int,
        students_listed: int | None,
        waiting_until: datetime | None = None,
    ) -> None:
        step = DistrictStep.READING if students_read else DistrictStep.ASKING
        self._show(step=step, records_read=students_read, waiting_until=waiting_until)

    def repeat(self) -> None:
        """It goes on, with nothing new to show."""
        self._show()

    def _show(self, **progress: Any) -> None:
        leaving.check()
        now = clock.now()
        if self._shown_at is None or now - self._shown_at >= PROGRESS_EVERY:
            self._shown_at = now
            self._run.advance(**progress)


def _end_unread(run: DistrictRun, error: ProviderError) -> None:
    """Clever could not be read: try again for two hours, or fail; nothing shared is changed."""
    now = clock.now()
    logger.warning("district not read: %s", error.detail, extra={"reason": error.reason})
    until = max(now, error.retry_at or now + TRY_AGAIN_AFTER)
    with suppress(RunLost):
        if error.reason in PASSING and until < run.requested_at + TRIED_FOR:
            run.postpone(until, error.reason)
        else:
            run.finish(RunState.FAILED, now, reason=error.reason, resumes_on=error.until)


def _end_without_database(run: DistrictRun, error: Exception) -> None:
    """No room is said (F16); a busy database gets the run back by its lease (F15)."""
    logger.error("database failed during a district run", extra={"error": type(error).__name__})
    if is_out_of_space(error):
        _end_broken(run, OwnReason.STORAGE)


def _end_broken(run: DistrictRun, reason: OwnReason) -> None:
    """The transaction is rolled back; the run says so, if the database lets it."""
    try:
        run.finish(RunState.FAILED, clock.now(), reason=reason)
    except (RunLost, OperationalError, InterfaceError):
        logger.info("district run not marked")
