"""The facts a page shows of a section's sync: the state of a thing, never a sentence."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal import clock
from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.syncs.district_runs import DistrictRun
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldKind
from portal.models.syncs.planned_changes import PlannedChange
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_changes import ChangedNames, ChangeKind, SyncChange
from portal.models.syncs.sync_runs import OwnReason, RunSource, RunState, RunStep, SyncRun
from portal.models.syncs.undos import may_be_undone
from portal.roster.names import display_name
from portal.roster.records import StudentRecord
from portal.web.sections.chosen_classes import ChosenClass
from portal.web.sections.undo_pages import UndoneList

MOST_NAMES = 20
MOST_PLANNED = 100
MADE = (RunState.DONE, RunState.HELD)
SLOW_AFTER = timedelta(seconds=30)
LONG_WAIT = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Person:
    given_name: str
    family_name: str


@dataclass(frozen=True, slots=True)
class Named:
    """Some of the students with one kind of change, and how many more there are."""

    people: tuple[Any, ...] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.people)


NOBODY = Named()


@dataclass(frozen=True, slots=True)
class Changes:
    """Who was changed by a run; `renamed` holds pairs of before and after."""

    added: Named = NOBODY
    removed: Named = NOBODY
    moved: Named = NOBODY
    renamed: Named = NOBODY


@dataclass(frozen=True, slots=True)
class PlannedNames:
    """One list of a preview: how many students it is about, and the first of them by name."""

    count: int = 0
    changes: tuple[PlannedChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.count)

    @property
    def more(self) -> int:
        return self.count - len(self.changes)


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan as it is shown: what would be saved, and what a person would be asked about (Y5)."""

    added: PlannedNames
    removed: PlannedNames
    renamed: PlannedNames
    refreshed: PlannedNames
    held_removals: PlannedNames
    held_renames: PlannedNames
    held_additions: PlannedNames
    unchanged: tuple[StudentRecord, ...]
    unchanged_count: int
    chosen: ChosenClass | None = None

    @classmethod
    def of(cls, run: SyncRun) -> Preview:
        counts = PlannedChange.counts(run)

        def named(kind: ChangeKind) -> PlannedNames:
            count = counts.get(kind, 0)
            first = PlannedChange.first(run, kind, MOST_PLANNED) if count else []
            return PlannedNames(count, tuple(first))

        return cls(
            added=named(ChangeKind.ADDED),
            removed=named(ChangeKind.REMOVED),
            renamed=named(ChangeKind.RENAMED),
            refreshed=named(ChangeKind.REFRESHED),
            held_removals=named(ChangeKind.HELD_REMOVAL),
            held_renames=named(ChangeKind.HELD_RENAME),
            held_additions=named(ChangeKind.HELD_ADDITION),
            unchanged=tuple(PlannedChange.untouched(run, MOST_PLANNED)),
            unchanged_count=run.unchanged_count,
            chosen=ChosenClass.of(run),
        )

    @property
    def save_count(self) -> int:
        """How many changes *Save* makes at once."""
        lists = (self.added, self.removed, self.renamed, self.refreshed)
        return sum(each.count for each in lists)

    @property
    def count(self) -> int:
        held = (self.held_removals, self.held_renames, self.held_additions)
        return self.save_count + sum(each.count for each in held)


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything `roster_syncs/_roster_sync.html` shows.

    `hold` waits for a person; `closed_hold` is the one that left the list as it is.
    """

    section: Section
    run: SyncRun | None
    changes: Changes
    hold: Hold | None
    closed_hold: Hold | None
    hold_names: tuple[Any, ...]
    started_by: str
    joined: bool
    shut_out: bool
    now: datetime
    told: str = ""
    announced: str = ""
    preview: Preview | None = None
    undone: UndoneList | None = None

    @property
    def finished(self) -> bool:
        return self.run is None or self.run.finished

    @property
    def may_undo(self) -> bool:
        """Whether the run has changed a list, lately; it needs no question to the database."""
        run = self.run
        on_list = run is not None and run.added_count + run.removed_count > 0
        changed = on_list or bool(self.changes.renamed)
        changed = changed or bool(run and run.class_sourced_id)
        return run is not None and changed and may_be_undone(run, self.now)

    @property
    def ended(self) -> list[Hold]:
        """The questions that this run found to be none any more."""
        run = self.run
        return Hold.dissolved_by(run) if run and run.state in MADE and not self.shut_out else []

    @property
    def student_count(self) -> int:
        """Asked for by the panels of an idle section alone: no poll pays for it."""
        return Enrollment.count(self.section)

    @property
    def idempotency_key(self) -> str:
        """New for each button drawn, so that one click is one run however often it is sent."""
        return secrets.token_urlsafe(12)

    @property
    def ahead(self) -> int:
        return self.run.ahead(self.now) if self.run and self.run.state == RunState.QUEUED else 0

    @property
    def poll_seconds(self) -> int:
        return poll_seconds(self.run, self.now) if self.run else 1

    @property
    def filled(self) -> bool:
        """Whether a sync has brought this section its students yet (experience.md 2.7)."""
        ended_well = self.run is not None and self.run.state in (RunState.DONE, RunState.HELD)
        return ended_well or self.section.checked_at is not None

    @property
    def slow(self) -> bool:
        run = self.run
        if run is None or run.started_at is None:
            return False
        reading = run.step in (RunStep.ASKING, RunStep.READING)
        return reading and self.now - run.started_at > SLOW_AFTER

    @property
    def interrupted(self) -> bool:
        """Whether the run lost its worker: another one starts it again by itself (F03)."""
        run = self.run
        if run is None or run.state != RunState.RUNNING:
            return False
        return run.attempt > 1 or (run.lease_until is not None and run.lease_until < self.now)

    @property
    def waiting_long(self) -> bool:
        return self.run is not None and self.now - self.run.requested_at > LONG_WAIT

    @property
    def milestone(self) -> str:
        """What a screen reader is told by this answer: started, half way, finished; or ""."""
        if self.announced:
            return self.announced
        if self.finished:
            return "finished"
        return "half_way" if self.past_half and self.told != "half_way" else ""

    @property
    def past_half(self) -> bool:
        run = self.run
        return bool(run and run.students_listed and run.students_read * 2 >= run.students_listed)


def poll_seconds(run: SyncRun | RosterUpdate | DistrictRun, now: datetime) -> int:
    """Each second for 30 seconds, then each 3, then each 10 (experience.md 2.8)."""
    age = now - run.requested_at
    return 1 if age < timedelta(seconds=30) else 3 if age < timedelta(minutes=2) else 10


def panel_of(
    section: Section,
    run: SyncRun | None,
    account: Account,
    told: str = "",
    announced: str = "",
) -> Panel:
    """The panel of a run (or of a section that was never synced) as this person sees it."""
    shut_out = _shut_out(section, run, account)
    ask = not shut_out and (run is None or run.finished)
    now = clock.now()
    hold = _question(section, run, now) if ask else None
    starter = _starter(run, account) if run else None
    return Panel(
        section=section,
        run=run,
        changes=_changes(run) if run and run.state in MADE else Changes(),
        hold=hold,
        closed_hold=Hold.left_alone(section.id, now)
        if run and run.state == RunState.HELD
        else None,
        hold_names=_held(hold) if hold else (),
        started_by=display_name(starter.given_name, starter.family_name) if starter else "",
        joined=starter is not None and starter.id != account.id,
        shut_out=shut_out,
        now=now,
        told=told,
        announced=announced,
        preview=Preview.of(run) if run and run.state == RunState.PREVIEWED else None,
        undone=UndoneList.of(run, now) if run and run.source == RunSource.UNDO else None,
    )


def _question(section: Section, run: SyncRun | None, now: datetime) -> Hold | None:
    """What the teacher is asked first: what the run asks itself, before what waits anyway."""
    asked = Hold.questions(section, now)
    return next((hold for hold in asked if run and hold.run_id == run.id), next(iter(asked), None))


def _starter(run: SyncRun, account: Account) -> Account | None:
    """Who pressed the button; most often the person who looks, whom nobody has to look up."""
    own = run.started_by_id == account.id
    starter: Account | None = account if own else run.started_by
    return starter


def _shut_out(section: Section, run: SyncRun | None, account: Account) -> bool:
    """Whether this person's own sync found that they no longer teach the class (F44)."""
    if run is None or run.reason != OwnReason.TEACHER_REMOVED:
        return False
    return not Section.visible_to(account).where(Section.id == section.id).exists()


