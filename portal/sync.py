"""The use case: make a section's students match its class.

A complete read, outside any transaction; a plan; the guard; one short transaction; finished.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from peewee import InterfaceError, OperationalError

from portal import clock
from portal.database import is_out_of_space, write
from portal.logs import bound
from portal.models import rosters
from portal.models.audit import AuditEvent
from portal.models.base import tuples_of
from portal.models.enrollments import Enrollment
from portal.models.holds import HOLD_LASTS, Hold, HoldKind, HoldState
from portal.models.rosters import Change
from portal.models.sections import Section, SectionTeacher
from portal.models.sync_changes import ChangeKind
from portal.models.sync_runs import OwnReason, RunLost, RunState, RunStep, SyncRun
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.roster import guard
from portal.roster.guard import NOTHING, Answer, Verdict
from portal.roster.plan import RosterPlan, Update, rename_key, still_missing, still_renamed
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

logger = logging.getLogger(__name__)

LATELY = timedelta(hours=24)
TRY_AGAIN_AFTER = timedelta(minutes=5)
LONGEST_POSTPONEMENT = timedelta(hours=2)
REPLANS = 5
PROGRESS_EVERY = timedelta(milliseconds=300)
PASSING = (FailureReason.NOT_ANSWERING, FailureReason.DOWN, FailureReason.SLOW_DOWN)

NOTHING_TO_JUDGE = Verdict(Answer.APPLY, Answer.APPLY)

RosterReader = Callable[[Section, Collection[str], ReadProgress], RosterSnapshot]


class PlanOutdated(Exception):
    """The list changed between the plan and its transaction; plan again."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan was made from."""

    section: Section
    enrolled: Mapping[str, StudentRecord]
    snapshot: RosterSnapshot
    plan: RosterPlan
    verdict: Verdict = NOTHING_TO_JUDGE
    moved_to: Mapping[str, str] = field(default_factory=dict)
    known_count: int = 0


def sync_section(run: SyncRun, read: RosterReader) -> None:
    """Carry a run to a final state, or give it back to the queue; safe to call twice.

    Whatever goes wrong before the transaction commits leaves the list as it was (I3).
    """
    claimed = run.claim(clock.now())
    if claimed is not None:
        with bound(run=claimed.public_id, reference=claimed.reference):
            _carry_out(claimed, read)


def _carry_out(run: SyncRun, read: RosterReader) -> None:
    """A bug ends here, in the log: what a job raises is kept in Redis, with its words (V03)."""
    try:
        _read_and_save(run, read)
    except RunLost:
        logger.info("run lost")
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
    run.advance(step=RunStep.CHECKING, students_read=len(snapshot.students))
    for _ in range(REPLANS):
        basis = _plan(run, Section.by_key(run.section_id), snapshot, clock.now())
        run.advance(step=RunStep.SAVING)
        with suppress(PlanOutdated):
            return write(partial(_save, run, basis, snapshot, clock.now()))
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


def _plan(run: SyncRun, section: Section, snapshot: RosterSnapshot, now: datetime) -> Basis:
    enrolled = Enrollment.roster(section)
    snapshot = _with_own_staff(section, enrolled, snapshot)
    known = rosters.known(section, snapshot.students.keys() - enrolled.keys())
    plan = RosterPlan.between(enrolled, snapshot, known)
    if plan.updated:
        not_now = Hold.names_in_question(section, now) | _older_names(run, section, plan)
        plan = RosterPlan.between(enrolled, snapshot, known, not_now)
    if not plan:
        return Basis(section, enrolled, snapshot, plan)
    verdict = guard.judge(
        plan,
        Enrollment.removed_unasked_since(section, now - LATELY) if plan.removed else 0,
        Hold.asked(section, HoldKind.REMOVALS, now) if plan.removed else NOTHING,
        Hold.asked(section, HoldKind.RENAMES, now) if plan.renamed else NOTHING,
    )
    moved_to = Enrollment.elsewhere(section, plan.removed_ids)
    return Basis(section, enrolled, snapshot, plan, verdict, moved_to, len(known))


def _older_names(run: SyncRun, section: Section, plan: RosterPlan) -> frozenset[str]:
    """Names that this read found before another read or a sign-in found today's (I6)."""
    found = {update.after.sourced_id: update.after for update in plan.updated}
    newer = rosters.named_since(section, found, run.started_at)
    return frozenset(rename_key(found[sourced_id]) for sourced_id in newer)


def _with_own_staff(
    section: Section, enrolled: Mapping[str, StudentRecord], snapshot: RosterSnapshot
) -> RosterSnapshot:
    """The snapshot with the staff in it as they are here.

    A student record may put a staff account into a class, but says nothing of its name, its
    numbers or its schools: those come from its own sign-in (A33).
    """
    news = [key for key, record in snapshot.students.items() if enrolled.get(key) != record]
    own = rosters.staff(section, news)
    return replace(snapshot, students={**snapshot.students, **own}) if own else snapshot


def _save(run: SyncRun, basis: Basis, snapshot: RosterSnapshot, now: datetime) -> None:
    """Everything the run does to the tables, or nothing of it."""
    section = basis.section.lock()
    if section.last_fence >= run.fence:
        raise RunLost(run.public_id)
    if section.roster_version != basis.section.roster_version:
        raise PlanOutdated(run.public_id)
    if _starter_was_removed(run, snapshot):
        logger.info("sync refused: who started it no longer teaches the class")
        section.revise_teachers(snapshot.roster_class, now)
        run.finish(RunState.FAILED, now, reason=OwnReason.TEACHER_REMOVED)
        return
    _apply(run, basis, snapshot, now)


