"""Why somebody does not see a class, a teacher or a school."""

from __future__ import annotations

from portal.diagnosis.answers import Asker, Finding, Outcome
from portal.models.hidden_classes import HiddenClass
from portal.models.sections import Section
from portal.models.shared import around, known_here, tabs
from portal.models.shared.records import SharedClass
from portal.roster.sharing import Kind


def of_class(asker: Asker, sourced_id: str) -> Finding | None:
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


def of_teacher(asker: Asker, sourced_id: str) -> Finding | None:
    teacher = tabs.find(asker.scope, Kind.TEACHERS, sourced_id)
    if teacher is None:
        return None
    counts = around.class_counts(asker.scope, [sourced_id])
    outcome = Outcome.ALL_WELL if counts.get(sourced_id) else Outcome.NO_CLASSES
    return Finding(Kind.TEACHERS, outcome, teacher)


def of_school(asker: Asker, sourced_id: str) -> Finding | None:
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
