"""What a district shares, put into the tables by the mirror's own writer, as a read would."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from portal import clock
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.models.shared import tabs, writing
from portal.models.shared.scopes import SHOWN, of_district
from portal.roster.records import ClassRecord, Role, SchoolRecord, StudentRecord, TermRecord
from portal.roster.sharing import Kind, StudentListing, TeacherListing
from tests.sandbox_clever import Cast

ADA, ZOE, GRACE = ("64b00000000000000000000" + each for each in "123")
ALGEBRA, STUDY_HALL, GEOMETRY = ("64c00000000000000000000" + each for each in "123")
TERM = "64d000000000000000000001"
TABS = ("schools", "teachers", "classes", "students")
MIDDLE, HIGH = "Lincoln Middle School", "Lincoln High School"


class Sharing:
    """One district's connection, and what it shares."""

    def __init__(self, district: str, name: str = "Lincoln USD") -> None:
        now = clock.now()
        write(lambda: DistrictConnection.keep("clever", district, "", now))
        self.district = district
        self.says(name=name, state="success", contact_name="Pat Lowell", records_at=now)
        self.says(read_at=now)

    @property
    def connection(self) -> DistrictConnection:
        found = DistrictConnection.of("clever", self.district)
        assert found is not None
        return found

    def says(self, **columns: Any) -> None:
        """Facts of the district itself."""
        DistrictConnection.update(**columns).where(
            DistrictConnection.district_sourced_id == self.district
        ).execute()

    def shares(self, kind: Kind, *records: Any) -> None:
        pairs = [(record, 0) for record in records]
        for start in range(0, len(pairs), 50):
            part = pairs[start : start + 50]
            write(partial(writing.put, self.connection, kind, part, clock.now()))
        self.counted()

    def shares_no_more(self, kind: Kind, *sourced_ids: str) -> None:
        write(lambda: writing.unshare(self.connection, kind, sourced_ids, clock.now()))
        self.counted()

    def counted(self) -> None:
        """As at the end of a whole read."""
        whole = of_district(self.connection)
        for kind, column in tabs.COUNTED.items():
            self.says(**{column: SHOWN[kind].select().where(whole.of[kind]).count()})


def teacher(sourced_id: str, name: str, *schools: str) -> TeacherListing:
    return TeacherListing(sourced_id, *name.split(), (Role.TEACHER,), schools)


def student(sourced_id: str, name: str, *schools: str, **more: str) -> StudentListing:
    given, family = name.split()
    record = StudentRecord(sourced_id, given, family, school_sourced_id=schools[0], **more)
    return StudentListing(record, schools)


def roster_class(
    sourced_id: str,
    name: str,
    school: str,
    teachers: Sequence[str],
    students: Sequence[str],
    district: str = "",
) -> ClassRecord:
    return ClassRecord(sourced_id, district, name, tuple(teachers), tuple(students), school, TERM)


def lincoln(cast: Cast) -> Sharing:
    """Two schools: Ms Rivera and Mr Okafor share a class, and each has another.

    Ada is at both schools; Zoë and Grace at one each. Ms Lindqvist teaches with Mr Okafor.
    """
    shared = Sharing(cast.id)
    middle, high = cast.schools[MIDDLE], cast.schools[HIGH]
    rivera, okafor, lindqvist = (
        cast.teachers[name] for name in ("Maria Rivera", "Daniel Okafor", "Sofia Lindqvist")
    )
    shared.shares(Kind.SCHOOLS, SchoolRecord(middle, MIDDLE), SchoolRecord(high, HIGH))
    shared.shares(Kind.TERMS, TermRecord(TERM, "Term 2"))
    shared.shares(
        Kind.TEACHERS,
        teacher(rivera, "Maria Rivera", middle),
        teacher(okafor, "Daniel Okafor", middle, high),
        teacher(lindqvist, "Sofia Lindqvist", high),
    )
    shared.shares(
        Kind.STUDENTS,
        student(ADA, "Ada Byrne", middle, high, grade="8", sis_id="400101"),
        student(ZOE, "Zoë Núñez", middle, grade="8", student_number="S2002"),
        student(GRACE, "Grace Nakamura", high, grade="10"),
    )
    shared.shares(
        Kind.CLASSES,
        roster_class(ALGEBRA, "Algebra I - Period 3", middle, [rivera, okafor], [ADA, ZOE]),
        roster_class(STUDY_HALL, "Study Hall", middle, [rivera], [ADA]),
        roster_class(GEOMETRY, "Geometry II", high, [okafor, lindqvist], [ADA, GRACE]),
    )
    return shared
