"""What a district shares, record by record, as values; `roster.records` has the rest of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.roster.records import ClassRecord, Role, SchoolRecord, StudentRecord, TermRecord


class Kind(StrEnum):
    """The kinds of record a district shares, in the order in which they are read and saved.

    Classes come last: who and what they name is there before them.
    """

    SCHOOLS = "schools"
    TERMS = "terms"
    COURSES = "courses"
    TEACHERS = "teachers"
    STUDENTS = "students"
    CLASSES = "classes"


@dataclass(frozen=True, slots=True)
class DistrictRecord:
    """How the provider says a district is doing.

    `state` is the provider's own word (Clever page "Districts": running, pending, error, paused,
    success, or none), `records_at` when school records last reached it, `contact_name` whom the
    district names for questions.
    """

    sourced_id: str
    name: str = ""
    state: str = ""
    records_at: datetime | None = None
    pause_starts_on: date | None = None
    pause_ends_on: date | None = None
    contact_name: str = ""


@dataclass(frozen=True, slots=True)
class CourseRecord:
    sourced_id: str
    name: str


@dataclass(frozen=True, slots=True)
class TeacherListing:
    """A teacher with all that they are, and each of their schools, the main one first."""

    sourced_id: str
    given_name: str
    family_name: str
    roles: tuple[Role, ...]
    school_sourced_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StudentListing:
    """A student with each of their schools, the main one first."""

    record: StudentRecord
    school_sourced_ids: tuple[str, ...] = ()

    @property
    def sourced_id(self) -> str:
        return self.record.sourced_id


@dataclass(frozen=True, slots=True)
class Differences:
    """By how much what a district shares differed from what we had."""

    added: int = 0
    changed: int = 0
    unshared: int = 0
    returned: int = 0
    skipped: int = 0

    def __add__(self, other: Differences) -> Differences:
        return Differences(
            self.added + other.added,
            self.changed + other.changed,
            self.unshared + other.unshared,
            self.returned + other.returned,
            self.skipped + other.skipped,
        )


@dataclass(frozen=True, slots=True)
class OwnClasses:
    """A teacher's classes and all that they name, in one whole read of that teacher's alone.

    `unreadable` are classes of theirs whose record nobody could use; `all_named` is false when
    there may be more of them. Who or what is missing here may well be shared.
    """

    schools: tuple[SchoolRecord, ...]
    terms: tuple[TermRecord, ...]
    courses: tuple[CourseRecord, ...]
    teachers: tuple[TeacherListing, ...]
    students: tuple[StudentListing, ...]
    classes: tuple[ClassRecord, ...]
    unreadable: frozenset[str] = frozenset()
    all_named: bool = True

    def of(self, kind: Kind) -> tuple[Any, ...]:
        """The records of one kind."""
        records: tuple[Any, ...] = getattr(self, kind)
        return records

    @property
    def taught(self) -> frozenset[str]:
        """The ids of all classes that the read names as this teacher's."""
        return frozenset(each.sourced_id for each in self.classes) | self.unreadable


class Fate(StrEnum):
    """What has become of a record: it is shared like this, or is not, or nobody could read it."""

    SHARED = "shared"
    UNSHARED = "unshared"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Change:
    """One record's news; `listing` is the record where it is shared."""

    kind: Kind
    sourced_id: str
    fate: Fate
    listing: Any = None


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a provider's feed, with what it means here: often nothing at all."""

    event_id: str
    told_at: datetime | None
    changes: tuple[Change, ...] = ()
