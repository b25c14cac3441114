"""A district that shares with us, in few words: its records, and what the mirror says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal import clock
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.models.shared import writing
from portal.models.shared.records import ClassStudent, ClassTeacher, SharedClass, SharedPlace
from portal.models.shared.shapes import SHAPES
from portal.roster.records import ClassRecord, Role
from portal.roster.sharing import Differences, Kind, StudentListing, TeacherListing
from tests.rosters import DISTRICT, student


def connected_district() -> DistrictConnection:
    DistrictConnection.keep("clever", DISTRICT, "sealed", clock.now())
    found = DistrictConnection.of("clever", DISTRICT)
    assert found
    return found


def pupil(number: int, *schools: str, **changed: str) -> StudentListing:
    return StudentListing(student(number, **changed), schools or ("school1",))


def teacher(sourced_id: str = "t1", *schools: str, name: str = "Rivera") -> TeacherListing:
    return TeacherListing(sourced_id, "Maria", name, (Role.TEACHER,), schools or ("school1",))


def lesson(sourced_id: str, *students: int, teachers: tuple[str, ...] = ("t1",)) -> ClassRecord:
    listed = tuple(f"s{number:05}" for number in students)
    return ClassRecord(sourced_id, DISTRICT, f"Class {sourced_id}", teachers, listed, "school1")


def put(connection: DistrictConnection, kind: Kind, *values: Any, digest: int = 7) -> Differences:
    return write(
        lambda: writing.put(connection, kind, [(each, digest) for each in values], clock.now())
    )


def unshare(connection: DistrictConnection, kind: Kind, *sourced_ids: str) -> int:
    return write(lambda: writing.unshare(connection, kind, sourced_ids, clock.now()))


def shared_ids(model: Any, connection: DistrictConnection) -> set[str]:
    return {row.sourced_id for row in model.select().where(model.of(connection))}


def in_class(sourced_id: str) -> set[str]:
    """Who is in this class today."""
    query = ClassStudent.select().join(SharedClass)
    found = query.where((SharedClass.sourced_id == sourced_id) & ClassStudent.ended_at.is_null())
    return {row.sourced_id for row in found}


def teaching(sourced_id: str) -> dict[str, bool]:
    query = ClassTeacher.select().join(SharedClass).where(SharedClass.sourced_id == sourced_id)
    return {row.sourced_id: row.is_main for row in query}


def schools_of(sourced_id: str) -> set[str]:
    query = SharedPlace.select().where(SharedPlace.sourced_id == sourced_id)
    return {row.school_sourced_id for row in query}


def kept(kind: Kind, row: Any) -> Sequence[Any]:
    """What a row says of the provider's record."""
    return [getattr(row, column) for column in SHAPES[kind].columns]
