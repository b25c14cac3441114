"""What a teacher can know a class by: its term, her role, its students (experience.md 2.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from portal.roster.names import display_name, sort_key
from portal.roster.picker import ClassRow, ClassState, ExistingSection
from portal.roster.records import ClassRecord, StudentRecord, TeacherClasses, TermRecord

SHOWN_STUDENTS = 3
SHOWN_SIS_ID_DIGITS = 4


def gather(
    found: TeacherClasses,
    teacher_sourced_id: str,
    sections: Mapping[str, ExistingSection],
    today: date,
) -> list[ClassRow]:
    """Return a row for each class, before anything is known of its look-alikes."""
    return [
        _row(found, each, teacher_sourced_id, sections.get(each.sourced_id), today)
        for each in found.classes
    ]


def tell_apart(found: TeacherClasses, rows: list[ClassRow]) -> list[ClassRow]:
    """Show of each look-alike the students that are in no other, and its number if need be."""
    told = [_with_own_students(found, row, rows) for row in rows]
    looks = Counter(map(_look, told))
    return [
        replace(row, sis_id=_end_of_sis_id(row, told)) if looks[_look(row)] > 1 else row
        for row in told
    ]


def _row(
    found: TeacherClasses,
    roster_class: ClassRecord,
    teacher_sourced_id: str,
    section: ExistingSection | None,
    today: date,
) -> ClassRow:
    term = found.terms.get(roster_class.term_sourced_id)
    school = found.schools.get(roster_class.school_sourced_id)
    several_schools = len({each.school_sourced_id for each in found.classes}) > 1
    colleagues = [each for each in roster_class.teacher_sourced_ids if each != teacher_sourced_id]
    students = _known_students(found, roster_class.student_sourced_ids)
    return ClassRow(
        roster_class=roster_class,
        term=term,
        state=_state(term, today),
        is_main_teacher=roster_class.main_teacher_sourced_id == teacher_sourced_id,
        school=school if several_schools else None,
        co_teachers=tuple(found.teachers[each] for each in colleagues if each in found.teachers),
        section=section,
        shown_students=students[:SHOWN_STUDENTS],
        more_students=len(students[SHOWN_STUDENTS:]),
        only_here=False,
        name_parts=((roster_class.name, False),),
    )


def _state(term: TermRecord | None, today: date) -> ClassState:
    if term is None or (term.starts_on is None and term.ends_on is None):
        return ClassState.UNKNOWN
    if term.ends_on is not None and term.ends_on < today:
        return ClassState.ENDED
    if term.starts_on is not None and term.starts_on > today:
        return ClassState.NOT_STARTED
    return ClassState.ON_NOW


def _known_students(
    found: TeacherClasses, sourced_ids: Collection[str]
) -> tuple[StudentRecord, ...]:
    """Return whom the district shares and names, by name; the nameless tell nothing apart."""
    shared = (found.students[each] for each in set(sourced_ids) if each in found.students)
    named = (each for each in shared if display_name(each.given_name, each.family_name))
    return tuple(sorted(named, key=_by_name))


def _by_name(student: StudentRecord) -> tuple[str, str]:
    return sort_key(student.given_name, student.family_name), student.sourced_id


def _with_own_students(found: TeacherClasses, row: ClassRow, rows: list[ClassRow]) -> ClassRow:
    elsewhere = [
        each.student_sourced_ids
        for each in rows
        if each.roster_class.sourced_id != row.roster_class.sourced_id
    ]
    own = _known_students(found, row.student_sourced_ids.difference(*elsewhere))
    if not own:
        return row
    return replace(
        row,
        shown_students=own[:SHOWN_STUDENTS],
        more_students=len(own[SHOWN_STUDENTS:]),
        only_here=True,
    )


def _look(row: ClassRow) -> tuple[object, ...]:
    """Return what the page shows of a class, whatever its ids."""
    seen = row.roster_class
    return (
        *(seen.name, seen.period, seen.grade, seen.subject),
        *(row.student_count, row.shown_students, row.term, row.state, row.school),
        *(row.is_main_teacher, row.co_teachers, row.section is not None),
    )


def _end_of_sis_id(row: ClassRow, rows: list[ClassRow]) -> str:
    """Return the last digits of the school-records number, or all where the digits do not do."""
    ends = Counter(each.roster_class.sis_id[-SHOWN_SIS_ID_DIGITS:] for each in rows)
    whole = row.roster_class.sis_id
    end = whole[-SHOWN_SIS_ID_DIGITS:]
    return end if ends[end] == 1 else whole
