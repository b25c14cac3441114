"""The use case: why somebody does not see a student, class, teacher or school (HP1).

A ladder of questions that stops at the first "no". Every question is asked of what its reader may
see anyway: whatever is elsewhere in the district and what is nowhere get one and the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.models.accounts import Account
from portal.models.hidden_classes import HiddenClass
from portal.models.sections import Section
from portal.models.shared import around, known_here, tabs
from portal.models.shared.known_here import KnownStudent
from portal.models.shared.records import SharedClass, SharedStudent
from portal.models.shared.scopes import Scope
from portal.models.shared.standings import Reader, standings
from portal.models.shared.tabs import Place
from portal.models.sync_runs import RunState, SyncRun
from portal.roster.alike import ClassName
from portal.roster.records import TeacherRecord
from portal.roster.sharing import Kind

MOST_FOUND = 20


class Step(StrEnum):
    """The questions, in the words of their good answers."""

    SHARED = "shared"
    IN_CLASS = "in_class"
    SYNCED = "synced"
    LINKED = "linked"
    NOT_HIDDEN = "not_hidden"
    ONE_ACCOUNT = "one_account"
    ON_NOW = "on_now"
    HAS_STUDENTS = "has_students"
    HAS_SECTION = "has_section"
    HAS_CLASSES = "has_classes"


class Outcome(StrEnum):
    """The first "no", or that there was none."""

    NOT_FOUND = "not_found"
    NO_LONGER = "no_longer"
    NO_CLASS = "no_class"
    NOT_IN_CLASS = "not_in_class"
    NO_SECTION = "no_section"
    SYNCING = "syncing"
    SYNC_FAILED = "sync_failed"
    ON_HOLD = "on_hold"
    NOT_SYNCED = "not_synced"
    LOOK_ALIKE = "look_alike"
    HIDDEN = "hidden"
    TWO_ACCOUNTS = "two_accounts"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    NO_STUDENTS = "no_students"
    NO_CLASSES = "no_classes"
    ALL_WELL = "all_well"


LADDERS: Mapping[Kind, tuple[Step, ...]] = {
    Kind.STUDENTS: (
        Step.SHARED,
        Step.IN_CLASS,
        Step.SYNCED,
        Step.LINKED,
        Step.NOT_HIDDEN,
        Step.ONE_ACCOUNT,
    ),
    Kind.CLASSES: (
        Step.SHARED,
        Step.NOT_HIDDEN,
        Step.ON_NOW,
        Step.HAS_STUDENTS,
        Step.HAS_SECTION,
    ),
    Kind.TEACHERS: (Step.SHARED, Step.HAS_CLASSES),
    Kind.SCHOOLS: (Step.SHARED, Step.HAS_CLASSES, Step.HAS_STUDENTS),
}
STOPS_AT: Mapping[Outcome, Step] = {
    Outcome.NOT_FOUND: Step.SHARED,
    Outcome.NO_LONGER: Step.SHARED,
    Outcome.NO_CLASS: Step.IN_CLASS,
    Outcome.NOT_IN_CLASS: Step.IN_CLASS,
    Outcome.SYNCING: Step.SYNCED,
    Outcome.SYNC_FAILED: Step.SYNCED,
    Outcome.ON_HOLD: Step.SYNCED,
    Outcome.NOT_SYNCED: Step.SYNCED,
    Outcome.LOOK_ALIKE: Step.LINKED,
    Outcome.HIDDEN: Step.NOT_HIDDEN,
    Outcome.TWO_ACCOUNTS: Step.ONE_ACCOUNT,
    Outcome.ENDED: Step.ON_NOW,
    Outcome.NOT_STARTED: Step.ON_NOW,
    Outcome.NO_STUDENTS: Step.HAS_STUDENTS,
    Outcome.NO_CLASSES: Step.HAS_CLASSES,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, what they may see of the district, and what day it is at their schools."""

    account: Account
    scope: Scope
    reader: Reader
    today: date


