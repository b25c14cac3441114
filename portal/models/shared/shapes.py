"""How each kind of record stands in its table: one row of plain values, in the table's order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.models.base import to_microseconds
from portal.roster.names import fold, sort_key
from portal.roster.records import ClassRecord, SchoolRecord, TermRecord
from portal.roster.sharing import CourseRecord, Kind, StudentListing, TeacherListing

Listing = SchoolRecord | TermRecord | CourseRecord | TeacherListing | StudentListing | ClassRecord
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind's table, the columns that come from the provider, and a record's values for them.

    `counts` are ours, and none in a new row; `dates` are read as the text they are written as.
    """

    table: str
    columns: tuple[str, ...]
    row: Callable[[Any], Row]
    counts: tuple[str, ...] = ()
    dates: frozenset[str] = frozenset()

    @property
    def selected(self) -> str:
        return ", ".join(
            f"CAST({name} AS TEXT)" if name in self.dates else name for name in self.columns
        )


def _school(school: SchoolRecord) -> Row:
    return (school.name, fold(school.name))


def _course(course: CourseRecord) -> Row:
    return (course.name,)


def _term(term: TermRecord) -> Row:
    starts_on, ends_on = term.starts_on, term.ends_on
    return (term.name, starts_on and starts_on.isoformat(), ends_on and ends_on.isoformat())


def _teacher(teacher: TeacherListing) -> Row:
    given, family = teacher.given_name, teacher.family_name
    return (given, family, sort_key(given, family), " ".join(teacher.roles))


def _student(listing: StudentListing) -> Row:
    student = listing.record
    return (
        student.given_name,
        student.family_name,
        sort_key(student.given_name, student.family_name),
        student.grade,
        student.sis_id,
        student.student_number,
        student.district_username,
        student.school_sourced_id,
        student.legacy_id,
        False,
    )


def _class(roster_class: ClassRecord) -> Row:
    created_at = roster_class.created_at
    return (
        roster_class.name,
        fold(roster_class.name),
        roster_class.school_sourced_id,
        roster_class.term_sourced_id,
        roster_class.course_sourced_id,
        roster_class.period,
        roster_class.grade,
        roster_class.subject,
        roster_class.section_number,
        roster_class.sis_id,
        to_microseconds(created_at) if created_at else None,
        len(roster_class.student_sourced_ids),
    )


PERSON = ("given_name", "family_name", "sort_name")
SHAPES = {
    Kind.SCHOOLS: Shape(
        "shared_schools",
        ("name", "sort_name"),
        _school,
        counts=("class_count", "teacher_count", "student_count"),
    ),
    Kind.TERMS: Shape(
        "shared_terms",
        ("name", "starts_on", "ends_on"),
        _term,
        dates=frozenset({"starts_on", "ends_on"}),
    ),
    Kind.COURSES: Shape("shared_courses", ("name",), _course),
    Kind.TEACHERS: Shape("shared_teachers", (*PERSON, "roles"), _teacher),
    Kind.STUDENTS: Shape(
        "shared_students",
        (
            *PERSON,
            "grade",
            "sis_id",
            "student_number",
            "district_username",
            "school_sourced_id",
            "legacy_id",
            "unreadable",
        ),
        _student,
    ),
    Kind.CLASSES: Shape(
        "shared_classes",
        (
            "name",
            "sort_name",
            "school_sourced_id",
            "term_sourced_id",
            "course_sourced_id",
            "period",
            "grade",
            "subject",
            "section_number",
            "sis_id",
            "created_at",
            "student_count",
        ),
        _class,
    ),
}