def _changes(run: SyncRun) -> Changes:
    """What the run's counts say was there; for the rest, nothing is read."""
    return Changes(
        added=_named(run, run.added_count, ChangeKind.ADDED),
        removed=_named(run, run.removed_count, ChangeKind.REMOVED),
        moved=_named(run, run.removed_count, ChangeKind.REMOVED, moved=True),
        renamed=_named(run, run.updated_count, ChangeKind.RENAMED),
    )


def _named(run: SyncRun, at_most: int, kind: ChangeKind, moved: bool = False) -> Named:
    if not at_most:
        return NOBODY
    person = _before_and_after if kind == ChangeKind.RENAMED else _after
    found = SyncChange.first_names(run, kind, moved, MOST_NAMES)
    more = SyncChange.count(run, kind, moved) - MOST_NAMES if len(found) == MOST_NAMES else 0
    return Named(tuple(person(names) for names in found), more)


def _held(hold: Hold) -> tuple[Any, ...]:
    person = _before_and_after if hold.kind == HoldKind.RENAMES else _after
    return tuple(person(change) for change in hold.changes())


def _after(change: SyncChange | ChangedNames) -> Person:
    return Person(change.given_name, change.family_name)


def _before_and_after(change: SyncChange | ChangedNames) -> tuple[Person, Person]:
    return Person(change.given_name_before, change.family_name_before), _after(change)
