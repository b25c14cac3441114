"""The roster of a section's class, as the mirror of what its district shares has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from portal.database import one_moment
from portal.models.districts import DistrictConnection
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.models.shared.records import ClassStudent, ClassTeacher, SharedClass, SharedStudent
from portal.roster.records import ClassRecord, StudentRecord
from portal.roster.snapshot import RosterSnapshot


@dataclass(frozen=True, slots=True)
class MirroredRoster:
    """What the mirror says of a class: its roster, or None where it is not shared.

    `as_of` is when the provider was read for it, or None where that never was.
    """

    snapshot: RosterSnapshot | None
    as_of: datetime | None


def roster_of(section: Section) -> MirroredRoster:
    """The roster of the section's class, all of it as it was at one moment."""
    with one_moment():
        connection = DistrictConnection.of(section.provider, section.district_sourced_id)
        if connection is None or connection.mirrored_at is None:
            return MirroredRoster(None, None)
        return MirroredRoster(_snapshot(section, connection), connection.mirrored_at)


def shared_in(section: Section, connection: DistrictConnection) -> frozenset[str]:
    """The students whom the district shares in the section's class today."""
    found = _snapshot(section, connection)
    return found.unreadable | found.students.keys() if found else frozenset()


def _snapshot(section: Section, connection: DistrictConnection) -> RosterSnapshot | None:
    """Who is listed without a shared record is unshared; whose record is unreadable stays."""
    sourced_id = section.class_sourced_id
    found: SharedClass | None = _CLASS.first(connection=connection, sourced_id=sourced_id)
    if found is None:
        return None
    listed = _LISTED.all(connection=connection, shared_class=found)
    students = [StudentRecord(*row[:-1]) for row in listed if row[-1] is not None and not row[-1]]
    unreadable = frozenset(row[0] for row in listed if row[-1])
    return RosterSnapshot(
        _record(section, found),
        {student.sourced_id: student for student in students},
        unreadable,
        len(unreadable),
        unshared_count=len(listed) - len(students) - len(unreadable),
        as_of=connection.mirrored_at,
    )


def _record(section: Section, found: SharedClass) -> ClassRecord:
    return ClassRecord(
        sourced_id=found.sourced_id,
        district_sourced_id=section.district_sourced_id,
        name=found.name,
        teacher_sourced_ids=tuple(row[0] for row in _TEACHERS.all(shared_class=found)),
        student_sourced_ids=(),
        school_sourced_id=found.school_sourced_id,
        term_sourced_id=found.term_sourced_id,
        course_sourced_id=found.course_sourced_id,
        period=found.period,
        grade=found.grade,
        subject=found.subject,
        section_number=found.section_number,
        sis_id=found.sis_id,
        created_at=found.created_at,
    )


def _listed(connection: Any, shared_class: Any) -> Any:
    """Each student whom the class lists, with the columns of their record where it is shared."""
    theirs = SharedStudent
    shared = (
        (theirs.connection == connection)
        & (theirs.sourced_id == ClassStudent.sourced_id)
        & theirs.unshared_at.is_null()
    )
    return (
        ClassStudent.select(
            theirs.sourced_id,
            theirs.given_name,
            theirs.family_name,
            theirs.grade,
            theirs.sis_id,
            theirs.student_number,
            theirs.district_username,
            theirs.school_sourced_id,
            theirs.legacy_id,
            theirs.unreadable,
        )
        .join(theirs, JOIN.LEFT_OUTER, on=shared)
        .where((ClassStudent.shared_class == shared_class) & ClassStudent.ended_at.is_null())
        .order_by(ClassStudent.sourced_id)
        .tuples()
    )


_CLASS = Prepared(
    lambda connection, sourced_id: SharedClass.select().where(
        SharedClass.of(connection) & (SharedClass.sourced_id == sourced_id)
    )
)
_LISTED = Prepared(_listed)
# The main teacher first, as the provider lists them.
_TEACHERS = Prepared(
    lambda shared_class: (
        ClassTeacher.select(ClassTeacher.sourced_id)
        .where(ClassTeacher.shared_class == shared_class)
        .order_by(ClassTeacher.is_main.desc(), ClassTeacher.sourced_id)
        .tuples()
    )
)
