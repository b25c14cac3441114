"""The use case: make a section's students match its class, or show what that would change.

A complete read, outside any transaction; a plan; the guard; one short transaction; finished.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from peewee import InterfaceError, OperationalError

from portal import clock, converting, holds, leaving
from portal.converting import NoLongerTwo
from portal.database import is_out_of_space, write
from portal.leaving import Leaving
from portal.logs import bound
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.merging import class_matches
from portal.models.sections import Section, SectionGone, SectionMode
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs import class_changes, planned_changes, rosters, turns
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import HELD_AS, Hold, HoldKind
from portal.models.syncs.rosters import Change
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import OwnReason, RunLost, RunSource, RunState, RunStep, SyncRun
from portal.planning import Basis, OtherClass, planned
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.roster.guard import Answer, Verdict
from portal.roster.plan import RosterPlan
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(minutes=5)
REPLANS = 5
PROGRESS_EVERY = timedelta(milliseconds=300)
MADE = (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RENAMED, ChangeKind.REFRESHED)
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
    except (RunLost, SectionGone):
        logger.info("run lost")
    except Leaving:
        logger.info("sync given back: its worker was told to end")
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
    section = Section.by_key(run.section_id)
    if section.archived_at is not None:
        run.finish(RunState.STOPPED, clock.now(), reason=OwnReason.ARCHIVED)
        return
    wished = class_changes.target(run, section)
    listed = Enrollment.sourced_ids(section)
    snapshot = read(wished, listed, _Progress(run))
    run.began_to_read(snapshot.as_of)
    run.advance(step=RunStep.CHECKING, students_read=len(snapshot.students))
    try:
        _plan_and_save(run, snapshot, listed)
    except OtherClass:
        logger.info("sync stopped: its section follows another class now")
        run.finish(RunState.STOPPED, clock.now(), reason=OwnReason.CLASS_CHANGED)


def _plan_and_save(run: SyncRun, snapshot: RosterSnapshot, listed: frozenset[str]) -> None:
    """Plan anew as often as the list changes between a plan and its transaction."""
    for _ in range(REPLANS):
        section = Section.by_key(run.section_id)
        basis = planned(run, section, snapshot, clock.now(), listed)
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
    section = _held(run, basis)
    rests = _why_it_rests(run, section)
    if rests is not None:
        run.finish(RunState.STOPPED, now, reason=rests)
        return
    if _starter_was_removed(run, basis.snapshot):
        logger.info("sync refused: who started it no longer teaches the class")
        if not run.class_sourced_id:
            section.revise_teachers(basis.snapshot.roster_class, now)
        run.finish(RunState.FAILED, now, reason=OwnReason.TEACHER_REMOVED)
        return
    changes = _changes(basis)
    digest = planned_changes.digest(run.class_sourced_id, changes, basis.renumbered)
    if _is_to_be_shown(run, basis, digest):
        _show(run, basis, changes, digest, now)
    else:
        _apply(run, basis, changes, now)


def _held(run: SyncRun, basis: Basis) -> Section:
    """The section as it was planned for, this run's alone until the transaction ends."""
    converting.lock(run, basis.section)
    section = basis.section.lock()
    if section.last_fence >= run.fence:
        raise RunLost(run.public_id)
    if section.roster_version != basis.section.roster_version:
        raise PlanOutdated(run.public_id)
    return section


def _why_it_rests(run: SyncRun, section: Section) -> OwnReason | None:
    """What was put away no sync touches (N9, Y12), and what is paused only a change of class."""
    if section.archived_at is not None:
        return OwnReason.ARCHIVED
    paused = section.mode == SectionMode.PAUSED and not run.class_sourced_id
    return OwnReason.PAUSED if paused else None


def _is_to_be_shown(run: SyncRun, basis: Basis, digest: str) -> bool:
    """Whether a person is to see this plan before it is saved (Y5).

    What a section would show after a pause needs nobody when there is nothing to show.
    """
    if run.shown_id is not None:
        return bool(run.shown.plan_digest != digest)
    return run.preview and not (run.by_mirror and not basis.changes_the_list)


def _show(run: SyncRun, basis: Basis, changes: list[Change], digest: str, now: datetime) -> None:
    """Keep the plan; of the section's list nothing is changed."""
    planned_changes.keep(run, changes)
    converting.suggest(run, basis)
    counts = _counts(basis)
    reason = OwnReason.CHANGED_SINCE if run.shown_id is not None else ""
    run.finish(RunState.PREVIEWED, now, preview=True, plan_digest=digest, reason=reason, **counts)


def _starter_was_removed(run: SyncRun, snapshot: RosterSnapshot) -> bool:
    """Whether the provider no longer lists who pressed the button, if no admin did (F44)."""
    listed = snapshot.roster_class.teacher_sourced_ids
    if run.started_by_id is None or run.source == RunSource.ADMIN or not listed:
        return False
    ids = class_changes.starter_ids(run) if run.class_sourced_id else run.starter_ids()
    return not any(sourced_id in listed for sourced_id in ids)


