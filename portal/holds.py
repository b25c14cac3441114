"""The use case: a person answers what the guard has held (Y6)."""

from __future__ import annotations

from datetime import datetime

from portal import clock
from portal.database import write
from portal.models import rosters
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.enrollments import Enrollment
from portal.models.holds import Hold, HoldKind, HoldState
from portal.models.rosters import Change
from portal.models.sections import Section
from portal.models.sync_changes import ChangeKind, SyncChange
from portal.models.sync_runs import RunSource, RunState, SyncRun


def keep(hold: Hold, account: Account) -> bool:
    """Refuse this very set for 14 days; False when the hold was no longer waiting."""
    return write(lambda: _keep(hold, account, clock.now()))


def apply(hold: Hold, account: Account) -> bool:
    """Make the held changes, and no others; False when the hold was no longer waiting."""
    return write(lambda: _apply(hold, account, clock.now()))


def _keep(hold: Hold, account: Account, now: datetime) -> bool:
    section = hold.section.lock()
    if hold.expires_at <= now or not hold.close(HoldState.KEPT, now, account):
        return False
    section.roster_changed()
    _audit("hold.kept", hold, account, now)
    return True


def _apply(hold: Hold, account: Account, now: datetime) -> bool:
    section = hold.section.lock()
    if hold.expires_at <= now or not hold.close(HoldState.APPLIED, now, account):
        return False
    waiting = list(hold.changes())
    run = _run(section, account, now)
    if hold.kind == HoldKind.REMOVALS:
        run.removed_count = _remove(section, run, waiting, now)
    else:
        run.updated_count = _rename(section, run, waiting, _last_read(section))
    run.unchanged_count = Enrollment.active(section).count() - run.updated_count
    run.save()
    section.roster_changed()
    _audit("hold.applied", hold, account, now)
    return True


def _last_read(section: Section) -> datetime:
    """When the sync that asked last, or asked again, began to read."""
    held = (SyncRun.section == section) & (SyncRun.state == RunState.HELD)
    run = SyncRun.select().where(held).order_by(SyncRun.id.desc()).get()
    began: datetime = run.started_at
    return began


def _run(section: Section, account: Account, now: datetime) -> SyncRun:
    run: SyncRun = SyncRun.create(
        section=section,
        source=RunSource.HOLD,
        state=RunState.DONE,
        started_by=account,
        requested_at=now,
        started_at=now,
        finished_at=now,
    )
    return run


def _remove(section: Section, run: SyncRun, held: list[SyncChange], now: datetime) -> int:
    removed = rosters.archive(section, [change.sourced_id for change in held], run, now)
    changes = [
        Change(ChangeKind.REMOVED, change.after, moved_to=change.moved_to) for change in held
    ]
    rosters.record(section, run, changes)
    return removed


def _rename(section: Section, run: SyncRun, held: list[SyncChange], as_of: datetime) -> int:
    newer = rosters.named_since(section, [change.sourced_id for change in held], as_of)
    held = [change for change in held if change.sourced_id not in newer]
    rosters.rename(section, [change.after for change in held], as_of)
    changes = [Change(ChangeKind.RENAMED, change.after, change.before) for change in held]
    rosters.record(section, run, changes)
    return len(held)


def _audit(action: str, hold: Hold, account: Account, now: datetime) -> None:
    AuditEvent.record(
        now, account.public_id, action, hold.section.public_id, students=hold.student_count
    )
