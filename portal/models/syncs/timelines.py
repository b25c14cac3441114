"""What happened to one student in one section, the newest first (Y8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from peewee import JOIN, fn

from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.histories import runs_by_key
from portal.models.syncs.holds import HELD_AS
from portal.models.syncs.overrides import OverrideKind, RosterOverride
from portal.models.syncs.run_changes import kind_of, undoings_of
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.models.syncs.undos import UNDOABLE, may_be_undone

MOST_EVENTS = 200
JOINED, CAME_BACK, NUMBERS = "joined", "came_back", "numbers"
KEPT = {OverrideKind.IN: "kept_in", OverrideKind.OUT: "kept_out"}
FREE = {OverrideKind.IN: "kept_in_no_more", OverrideKind.OUT: "kept_out_no_more"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `by` is the person, `run` has the reference, if there is one."""

    at: datetime
    kind: str
    by: Account | None = None
    run: SyncRun | None = None
    change: SyncChange | None = None
    undone_in: SyncRun | None = None
    until: date | None = None
    may_be_undone: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """A student's place in the section today, if they ever had one, and the latest events."""

    account: Account
    place: Enrollment | None
    events: Sequence[Event]
    more: bool

    @classmethod
    def of(cls, section: Section, account: Account, now: datetime) -> Timeline:
        changes = _changes(section, account)
        place = Enrollment.get_or_none(
            (Enrollment.section == section) & (Enrollment.account == account)
        )
        events = [*_of_changes(changes, now), *_of_overrides(section, account)]
        more = len(changes) == MOST_EVENTS
        if place is not None and not more and not any(each.kind == JOINED for each in events):
            events.append(Event(place.started_at, JOINED))
        events.sort(key=lambda event: event.at, reverse=True)
        return cls(account, place, tuple(events[:MOST_EVENTS]), more)


def past_student(section: Section, public_id: str) -> Account | None:
    """Who is or was in the section, or would have been: a change of its list names them."""
    theirs = (Enrollment.section == section) & (Enrollment.account == Account.id)
    changed = (
        SyncChange.select()
        .join(SyncRun)
        .where((SyncChange.account == Account.id) & (SyncRun.section == section))
    )
    was_there = fn.EXISTS(Enrollment.select().where(theirs)) | fn.EXISTS(changed)
    found: Account | None = Account.get_or_none((Account.public_id == public_id) & was_there)
    return found


def _changes(section: Section, account: Account) -> list[SyncChange]:
    found = (
        SyncChange.select(SyncChange, SyncRun, Account)
        .join(SyncRun)
        .join(Account, JOIN.LEFT_OUTER, on=(SyncRun.started_by == Account.id), attr="started_by")
        .where((SyncChange.account == account) & (SyncRun.section == section))
    )
    return list(found.order_by(SyncChange.id.desc()).limit(MOST_EVENTS))


def _of_changes(changes: Sequence[SyncChange], now: datetime) -> Iterator[Event]:
    undoings = undoings_of(changes)
    for change in changes:
        run = change.run
        if run.source == RunSource.UNDO and change.kind in HELD_AS.values():
            continue  # That people are asked from now on is no news of the student.
        yield Event(
            at=run.finished_at or run.requested_at,
            kind=_kind(change),
            by=run.started_by,
            run=run,
            change=change,
            undone_in=undoings.get(change.undone_by_id or 0),
            may_be_undone=_stands(change) and may_be_undone(run, now),
        )


def _stands(change: SyncChange) -> bool:
    return change.kind in UNDOABLE and change.undone_by_id is None


def _kind(change: SyncChange) -> str:
    if change.kind == ChangeKind.ADDED:
        return CAME_BACK if change.had_place else JOINED
    if change.kind == ChangeKind.REFRESHED and change.grade == change.grade_before:
        return NUMBERS
    return kind_of(change)


def _of_overrides(section: Section, account: Account) -> Iterator[Event]:
    """That a teacher kept the student in or out until a date, and when that ended (Y10)."""
    mine = (RosterOverride.section == section) & (RosterOverride.account == account)
    made_by = RosterOverride.made_by
    kept = (
        RosterOverride.select(RosterOverride, Account)
        .join(Account, JOIN.LEFT_OUTER, on=(made_by == Account.id), attr="made_by")
        .where(mine)
        .order_by(RosterOverride.id.desc())
        .limit(MOST_EVENTS)
    )
    overrides = list(kept)
    runs = runs_by_key(
        key for each in overrides for key in (each.made_in_id, each.ended_in_id) if key
    )
    for each in overrides:
        kind = OverrideKind(each.kind)
        made_in, ended_in = runs.get(each.made_in_id or 0), runs.get(each.ended_in_id or 0)
        yield Event(each.made_at, KEPT[kind], each.made_by, made_in, until=each.until)
        if each.ended_at is not None:
            by = ended_in.started_by if ended_in else None
            yield Event(each.ended_at, FREE[kind], by, ended_in)
