"""A district of any size in the mirror, put there by its own writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from random import Random
from typing import Any
from zlib import crc32

from portal import clock
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.models.shared import writing
from portal.models.shared.counting import count_again
from portal.roster.records import ClassRecord, SchoolRecord, StudentRecord
from portal.roster.sharing import Kind, StudentListing
from portal.sandbox.districts.names import made_up_name

A_CLASS, A_SCHOOL, CLASSES_EACH = 60, 500, 6
BATCH = {Kind.CLASSES: 50}


def share(district: str, name: str, size: int) -> list[StudentListing]:
    """So many students in schools of 500, each in six classes of 60."""
    write(lambda: DistrictConnection.keep("clever", district, "", clock.now()))
    connection = DistrictConnection.of("clever", district)
    assert connection is not None
    own = f"{crc32(district.encode()):08x}"  # Clever's ids are unique across districts.
    students = list(_students(own, size, Random(name)))
    schools = list(dict.fromkeys(each.record.school_sourced_id for each in students))
    _put(connection, Kind.SCHOOLS, [SchoolRecord(each, f"School {each[-4:]}") for each in schools])
    _put(connection, Kind.STUDENTS, students)
    _put(connection, Kind.CLASSES, list(_classes(own, students, district)))
    count_again(connection)
    return students


def _students(own: str, size: int, random: Random) -> Iterator[StudentListing]:
    for number in range(size):
        given, family = made_up_name(random)
        given_too, _ = made_up_name(random)
        school = f"{own}school{number // A_SCHOOL:04}"
        record = StudentRecord(
            f"{own}{number:016}",
            given,
            f"{family}-{given_too}",
            grade="7",
            sis_id=f"{number:06}",
            school_sourced_id=school,
        )
        yield StudentListing(record, (school,))


def _classes(own: str, students: Sequence[StudentListing], district: str) -> Iterator[ClassRecord]:
    for start in range(0, len(students), A_CLASS):
        group = students[start : start + A_CLASS]
        for number in range(CLASSES_EACH):
            yield ClassRecord(
                f"{own}class{start:010}{number}",
                district,
                f"Class {start // A_CLASS + 1} {number + 1}",
                (),
                tuple(each.sourced_id for each in group),
                group[0].record.school_sourced_id,
            )


def _put(connection: DistrictConnection, kind: Kind, records: Sequence[Any]) -> None:
    size = BATCH.get(kind, 1000)
    for start in range(0, len(records), size):
        part = [(record, 0) for record in records[start : start + size]]
        write(partial(writing.put, connection, kind, part, clock.now()))
