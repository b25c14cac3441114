"""The use case: why somebody does not see a student, class, teacher or school (HP1).

A ladder of questions that stops at the first "no". Every question is asked of what its reader may
see anyway: whatever is elsewhere in the district and what is nowhere get one and the same answer.
"""

from __future__ import annotations

from typing import Any

from portal.diagnosis.answers import Asker, Finding, Found, Outcome
from portal.diagnosis.others import of_class, of_school, of_teacher
from portal.diagnosis.students import of_student
from portal.models.sections import Section
from portal.models.shared import known_here, tabs
from portal.models.shared.known_here import KnownStudent
from portal.models.shared.tabs import Place
from portal.roster.sharing import Kind

__all__ = ["Asker", "Finding", "Found", "Outcome", "diagnose", "find"]

MOST_FOUND = 20


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
            return of_student(asker, sourced_id, section)
        case Kind.CLASSES:
            return of_class(asker, sourced_id)
        case Kind.TEACHERS:
            return of_teacher(asker, sourced_id)
        case _:
            return of_school(asker, sourced_id)


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
