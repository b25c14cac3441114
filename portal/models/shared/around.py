"""What stands beside a shared record on its page: its classes, its schools, its sections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from peewee import fn

from portal.models.base import tuples_of
from portal.models.shared.records import (
    ClassStudent,
    ClassTeacher,
    SharedClass,
    SharedPlace,
    SharedSchool,
    SharedTeacher,
    SharedTerm,
)
from portal.models.shared.scopes import Scope
from portal.roster.records import TeacherRecord
from portal.roster.sharing import Kind


def classes_of_student(scope: Scope, student: str) -> list[SharedClass]:
    """The classes of the scope that list this student today, by name."""
    listed = ClassStudent.select(ClassStudent.shared_class).where(
        (ClassStudent.sourced_id == student) & ClassStudent.ended_at.is_null()
    )
    query = SharedClass.select().where(SharedClass.id.in_(listed) & scope.of[Kind.CLASSES])
    return list(query.order_by(SharedClass.sort_name, SharedClass.id))


def class_names_of(scope: Scope, students: Collection[str]) -> dict[str, list[str]]:
    """The names of the classes of the scope that list each of these students today."""
    query = (
        ClassStudent.select(ClassStudent.sourced_id, SharedClass.name)
        .join(SharedClass)
        .where(
            ClassStudent.sourced_id.in_(list(students))
            & ClassStudent.ended_at.is_null()
            & scope.of[Kind.CLASSES]
        )
        .order_by(SharedClass.sort_name, SharedClass.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for student, name in tuples_of(query):
        found[student].append(name)
    return found


def class_count(scope: Scope, student: str) -> int:
    """How many classes list the student, the reader's and those of others."""
    query = ClassStudent.select().join(SharedClass)
    listed = (ClassStudent.sourced_id == student) & ClassStudent.ended_at.is_null()
    return int(query.where(listed & SharedClass.of(scope.connection)).count())


def class_counts(scope: Scope, teachers: Collection[str]) -> dict[str, int]:
    """How many classes of the scope each of these teachers has."""
    query = (
        ClassTeacher.select(ClassTeacher.sourced_id, fn.COUNT(ClassTeacher.shared_class))
        .join(SharedClass)
        .where(ClassTeacher.sourced_id.in_(list(teachers)) & scope.of[Kind.CLASSES])
        .group_by(ClassTeacher.sourced_id)
    )
    return dict(tuples_of(query))


def schools_of(scope: Scope, people: Collection[str]) -> dict[str, list[str]]:
    """The names of all shared schools of each of these people."""
    at_school = SharedPlace.school_sourced_id == SharedSchool.sourced_id
    query = (
        SharedSchool.select(SharedPlace.sourced_id, SharedSchool.name)
        .join(SharedPlace, on=at_school & (SharedPlace.connection == SharedSchool.connection))
        .where(
            SharedSchool.of(scope.connection)
            & (SharedPlace.connection == scope.connection)
            & SharedPlace.sourced_id.in_(list(people))
        )
        .order_by(SharedSchool.sort_name, SharedSchool.id)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for person, name in tuples_of(query):
        found[person].append(name)
    return found


def terms_of(scope: Scope, classes: Sequence[SharedClass]) -> dict[str, SharedTerm]:
    """The terms of these classes, by their id."""
    wanted = {each.term_sourced_id for each in classes} - {""}
    query = SharedTerm.select().where(
        SharedTerm.of(scope.connection) & SharedTerm.sourced_id.in_(list(wanted))
    )
    return {each.sourced_id: each for each in query}


def teachers_of(scope: Scope, classes: Sequence[SharedClass]) -> dict[int, list[TeacherRecord]]:
    """Who teaches each of these classes, the main teacher first, by the class's key."""
    teacher = (SharedTeacher.sourced_id, SharedTeacher.given_name, SharedTeacher.family_name)
    query = (
        SharedTeacher.select(ClassTeacher.shared_class, *teacher)
        .join(ClassTeacher, on=(ClassTeacher.sourced_id == SharedTeacher.sourced_id))
        .where(
            ClassTeacher.shared_class.in_([each.id for each in classes])
            & SharedTeacher.of(scope.connection)
        )
        .order_by(ClassTeacher.is_main.desc(), SharedTeacher.sort_name)
    )
    found: dict[int, list[TeacherRecord]] = defaultdict(list)
    for key, *names in tuples_of(query):
        found[key].append(TeacherRecord(*names))
    return found
