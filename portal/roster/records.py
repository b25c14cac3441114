"""What a provider says of people and classes, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may be; the role comes from the provider, never from a browser (S7)."""

    STUDENT = "student"
    TEACHER = "teacher"
    SCHOOL_ADMIN = "school_admin"
    DISTRICT_ADMIN = "district_admin"


@dataclass(frozen=True, slots=True)
class StudentRecord:
    """One student of a roster; with `PersonRecord`, every field kept of a student."""

    sourced_id: str
    given_name: str
    family_name: str
    grade: str = ""
    sis_id: str = ""
    student_number: str = ""
    district_username: str = ""
    school_sourced_id: str = ""
    legacy_id: str = ""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """Who signed in, as the provider describes them.

    `library_token` reads a teacher's own classes where she authorised us and no district did; it
    is no word about her, and is printed nowhere.
    """

    sourced_id: str
    district_sourced_id: str | None
    roles: tuple[Role, ...]
    given_name: str
    family_name: str
    grade: str = ""
    sis_id: str = ""
    student_number: str = ""
    district_username: str = ""
    school_sourced_ids: tuple[str, ...] = ()
    legacy_id: str = ""
    library_token: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class TeacherRecord:
    """A teacher of a class."""

    sourced_id: str
    given_name: str
    family_name: str


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    sourced_id: str
    name: str


@dataclass(frozen=True, slots=True)
class StaffPlaces:
    """Where somebody on the staff works."""

    district_name: str
    schools: tuple[SchoolRecord, ...]


@dataclass(frozen=True, slots=True)
class TermRecord:
    """A grading period; districts may send neither name nor dates."""

    sourced_id: str
    name: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """One class as its provider describes it, without its students' names."""

    sourced_id: str
    district_sourced_id: str | None
    name: str
    teacher_sourced_ids: tuple[str, ...]
    student_sourced_ids: tuple[str, ...]
    school_sourced_id: str = ""
    term_sourced_id: str = ""
    course_sourced_id: str = ""
    period: str = ""
    grade: str = ""
    subject: str = ""
    section_number: str = ""
    sis_id: str = ""
    created_at: datetime | None = None

    @property
    def main_teacher_sourced_id(self) -> str | None:
        return self.teacher_sourced_ids[0] if self.teacher_sourced_ids else None


@dataclass(frozen=True, slots=True)
class TeacherClasses:
    """Everything the picker needs of one teacher's classes, in one complete read."""

    classes: tuple[ClassRecord, ...]
    terms: dict[str, TermRecord]
    schools: dict[str, SchoolRecord]
    teachers: dict[str, TeacherRecord]
    students: dict[str, StudentRecord]