@dataclass(frozen=True, slots=True)
class Found:
    """One of those who or which may be meant; `note` tells two of one name apart."""

    sourced_id: str
    name: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer, with the facts that its words need.

    `record` is whom or what it is about, None when nobody was found; `classes` are those that
    list a student, with their teachers by the class's key; `left_at` is when they left a section.
    """

    kind: Kind
    outcome: Outcome
    record: Any = None
    section: Section | None = None
    roster_class: SharedClass | None = None
    classes: Sequence[SharedClass] = ()
    teachers: Mapping[int, Sequence[TeacherRecord]] = field(default_factory=dict)
    run: SyncRun | None = None
    left_at: datetime | None = None

    @property
    def ladder(self) -> list[tuple[Step, bool]]:
        """Each question that was asked, and whether its answer was good."""
        steps = LADDERS[self.kind]
        stop = self._stop
        if stop is None:
            return [(step, True) for step in steps]
        asked = steps[: steps.index(stop)]
        return [*((step, True) for step in asked), (stop, False)]

    @property
    def _stop(self) -> Step | None:
        if self.outcome is Outcome.NO_SECTION:
            return Step.SYNCED if self.kind is Kind.STUDENTS else Step.HAS_SECTION
        return STOPS_AT.get(self.outcome)


def find(asker: Asker, kind: Kind, search: str) -> list[Found]:
    """Who or what the reader may mean: shared with them, or known from a section of theirs."""
    shown = tabs.listed(asker.scope, kind, Place(search)).rows[:MOST_FOUND]
    found = [Found(each.sourced_id, each, _note(kind, each)) for each in shown]
    known = {each.sourced_id for each in found}
    others = [each for each in _known(asker, kind, search) if each.sourced_id not in known]
    return [*found, *others][:MOST_FOUND]


def diagnose(
    asker: Asker, kind: Kind, sourced_id: str, section: Section | None = None
) -> Finding | None:
    """The answer about this one, or None if the reader knows nothing of it."""
    match kind:
        case Kind.STUDENTS:
            return _of_student(asker, sourced_id, section)
        case Kind.CLASSES:
            return _of_class(asker, sourced_id)
        case Kind.TEACHERS:
            return _of_teacher(asker, sourced_id)
        case _:
            return _of_school(asker, sourced_id)


def _known(asker: Asker, kind: Kind, search: str) -> list[Found]:
    sections, connection = asker.reader.sections, asker.scope.connection
    if kind is Kind.STUDENTS:
        known = known_here.students(sections, connection, search, MOST_FOUND)
        return list({each.sourced_id: _known_student(each) for each in known}.values())
    if kind is Kind.CLASSES:
        called = known_here.sections_called(sections, connection, search)
        return list({each.class_sourced_id: _known_class(each) for each in called}.values())
    return []


def _known_student(known: KnownStudent) -> Found:
    return Found(known.sourced_id, known, known.grade)


def _known_class(section: Section) -> Found:
    return Found(section.class_sourced_id, section)


def _note(kind: Kind, record: Any) -> str:
    return str(record.grade) if kind is Kind.STUDENTS else ""


def _of_student(asker: Asker, sourced_id: str, section: Section | None) -> Finding | None:
    student = tabs.find(asker.scope, Kind.STUDENTS, sourced_id)
    if student is None:
        return _of_former_student(asker, sourced_id)
    classes = around.classes_of_student(asker.scope, sourced_id)
    if section is None:
        return _in_any_section(asker, student, classes)
    listing = next((c for c in classes if c.sourced_id == section.class_sourced_id), None)
    if listing is not None:
        return _in_section(asker, student, listing, section)
    teachers = around.teachers_of(asker.scope, classes)
    twin = next((c for c in classes if _alike(c, section)), None)
    outcome = Outcome.LOOK_ALIKE if twin else Outcome.NOT_IN_CLASS
    return Finding(Kind.STUDENTS, outcome, student, section, twin, classes, teachers)


def _of_former_student(asker: Asker, sourced_id: str) -> Finding | None:
    """Somebody whom no class of the reader's lists any more, as far as the reader may know."""
    places = known_here.student(asker.reader.sections, asker.scope.connection, sourced_id)
    if not places:
        return None
    section = Section.by_key(places[0].section_id)
    left_at = max(filter(None, (each.ended_at for each in places)), default=None)
    return Finding(Kind.STUDENTS, Outcome.NO_LONGER, places[0], section, left_at=left_at)


