"""Ms Rivera's classes for the picker's tests: two schools, three terms, students by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portal.roster.lookalikes import arrange
from portal.roster.picker import ClassRow, ExistingSection, Picker
from portal.roster.records import (
    ClassRecord,
    SchoolRecord,
    StudentRecord,
    TeacherClasses,
    TeacherRecord,
    TermRecord,
)

RIVERA = TeacherRecord("rivera", "Maria", "Rivera")
OKAFOR = TeacherRecord("okafor", "Daniel", "Okafor")
LINCOLN = SchoolRecord("lincoln", "Lincoln Middle School")
ROOSEVELT = SchoolRecord("roosevelt", "Roosevelt Elementary")
TODAY = date(2026, 10, 12)
FALL = TermRecord("fall", "Fall", date(2026, 8, 17), date(2026, 12, 18))
SPRING = TermRecord("spring", "Spring", date(2027, 1, 5), date(2027, 6, 4))
LAST_YEAR = TermRecord("last-year", "2025-26", date(2025, 8, 18), date(2026, 6, 5))

FIRST_NAMES = ("Aaliyah", "Ben", "Chloe", "Dana", "Eli", "Fatima", "Grace", "Hugo")


def student(number: int) -> StudentRecord:
    given = FIRST_NAMES[number % len(FIRST_NAMES)]
    return StudentRecord(f"s{number}", given, f"Family{number:03}")


def a_class(
    sourced_id: str,
    name: str,
    students: Iterable[int] = range(26),
    teachers: tuple[TeacherRecord, ...] = (RIVERA,),
    term: TermRecord | None = FALL,
    **changed: Any,
) -> ClassRecord:
    """A class of this term with 26 students, or what is asked for instead."""
    return ClassRecord(
        sourced_id,
        "district",
        name,
        tuple(each.sourced_id for each in teachers),
        tuple(f"s{number}" for number in students),
        term_sourced_id=term.sourced_id if term else "",
        school_sourced_id=changed.pop("school", LINCOLN).sourced_id,
        **changed,
    )


def found(*classes: ClassRecord) -> TeacherClasses:
    return TeacherClasses(
        classes=classes,
        terms={each.sourced_id: each for each in (FALL, SPRING, LAST_YEAR)},
        schools={each.sourced_id: each for each in (LINCOLN, ROOSEVELT)},
        teachers={each.sourced_id: each for each in (RIVERA, OKAFOR)},
        students={each.sourced_id: each for each in map(student, range(60))},
    )


def picker_of(
    *classes: ClassRecord, sections: Mapping[str, ExistingSection] | None = None
) -> Picker:
    return arrange(found(*classes), RIVERA.sourced_id, sections or {}, TODAY)


def rows_of(picker: Picker) -> dict[str, ClassRow]:
    return {row.roster_class.sourced_id: row for group in picker.groups for row in group.rows}


def ids_of(picker: Picker) -> list[list[str]]:
    return [[row.roster_class.sourced_id for row in group.rows] for group in picker.groups]
