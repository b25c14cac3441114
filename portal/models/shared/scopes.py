"""Which of a district's records somebody may see, by the role they use (K3, A58)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from portal.models.districts import DistrictConnection
from portal.models.shared.records import (
    ClassStudent,
    ClassTeacher,
    SharedClass,
    SharedPlace,
    SharedRecord,
    SharedSchool,
    SharedStudent,
    SharedTeacher,
)
from portal.roster.sharing import Kind

SHOWN: Mapping[Kind, type[SharedRecord]] = {
    Kind.SCHOOLS: SharedSchool,
    Kind.TEACHERS: SharedTeacher,
    Kind.CLASSES: SharedClass,
    Kind.STUDENTS: SharedStudent,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """A condition for each kind of record; `whole` are the kinds of which all are seen."""

    connection: DistrictConnection
    of: Mapping[Kind, Any]
    whole: frozenset[Kind] = frozenset()


def of_district(connection: DistrictConnection) -> Scope:
    """All that the district shares."""
    every = {kind: model.of(connection) for kind, model in SHOWN.items()}
    return Scope(connection, every, frozenset(every))


def of_schools(connection: DistrictConnection, schools: Collection[str]) -> Scope:
    """These schools, and whoever works or learns there, be it their second school."""
    own = list(schools)
    placed = SharedPlace.select(SharedPlace.sourced_id).where(
        (SharedPlace.connection == connection) & SharedPlace.school_sourced_id.in_(own)
    )
    return _narrowed(
        connection,
        schools=SharedSchool.sourced_id.in_(own),
        teachers=SharedTeacher.sourced_id.in_(placed),
        classes=SharedClass.school_sourced_id.in_(own),
        students=SharedStudent.sourced_id.in_(placed),
    )


def taught_by(connection: DistrictConnection, teacher_sourced_id: str) -> Scope:
    """A teacher's classes and their students, those who teach them with her, and their schools."""
    listed = ClassTeacher.select(ClassTeacher.shared_class).where(
        ClassTeacher.sourced_id == teacher_sourced_id
    )
    own = SharedClass.of(connection) & SharedClass.id.in_(listed)
    keys = SharedClass.select(SharedClass.id).where(own)
    return _narrowed(
        connection,
        schools=_schools_around(connection, teacher_sourced_id, own),
        teachers=(SharedTeacher.sourced_id == teacher_sourced_id)
        | SharedTeacher.sourced_id.in_(
            ClassTeacher.select(ClassTeacher.sourced_id).where(ClassTeacher.shared_class.in_(keys))
        ),
        classes=SharedClass.id.in_(listed),
        students=SharedStudent.sourced_id.in_(
            ClassStudent.select(ClassStudent.sourced_id).where(
                ClassStudent.shared_class.in_(keys) & ClassStudent.ended_at.is_null()
            )
        ),
    )


def with_all_teachers(scope: Scope) -> Scope:
    """The same, and every teacher of the district (K3)."""
    every = {**scope.of, Kind.TEACHERS: SharedTeacher.of(scope.connection)}
    return replace(scope, of=every, whole=scope.whole | {Kind.TEACHERS})


def _schools_around(connection: DistrictConnection, teacher: str, classes: Any) -> Any:
    """Where the teacher works, and where the classes are."""
    works = SharedPlace.select(SharedPlace.school_sourced_id).where(
        (SharedPlace.connection == connection) & (SharedPlace.sourced_id == teacher)
    )
    held = SharedClass.select(SharedClass.school_sourced_id).where(classes)
    return SharedSchool.sourced_id.in_(works) | SharedSchool.sourced_id.in_(held)


def _narrowed(connection: DistrictConnection, **conditions: Any) -> Scope:
    every = {kind: model.of(connection) & conditions[kind] for kind, model in SHOWN.items()}
    return Scope(connection, every)