def _in_any_section(asker: Asker, student: SharedStudent, classes: list[SharedClass]) -> Finding:
    """The first section of the reader's in which something is amiss, else that all is well."""
    if not classes:
        return Finding(Kind.STUDENTS, Outcome.NO_CLASS, student)
    by_id = {each.sourced_id: each for each in classes}
    sections = known_here.following(asker.reader.sections, asker.scope.connection, by_id)
    if not sections:
        teachers = around.teachers_of(asker.scope, classes)
        return Finding(
            Kind.STUDENTS,
            Outcome.NO_SECTION,
            student,
            roster_class=classes[0],
            classes=classes,
            teachers=teachers,
        )
    found = [_in_section(asker, student, by_id[each.class_sourced_id], each) for each in sections]
    return next((each for each in found if each.outcome is not Outcome.ALL_WELL), found[0])


def _in_section(
    asker: Asker, student: SharedStudent, listing: SharedClass, section: Section
) -> Finding:
    """The ladder from its third step on: the class of this section lists the student."""
    run = SyncRun.latest(section)
    outcome = _why_not_synced(section, student, run) or _why_not_seen(asker, student, listing)
    return Finding(Kind.STUDENTS, outcome, student, section, listing, run=run)


def _why_not_synced(
    section: Section, student: SharedStudent, run: SyncRun | None
) -> Outcome | None:
    if known_here.is_enrolled(section, student.sourced_id):
        return None
    if run is not None and not run.finished:
        return Outcome.SYNCING
    if run is not None and run.state == RunState.FAILED:
        return Outcome.SYNC_FAILED
    if run is not None and run.state == RunState.HELD:
        return Outcome.ON_HOLD
    return Outcome.NOT_SYNCED


def _why_not_seen(asker: Asker, student: SharedStudent, listing: SharedClass) -> Outcome:
    if listing.sourced_id in HiddenClass.of(asker.account):
        return Outcome.HIDDEN
    standing = standings(asker.reader, [student]).get(student.sourced_id)
    if standing is not None and standing.has_two_accounts:
        return Outcome.TWO_ACCOUNTS
    return Outcome.ALL_WELL


def _of_class(asker: Asker, sourced_id: str) -> Finding | None:
    found = tabs.find(asker.scope, Kind.CLASSES, sourced_id)
    sections = known_here.following(asker.reader.sections, asker.scope.connection, [sourced_id])
    section = next(iter(sections), None)
    if found is None:
        if section is None:
            return None
        return Finding(Kind.CLASSES, Outcome.NO_LONGER, section, section)
    outcome = _why_not_chosen(asker, found, section)
    return Finding(Kind.CLASSES, outcome, found, section, found)


def _why_not_chosen(asker: Asker, found: SharedClass, section: Section | None) -> Outcome:
    if found.sourced_id in HiddenClass.of(asker.account):
        return Outcome.HIDDEN
    term = around.terms_of(asker.scope, [found]).get(found.term_sourced_id)
    if term is not None and term.ends_on and term.ends_on < asker.today:
        return Outcome.ENDED
    if term is not None and term.starts_on and term.starts_on > asker.today:
        return Outcome.NOT_STARTED
    if not found.student_count:
        return Outcome.NO_STUDENTS
    return Outcome.ALL_WELL if section else Outcome.NO_SECTION


def _of_teacher(asker: Asker, sourced_id: str) -> Finding | None:
    teacher = tabs.find(asker.scope, Kind.TEACHERS, sourced_id)
    if teacher is None:
        return None
    counts = around.class_counts(asker.scope, [sourced_id])
    outcome = Outcome.ALL_WELL if counts.get(sourced_id) else Outcome.NO_CLASSES
    return Finding(Kind.TEACHERS, outcome, teacher)


def _of_school(asker: Asker, sourced_id: str) -> Finding | None:
    """What a teacher's own read found of a school has not been counted: nothing is said of it."""
    school = tabs.find(asker.scope, Kind.SCHOOLS, sourced_id)
    if school is None:
        return None
    if asker.scope.connection.read_at is None:
        outcome = Outcome.ALL_WELL
    elif not school.class_count:
        outcome = Outcome.NO_CLASSES
    else:
        outcome = Outcome.ALL_WELL if school.student_count else Outcome.NO_STUDENTS
    return Finding(Kind.SCHOOLS, outcome, school)


def _alike(one: SharedClass, section: Section) -> bool:
    """Whether a person may take the one class for the other (experience.md 2.5)."""
    return ClassName.of(one.name).confusable_with(ClassName.of(section.class_name))