def _starter_was_removed(run: SyncRun, snapshot: RosterSnapshot) -> bool:
    """Whether the provider no longer lists who pressed the button (F44)."""
    listed = snapshot.roster_class.teacher_sourced_ids
    if run.started_by_id is None or not listed:
        return False
    own = SectionTeacher.select(SectionTeacher.sourced_id).where(
        (SectionTeacher.section == run.section_id) & (SectionTeacher.account == run.started_by_id)
    )
    return not any(sourced_id in listed for (sourced_id,) in tuples_of(own))


def _apply(run: SyncRun, basis: Basis, snapshot: RosterSnapshot, now: datetime) -> None:
    section, plan, verdict = basis.section, basis.plan, basis.verdict
    removed = plan.removed if verdict.removals is Answer.APPLY else ()
    renamed = plan.renamed if verdict.renames is Answer.APPLY else ()
    rosters.enroll(section, plan.added, now, as_of=run.started_at)
    updates = [update.after for update in (*renamed, *plan.refreshed)]
    rosters.refresh(section, updates, as_of=run.started_at)
    if removed:
        rosters.archive(section, [record.sourced_id for record in removed], run, now)
    held = _hold(run, basis, now)
    rosters.record(section, run, _changes(basis, removed, renamed, held))
    section.match(snapshot.roster_class, run.fence, now, changed=bool(plan))
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


def _count(plan: RosterPlan, verdict: Verdict, answer: Answer) -> int:
    removals = len(plan.removed) if verdict.removals is answer else 0
    renames = len(plan.renamed) if verdict.renames is answer else 0
    return removals + renames


def _hold(run: SyncRun, basis: Basis, now: datetime) -> set[HoldKind]:
    """Open, keep or end the section's holds; returns the kinds that were opened now."""
    plan, verdict = basis.plan, basis.verdict
    earlier = Hold.not_agreed(basis.section)
    opened = set()
    for kind, answer, wanted in (
        (HoldKind.REMOVALS, verdict.removals, plan.removed_ids),
        (HoldKind.RENAMES, verdict.renames, plan.rename_keys),
    ):
        open_before = _still_open([hold for hold in earlier if hold.kind == kind], basis)
        if answer is not Answer.HOLD:
            _end_doubled(open_before, answer)
        elif not _asked_already(open_before, basis, wanted, now):
            _end_replaced(open_before, wanted, now)
            _open_hold(run, basis, kind, wanted, now)
            opened.add(kind)
    return opened


def _still_open(holds: list[Hold], basis: Basis) -> dict[Hold, frozenset[str]]:
    """The questions with what is left of each; those of which nothing is left end by that."""
    left = {}
    for hold in holds:
        rest = still_missing if hold.kind == HoldKind.REMOVALS else still_renamed
        left[hold] = rest(hold.keys, basis.enrolled, basis.snapshot)
        if not left[hold]:
            hold.end(HoldState.DISSOLVED)
    return {hold: keys for hold, keys in left.items() if keys}


def _asked_already(
    open_before: Iterable[Hold], basis: Basis, wanted: frozenset[str], now: datetime
) -> bool:
    """Whether this very question waits; it is shown beside the list as it is now."""
    for hold in open_before:
        waits = hold.state == HoldState.WAITING and hold.expires_at > now
        if waits and hold.digest == _digest(wanted):
            hold.recount(basis.plan.list_count)
            return True
    return False


def _end_doubled(open_before: Iterable[Hold], answer: Answer) -> None:
    """What waits ends where an earlier refusal holds for all that is left of it."""
    for hold in open_before:
        if answer is Answer.KEEP and hold.state == HoldState.WAITING:
            hold.end(HoldState.SUPERSEDED)


def _end_replaced(
    open_before: Mapping[Hold, frozenset[str]], wanted: frozenset[str], now: datetime
) -> None:
    """A new question takes the place of those that it has all that is left of."""
    for hold, left in open_before.items():
        if left <= wanted and not hold.refused_lately(now):
            hold.end(HoldState.SUPERSEDED)
        elif hold.state == HoldState.WAITING:
            hold.end(HoldState.EXPIRED)


def _open_hold(
    run: SyncRun, basis: Basis, kind: HoldKind, wanted: frozenset[str], now: datetime
) -> None:
    Hold.create(
        section=basis.section,
        run=run,
        kind=kind,
        digest=_digest(wanted),
        student_count=len(wanted),
        list_count=basis.plan.list_count,
        empties=kind is HoldKind.REMOVALS and basis.plan.empties_the_list,
        created_at=now,
        expires_at=now + HOLD_LASTS,
    )


def _digest(asked: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(asked)).encode()).hexdigest()


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


def _end_unread(run: SyncRun, error: ProviderError) -> None:
    """The provider could not be read: postpone, or fail with its reason; the list is untouched."""
    now = clock.now()
    logger.warning("sync not read: %s", error.detail, extra={"reason": error.reason})
    try:
        until = _postponed_until(run, error, now)
        if until is not None:
            run.postpone(until)
        else:
            write(lambda: _fail(run, error, now))
    except RunLost:
        logger.info("run lost")


def _postponed_until(run: SyncRun, error: ProviderError, now: datetime) -> datetime | None:
    """When to come back to a provider that asked for time, if that is soon enough (F26)."""
    if error.reason is not FailureReason.SLOW_DOWN or error.retry_at is None:
        return None
    latest = run.requested_at + LONGEST_POSTPONEMENT
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
        Section.update(class_gone_at=now).where(Section.id == run.section_id).execute()
        Hold.lapse(run.section_id, now)


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
