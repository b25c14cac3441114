"""The use case: a run's changes are taken back, and made again only on a person's yes (Y8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal import clock, converting, holds
from portal.database import write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs import class_changes, undos
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.models.syncs.undos import WHOLE, Part, Scope


class Refusal(StrEnum):
    """Why nothing is undone."""

    TOO_LATE = "too_late"
    NO_LIST = "no_list"  # The run changed no list, or was an undo itself.
    CHANGED_SINCE = "changed_since"  # All of it: nothing is as the run left it.
    ANOTHER_CLASS = "another_class"  # The section follows another class since.


@dataclass(frozen=True, slots=True)
class Undone:
    """The run that took the changes back, and those it had to leave."""

    run: SyncRun
    left: tuple[Part, ...] = ()


def undo(
    run: SyncRun, account: Account, scope: Scope = WHOLE, idempotency_key: str | None = None
) -> Undone | Refusal:
    """Put the list back as it was before this run, as far as nobody changed it since.

    The same click, or another one for the same, gets the undo that was made for the first.
    """
    return write(lambda: _undo(run, account, scope, idempotency_key, clock.now()))


def refusal(run: SyncRun, now: datetime) -> Refusal | None:
    """Why this run cannot be undone, as far as can be said before it is tried."""
    if run.state not in undos.ENDED_WELL or run.source == RunSource.UNDO:
        return Refusal.NO_LIST
    if not undos.may_be_undone(run, now):
        return Refusal.TOO_LATE
    return Refusal.ANOTHER_CLASS if class_changes.is_underneath(run) else None


def asks_again(run: SyncRun) -> bool:
    """Whether people are asked before the same is made again.

    Not of what only a teacher wanted and Clever did not, nor of another class's list.
    """
    return run.source != RunSource.OVERRIDE and not run.class_sourced_id


def _undo(
    run: SyncRun, account: Account, scope: Scope, key: str | None, now: datetime
) -> Undone | Refusal:
    if run.class_sourced_id:
        converting.hold(run)
    section = Section.by_key(run.section_id).lock()
    clicked = SyncRun.of_click(account, key)
    if clicked is not None and clicked.undoes_id == run.id:
        return Undone(clicked)
    why_not = refusal(run, now)
    if why_not is not None:
        return why_not
    unmade = class_changes.stands(run)
    if unmade:
        section, scope = converting.unmake(run, section, account, now), WHOLE
    found = undos.in_scope(undos.parts(run, now), scope)
    taken = [part for part in found if part.obstacle is None]
    left = tuple(part for part in found if part.obstacle is not None)
    if not taken and not unmade:
        return _nothing(run, scope, left)
    made = _made(run, section, account, taken, None if clicked else key, now)
    _take_back(made, run, section, taken, now)
    _audit(made, section, account, left, now)
    return Undone(made, left)


def _nothing(run: SyncRun, scope: Scope, left: tuple[Part, ...]) -> Undone | Refusal:
    """The undo that was quicker, or that there is nothing to take back."""
    earlier = undos.newest_of(run, scope)
    if earlier is not None:
        return Undone(earlier, left)
    return Refusal.CHANGED_SINCE if left else Refusal.NO_LIST


def _made(
    run: SyncRun,
    section: Section,
    account: Account,
    taken: Sequence[Part],
    key: str | None,
    now: datetime,
) -> SyncRun:
    """The undo with what it does to the list: whom it brings back counts as added."""
    before = Enrollment.count(section)
    back, gone, renamed = (
        undos.count_of(taken, kind)
        for kind in (ChangeKind.REMOVED, ChangeKind.ADDED, ChangeKind.RENAMED)
    )
    return SyncRun.by_hand(
        section,
        RunSource.UNDO,
        account,
        now,
        undoes=run,
        idempotency_key=key,
        added_count=back,
        removed_count=gone,
        updated_count=renamed,
        unchanged_count=before - gone - renamed,
        count_before=before,
        count_after=before + back - gone,
    )


def _take_back(
    made: SyncRun, run: SyncRun, section: Section, taken: Sequence[Part], now: datetime
) -> None:
    undos.take_back(made, taken, section, now)
    if run.source == RunSource.OVERRIDE:
        undos.overrides_back(made, run, now)
    if asks_again(run):
        undos.withhold(made, taken)
        holds.ask_again(made, section, taken, now)
    section.roster_changed()


def _audit(
    made: SyncRun, section: Section, account: Account, left: Sequence[Part], now: datetime
) -> None:
    counts = {
        "added_count": made.added_count,
        "removed_count": made.removed_count,
        "updated_count": made.updated_count,
        "left_count": len(left),
    }
    AuditEvent.record(now, account.public_id, "sync.undone", section.public_id, **counts)
