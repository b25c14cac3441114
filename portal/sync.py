"""The use case: make a section's students match its class.

A complete read, outside any transaction; a plan; the guard; one short transaction; finished.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from peewee import InterfaceError, OperationalError

from portal import clock, holds, leaving
from portal.database import is_out_of_space, write
from portal.leaving import Leaving
from portal.logs import bound
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs import rosters, turns
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldKind
from portal.models.syncs.rosters import Change
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import OwnReason, RunLost, RunSource, RunState, RunStep, SyncRun
from portal.planning import Basis, planned
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.roster.guard import Answer, Verdict
from portal.roster.plan import RosterPlan, Update
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(minutes=5)
REPLANS = 5
PROGRESS_EVERY = timedelta(milliseconds=300)
PASSING = (FailureReason.NOT_ANSWERING, FailureReason.DOWN, FailureReason.SLOW_DOWN)
POSTPONEMENTS = {
    FailureReason.SLOW_DOWN: timedelta(hours=2),
    FailureReason.DOWN: timedelta(minutes=3),
}

RosterReader = Callable[[Section, Collection[str], ReadProgress], RosterSnapshot]


class PlanOutdated(Exception):
    """The list changed between the plan and its transaction; plan again."""


def sync_next(reader_of: Callable[[SyncRun], RosterReader]) -> SyncRun | None:
    """Carry out the sync that is next in turn, and return it; None when none waits (F58)."""
    while (run := SyncRun.next_in_turn(clock.now())) is not None:
        turns.take(run.section_id)
        if sync_section(run, reader_of(run)):
            return run
    return None


def sync_section(run: SyncRun, read: RosterReader) -> bool:
    """Carry a run to a final state, or give it back to the queue; safe to call twice.

    Whatever goes wrong before the transaction commits leaves the list as it was (I3). False when
    the run was not to be had: another worker holds it, or it is finished or not due.
    """
    claimed = run.claim(clock.now())
    if claimed is None:
        return False
    with bound(run=claimed.public_id, reference=claimed.reference):
        _carry_out(claimed, read)
    return True


def _carry_out(run: SyncRun, read: RosterReader) -> None:
    """A bug ends here, in the log: what a job raises is kept in Redis, with its words (V03)."""
    try:
        _read_and_save(run, read)
    except RunLost:
        logger.info("run lost")
    except Leaving:
        _give_back(run)
    except ProviderError as error:
        _end_unread(run, error)
    except (OperationalError, InterfaceError) as error:
        _end_without_database(run, error)
    except Exception:
        logger.exception("sync broken")
        _end_broken(run, OwnReason.UNEXPECTED)


def _read_and_save(run: SyncRun, read: RosterReader) -> None:
    if run.exhausted:
        logger.error("sync given up: its workers died", extra={"attempts": run.attempt - 1})
        run.finish(RunState.FAILED, clock.now(), reason=OwnReason.UNEXPECTED)
        return
    section = run.section
    snapshot = read(section, Enrollment.sourced_ids(section), _Progress(run))
    run.began_to_read(snapshot.as_of)
    run.advance(step=RunStep.CHECKING, students_read=len(snapshot.students))
    for _ in range(REPLANS):
        basis = planned(run, Section.by_key(run.section_id), snapshot, clock.now())
        run.advance(step=RunStep.SAVING)
        with suppress(PlanOutdated):
            return write(partial(_save, run, basis, clock.now()))
    raise PlanOutdated(run.public_id)


class _Progress:
    """Shows a read's progress on the run and renews its lease, at most a few times a second.

    A provider tells its progress each second even while it waits, so the lease outlasts a slow
    page and runs out soon after its worker dies (F03, F31).
    """

    def __init__(self, run: SyncRun) -> None:
        self.run = run
        self.shown_at: datetime | None = None

    def __call__(
        self,
        students_read: int,
        students_listed: int | None,
        waiting_until: datetime | None = None,
    ) -> None:
        leaving.check()
        now = clock.now()
        if self.shown_at is not None and now - self.shown_at < PROGRESS_EVERY:
            return
        self.shown_at = now
        self.run.advance(
            step=RunStep.ASKING if students_listed is None else RunStep.READING,
            students_read=students_read,
            students_listed=students_listed,
            waiting_until=waiting_until,
        )


def _save(run: SyncRun, basis: Basis, now: datetime) -> None:
    """Everything the run does to the tables, or nothing of it."""
    section = basis.section.lock()
    if section.last_fence >= run.fence:
        raise RunLost(run.public_id)
    if section.roster_version != basis.section.roster_version:
        raise PlanOutdated(run.public_id)
    if _starter_was_removed(run, basis.snapshot):
        logger.info("sync refused: who started it no longer teaches the class")
        section.revise_teachers(basis.snapshot.roster_class, now)
        run.finish(RunState.FAILED, now, reason=OwnReason.TEACHER_REMOVED)
        return
    _apply(run, basis, now)


def _starter_was_removed(run: SyncRun, snapshot: RosterSnapshot) -> bool:
    """Whether the provider no longer lists who pressed the button, if no admin did (F44)."""
    listed = snapshot.roster_class.teacher_sourced_ids
    if run.started_by_id is None or run.source == RunSource.ADMIN or not listed:
        return False
    return not any(sourced_id in listed for sourced_id in run.starter_ids())


def _apply(run: SyncRun, basis: Basis, now: datetime) -> None:
    section, plan, verdict = basis.section, basis.plan, basis.verdict
    snapshot = basis.snapshot
    removed = plan.removed if verdict.removals is Answer.APPLY else ()
    renamed = plan.renamed if verdict.renames is Answer.APPLY else ()
    rosters.renumber(section, basis.renumbered)
    _enroll(run, basis, now)
    updates = [update.after for update in (*renamed, *plan.refreshed)]
    rosters.refresh(section, updates, as_of=run.started_at)
    if removed:
        rosters.archive(section, [record.sourced_id for record in removed], run, now)
    held = holds.ask(run, basis, now)
    rosters.record(section, run, _changes(basis, removed, renamed, held))
    section.match(
        snapshot.roster_class,
        run.fence,
        now,
        changed=basis.changes_the_list,
        as_of=run.started_at,
        by_mirror=run.by_mirror,
    )
    counts = {
        "added_count": len(plan.added),
        "updated_count": len(renamed) + len(plan.refreshed),
        "removed_count": len(removed),
        "unchanged_count": plan.unchanged_count,
        "held_count": _count(plan, verdict, Answer.HOLD),
        "kept_count": _count(plan, verdict, Answer.KEEP),
        "existing_count": basis.known_count,
        "skipped_count": snapshot.unreadable_count,
        "unshared_count": snapshot.unshared_count,
        "students_read": len(snapshot.students),
    }
    state = RunState.HELD if Answer.HOLD in (verdict.removals, verdict.renames) else RunState.DONE
    run.finish(state, now, **counts)
    AuditEvent.record(now, _actor(run), "sync.applied", section.public_id, **counts)


def _enroll(run: SyncRun, basis: Basis, now: datetime) -> None:
    """Add the new ones, unless accounts of theirs were brought together or apart since the plan."""
    added = basis.plan.added
    if added:
        rosters.enroll(basis.section, added, now, as_of=run.started_at)
        if not rosters.are_enrolled(basis.section, [each.sourced_id for each in added]):
            raise PlanOutdated(run.public_id)


def _count(plan: RosterPlan, verdict: Verdict, answer: Answer) -> int:
    removals = len(plan.removed) if verdict.removals is answer else 0
    renames = len(plan.renamed) if verdict.renames is answer else 0
    return removals + renames


def _changes(
    basis: Basis,
    removed: tuple[StudentRecord, ...],
    renamed: tuple[Update, ...],
    held: set[HoldKind],
) -> list[Change]:
    plan, moved_to = basis.plan, basis.moved_to
    changes = [Change(ChangeKind.ADDED, record) for record in plan.added]
    changes += _removals(ChangeKind.REMOVED, removed, moved_to)
    changes += [Change(ChangeKind.RENAMED, each.after, each.before) for each in renamed]
    changes += [Change(ChangeKind.REFRESHED, each.after, each.before) for each in plan.refreshed]
    if HoldKind.REMOVALS in held:
        changes += _removals(ChangeKind.HELD_REMOVAL, plan.removed, moved_to)
    if HoldKind.RENAMES in held:
        changes += [
            Change(ChangeKind.HELD_RENAME, each.after, each.before) for each in plan.renamed
        ]
    return changes


def _removals(
    kind: ChangeKind, records: tuple[StudentRecord, ...], moved_to: Mapping[str, str]
) -> list[Change]:
    return [
        Change(kind, record, moved_to=moved_to.get(record.sourced_id, "")) for record in records
    ]


def _actor(run: SyncRun) -> str:
    return run.started_by.public_id if run.started_by else ""


def _give_back(run: SyncRun) -> None:
    logger.info("sync given back: its worker was told to end")
    with suppress(RunLost):
        run.give_back()


def _end_unread(run: SyncRun, error: ProviderError) -> None:
    """The provider could not be read: postpone, or fail with its reason; the list is untouched."""
    now = clock.now()
    logger.warning("sync not read: %s", error.detail, extra={"reason": error.reason})
    try:
        run.began_to_read(error.as_of)
        until = _postponed_until(run, error, now)
        if until is not None:
            run.postpone(until)
        else:
            write(lambda: _fail(run, error, now))
    except RunLost:
        logger.info("run lost")


def _postponed_until(run: SyncRun, error: ProviderError, now: datetime) -> datetime | None:
    """When to come back to a provider that asked for time, if that is soon enough (F26).

    Of one that is down, a run waits for another's question as long as it might itself ask (F29).
    """
    longest = POSTPONEMENTS.get(error.reason)
    if longest is None or error.retry_at is None:
        return None
    latest = run.requested_at + longest
    return error.retry_at if now < error.retry_at < latest else None


def _fail(run: SyncRun, error: ProviderError, now: datetime) -> None:
    passing = error.reason in PASSING
    run.finish(
        RunState.FAILED,
        now,
        reason=error.reason,
        resumes_on=error.until,
        retry_at=now + TRY_AGAIN_AFTER if passing and run.may_retry_by_itself else None,
    )
    if error.reason is FailureReason.CLASS_GONE:
        _lose_class(run, now)


def _lose_class(run: SyncRun, now: datetime) -> None:
    """Its list is read-only from now on (F24), unless an admin is asked about its whole school."""
    section = run.section.lock()
    if not SharingHold.covers(section):
        section.lose_class(now, run.started_at, run.by_mirror)
        Hold.lapse(section.id, now)


def _end_without_database(run: SyncRun, error: Exception) -> None:
    """No room is said (F16); a database that is busy or away gets the run back by its lease (F15).

    The sweeper rings again once the lease is over, and a run is tried a few times at most.
    """
    logger.error("database failed during sync", extra={"error": type(error).__name__})
    if is_out_of_space(error):
        _end_broken(run, OwnReason.STORAGE)


def _end_broken(run: SyncRun, reason: OwnReason) -> None:
    """The transaction is rolled back; the run says so, if the database lets it."""
    try:
        run.finish(RunState.FAILED, clock.now(), reason=reason)
    except (RunLost, OperationalError, InterfaceError):
        logger.info("run not marked")