def _apply(run: SyncRun, basis: Basis, changes: list[Change], now: datetime) -> None:
    section, snapshot = _with_class(run, basis, changes, now), basis.snapshot
    made = {kind: [each.after for each in changes if each.kind == kind] for kind in MADE}
    rosters.renumber(section, basis.renumbered)
    rosters.make_accounts(section, made[ChangeKind.ADDED], now, as_of=run.started_at)
    opened = holds.ask(run, basis, now)
    rosters.record(section, run, [each for each in changes if _is_news(each, opened)])
    _enroll(run, section, made[ChangeKind.ADDED], now)
    updates = made[ChangeKind.RENAMED] + made[ChangeKind.REFRESHED]
    rosters.refresh(section, updates, as_of=run.started_at)
    removed = [record.sourced_id for record in made[ChangeKind.REMOVED]]
    if removed:
        rosters.archive(section, removed, run, now)
    section.match(
        snapshot.roster_class,
        run.fence,
        now,
        changed=basis.changes_the_list,
        as_of=run.started_at,
        by_mirror=run.by_mirror,
    )
    counts = _counts(basis)
    state = RunState.HELD if counts["held_count"] else RunState.DONE
    run.finish(state, now, **counts)
    if run.class_sourced_id:
        AuditEvent.record(now, _actor(run), "section.class_changed", section.public_id)
    AuditEvent.record(now, _actor(run), "sync.applied", section.public_id, **counts)


def _with_class(run: SyncRun, basis: Basis, changes: list[Change], now: datetime) -> Section:
    """The section, which follows the class of this run from now on (N7).

    Who of a list that was the teacher's own is not in the class leaves it under the id of a place
    that no provider knows.
    """
    if not run.class_sourced_id:
        return basis.section
    converts = class_matches.converts(run, basis.section)
    if converts and not converting.still_stands(run, basis):
        raise PlanOutdated(run.public_id)
    section = class_changes.make(run, basis.section)
    class_changes.note_holds(run, Hold.supersede(section))
    if converts:
        leaving = [each for each in changes if each.kind == ChangeKind.REMOVED]
        rosters.record_places(section, run, leaving)
        try:
            converting.bring_together(run, section, basis, now)
        except NoLongerTwo as found:
            raise PlanOutdated(run.public_id) from found
    return section


def _is_news(change: Change, opened: set[HoldKind]) -> bool:
    """Whether it is made now, or waits with a question that was put just now."""
    held = next((kind for kind, as_held in HELD_AS.items() if as_held == change.kind), None)
    return held is None or held in opened


def _enroll(run: SyncRun, section: Section, added: list[StudentRecord], now: datetime) -> None:
    """Add the new ones, unless accounts of theirs were brought together or apart since the plan."""
    ids = [each.sourced_id for each in added]
    rosters.enroll(section, ids, now)
    if ids and not rosters.are_enrolled(section, ids):
        raise PlanOutdated(run.public_id)


def _counts(basis: Basis) -> dict[str, int]:
    """What the plan does, in numbers."""
    plan, verdict, snapshot = basis.plan, basis.verdict, basis.snapshot
    removed = len(plan.removed) if verdict.removals is Answer.APPLY else 0
    renamed = len(plan.renamed) if verdict.renames is Answer.APPLY else 0
    return {
        "added_count": len(plan.added),
        "updated_count": renamed + len(plan.refreshed),
        "removed_count": removed,
        "unchanged_count": plan.unchanged_count,
        "held_count": _count(plan, verdict, Answer.HOLD),
        "kept_count": _count(plan, verdict, Answer.KEEP),
        "existing_count": basis.known_count,
        "skipped_count": snapshot.unreadable_count,
        "unshared_count": snapshot.unshared_count,
        "students_read": len(snapshot.students),
        "count_before": plan.list_count,
        "count_after": plan.list_count + len(plan.added) - removed,
    }


def _count(plan: RosterPlan, verdict: Verdict, answer: Answer) -> int:
    judged = (
        (verdict.removals, plan.removed),
        (verdict.renames, plan.renamed),
        (verdict.additions, plan.withheld),
    )
    return sum(len(students) for said, students in judged if said is answer)


def _changes(basis: Basis) -> list[Change]:
    """What the plan does and what of it waits, student by student."""
    plan, verdict, moved_to = basis.plan, basis.verdict, basis.moved_to
    changes = [Change(ChangeKind.ADDED, record) for record in plan.added]
    changes += [Change(ChangeKind.REFRESHED, each.after, each.before) for each in plan.refreshed]
    if verdict.removals is not Answer.KEEP:
        held = verdict.removals is Answer.HOLD
        kind = ChangeKind.HELD_REMOVAL if held else ChangeKind.REMOVED
        changes += _removals(kind, plan.removed, moved_to)
    if verdict.renames is not Answer.KEEP:
        held = verdict.renames is Answer.HOLD
        kind = ChangeKind.HELD_RENAME if held else ChangeKind.RENAMED
        changes += [Change(kind, each.after, each.before) for each in plan.renamed]
    if verdict.additions is Answer.HOLD:
        changes += [Change(ChangeKind.HELD_ADDITION, record) for record in plan.withheld]
    return changes


def _removals(
    kind: ChangeKind, records: tuple[StudentRecord, ...], moved_to: Mapping[str, str]
) -> list[Change]:
    return [
        Change(kind, record, moved_to=moved_to.get(record.sourced_id, "")) for record in records
    ]


def _actor(run: SyncRun) -> str:
    """Who started it, unless nobody did, or their account was deleted meanwhile."""
    starter = Account.get_or_none(Account.id == run.started_by_id)
    return starter.public_id if starter else ""


def _give_back(run: SyncRun) -> None:
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
    if error.reason is FailureReason.CLASS_GONE and not run.class_sourced_id:
        _lose_class(run, now)


def _lose_class(run: SyncRun, now: datetime) -> None:
    """Its list is read-only from now on (F24), unless an admin is asked about its whole school."""
    section = run.section.lock()
    if section.archived_at is None and not SharingHold.covers(section):
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
