"""A teacher's classes with their evidence, as the mirror of what the district shares has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from portal.models.accounts import LinkedAccount
from portal.models.base import tuples_of
from portal.models.districts import DistrictConnection
from portal.models.shared.records import ClassStudent, ClassTeacher, SharedTerm
from portal.models.shared.scopes import SHOWN, taught_by
from portal.roster.records import (
    ClassRecord,
    SchoolRecord,
    StudentRecord,
    TeacherClasses,
    TeacherRecord,
    TermRecord,
)
from portal.roster.sharing import Kind

STUDENT = ("sourced_id", "given_name", "family_name", "grade")
TEACHER = ("sourced_id", "given_name", "family_name")
TERM = ("sourced_id", "name", "starts_on", "ends_on")
CLASS = (
    *("sourced_id", "name", "school_sourced_id", "term_sourced_id", "course_sourced_id"),
    *("period", "grade", "subject", "section_number", "sis_id", "created_at"),
)


def classes_of(identity: LinkedAccount, since: datetime) -> TeacherClasses | None:
    """The classes this person teaches; None where the district was not read since then."""
    district = identity.district_sourced_id
    connection = DistrictConnection.of(identity.provider, district) if district else None
    if connection is None or connection.mirrored_at is None or connection.mirrored_at < since:
        return None
    scope = taught_by(connection, identity.sourced_id).of
    found = list(SHOWN[Kind.CLASSES].select().where(scope[Kind.CLASSES]))
    teachers, students = _taught(found), _listed(found)
    return TeacherClasses(
        tuple(_record(each, district, teachers[each.id], students[each.id]) for each in found),
        {each.sourced_id: TermRecord(**_columns(each, TERM)) for each in _terms(connection, found)},
        {
            each.sourced_id: SchoolRecord(each.sourced_id, each.name)
            for each in _all(scope, Kind.SCHOOLS)
        },
        {
            each.sourced_id: TeacherRecord(**_columns(each, TEACHER))
            for each in _all(scope, Kind.TEACHERS)
        },
        {
            each.sourced_id: StudentRecord(**_columns(each, STUDENT))
            for each in _all(scope, Kind.STUDENTS)
        },
    )


def _record(
    found: Any, district: str | None, teachers: list[str], students: list[str]
) -> ClassRecord:
    return ClassRecord(
        district_sourced_id=district,
        teacher_sourced_ids=tuple(teachers),
        student_sourced_ids=tuple(students),
        **_columns(found, CLASS),
    )


def _columns(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _all(scope: Any, kind: Kind) -> Iterable[Any]:
    return SHOWN[kind].select().where(scope[kind])


def _terms(connection: DistrictConnection, classes: list[Any]) -> Iterable[Any]:
    ids = {each.term_sourced_id for each in classes}
    return SharedTerm.select().where(
        SharedTerm.of(connection) & SharedTerm.sourced_id.in_(list(ids))
    )


def _taught(classes: list[Any]) -> dict[int, list[str]]:
    """The main teacher first, as the provider lists them."""
    keys = [each.id for each in classes]
    listed = ClassTeacher.select(ClassTeacher.shared_class, ClassTeacher.sourced_id)
    main_first = ClassTeacher.is_main.desc(), ClassTeacher.sourced_id
    return _by_class(listed.where(ClassTeacher.shared_class.in_(keys)).order_by(*main_first))


def _listed(classes: list[Any]) -> dict[int, list[str]]:
    today = ClassStudent.shared_class.in_([each.id for each in classes])
    listed = ClassStudent.select(ClassStudent.shared_class, ClassStudent.sourced_id)
    return _by_class(listed.where(today & ClassStudent.ended_at.is_null()))


def _by_class(query: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key, sourced_id in tuples_of(query):
        found[key].append(sourced_id)
    return found
