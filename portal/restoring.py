"""The use case: a list as it was at some day, by undoing all that came since in one go (2.14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal import clock, holds, undoing
from portal.database import write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs import class_changes, undos
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.models.syncs.undos import WHOLE, Part
from portal.undoing import Refusal, Undone


@dataclass(frozen=True, slots=True)
class Chain:
    """All that happened to one student's place, or name: the newest change and the oldest."""

    newest: Part
    oldest: Part

    @property
    def is_change(self) -> bool:
        """Whether it all comes to something: who joined and left again is as before."""
        if self.newest.kind == ChangeKind.RENAMED:
            return self.oldest.before != self.newest.now
        return self.newest.kind == self.oldest.kind

    @property
    def whole(self) -> Part:
        """The newest change as if nothing had been between it and the beginning."""
        given_name, family_name = self.oldest.before
        return self.newest._replace(given_name_before=given_name, family_name_before=family_name)


def put_back(
    run: SyncRun, account: Account, idempotency_key: str | None = None
) -> Undone | Refusal:
    """Put the list back as it was before this run: it and all later ones, the newest first.

    One run that can be looked up and asked about; people are asked about what all came to.
    """
    return write(lambda: _put_back(run, account, idempotency_key, clock.now()))


def refusal(run: SyncRun, now: datetime) -> Refusal | None:
    """Why the list cannot be put back so far, as far as can be said before it is tried."""
    why_not = undoing.refusal(run, now)
    if why_not is None and class_changes.stands(run):
        return Refusal.ANOTHER_CLASS
    return why_not


def chains(parts: Iterable[Part]) -> list[Chain]:
    """By student, of parts with the newest first."""
    found: dict[tuple[str, bool], Chain] = {}
    for part in parts:
        key = part.student_id, part.kind == ChangeKind.RENAMED
        found[key] = Chain(found[key].newest if key in found else part, part)
    return list(found.values())


def _put_back(run: SyncRun, account: Account, key: str | None, now: datetime) -> Undone | Refusal:
    section = Section.by_key(run.section_id).lock()
    clicked = SyncRun.of_click(account, key)
    if clicked is not None and clicked.undoes_id == run.id:
        return Undone(clicked)
    why_not = refusal(run, now)
    runs = [] if why_not else undos.since(run)
    if why_not or not runs:
        return why_not or _nothing(run)
    key = None if clicked else key
    made = SyncRun.by_hand(section, RunSource.UNDO, account, now, undoes=run, idempotency_key=key)
    made.count_before = Enrollment.count(section)
    taken, left = _take_all_back(made, runs, section, now)
    if not taken:
        made.delete_instance()
        return Refusal.CHANGED_SINCE
    _finish(made, section, taken, now)
    counts = {"runs": len(runs), "taken_count": len(taken), "left_count": len(left)}
    AuditEvent.record(now, account.public_id, "list.put_back", section.public_id, **counts)
    return Undone(made, tuple(left))


def _nothing(run: SyncRun) -> Undone | Refusal:
    """All of it is undone already."""
    earlier = undos.newest_of(run, WHOLE)
    return Undone(earlier) if earlier else Refusal.NO_LIST


def _take_all_back(
    made: SyncRun, runs: Sequence[SyncRun], section: Section, now: datetime
) -> tuple[list[Part], list[Part]]:
    """Each after the one above it: what that had changed is in nobody's way any more."""
    taken: list[Part] = []
    left: list[Part] = []
    for run in runs:
        found = undos.parts(run, now)
        mine = [part for part in found if part.obstacle is None]
        undos.take_back(made, mine, section, now)
        undos.overrides_back(made, run, now)
        taken += mine
        left += [part for part in found if part.obstacle is not None]
    return taken, left


def _finish(made: SyncRun, section: Section, taken: Sequence[Part], now: datetime) -> None:
    """Count what it all comes to, and have people asked before that is made again."""
    changes = [each.whole for each in chains(taken) if each.is_change]
    made.count_after = Enrollment.count(section)
    made.added_count = undos.count_of(changes, ChangeKind.REMOVED)
    made.removed_count = undos.count_of(changes, ChangeKind.ADDED)
    made.updated_count = undos.count_of(changes, ChangeKind.RENAMED)
    made.unchanged_count = made.count_after - made.added_count - made.updated_count
    made.save()
    asked = [part for part in changes if part.source != RunSource.OVERRIDE]
    undos.withhold(made, asked)
    holds.ask_again(made, section, asked, now)
    section.roster_changed()
