"""A district's shared records in the tables, as a read would have left them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from portal import clock
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.models.shared.records import (
    ClassStudent,
    ClassTeacher,
    SharedClass,
    SharedPlace,
    SharedSchool,
    SharedStudent,
    SharedTeacher,
    SharedTerm,
)
from portal.roster.names import fold, sort_key


class Sharing:
    """One district; every verb shares one record more."""

    def __init__(self, district: str, name: str = "Lincoln USD", state: str = "success") -> None:
        now = clock.now()
        DistrictConnection.keep("clever", district, "", now)
        DistrictConnection.update(
            name=name, state=state, contact_name="Pat Lowell", records_at=now, read_at=now
        ).where(DistrictConnection.district_sourced_id == district).execute()
        found = DistrictConnection.of("clever", district)
        assert found is not None
        self.connection = found

    def school(self, sourced_id: str, name: str) -> None:
        self._record(SharedSchool, sourced_id, name=name, sort_name=fold(name))
        self._count(school_count=DistrictConnection.school_count + 1)

    def term(self, sourced_id: str, name: str) -> None:
        self._record(SharedTerm, sourced_id, name=name)

    def teacher(self, sourced_id: str, given: str, family: str, schools: Collection[str]) -> None:
        names = {"given_name": given, "family_name": family, "sort_name": sort_key(given, family)}
        self._record(SharedTeacher, sourced_id, roles="teacher", **names)
        self._place(sourced_id, schools)
        self._count(teacher_count=DistrictConnection.teacher_count + 1)

    def student(
        self, sourced_id: str, given: str, family: str, schools: Collection[str], **said: str
    ) -> None:
        kept = ("grade", "sis_id", "student_number", "district_username", "legacy_id")
        names = {"given_name": given, "family_name": family, "sort_name": sort_key(given, family)}
        fields = {name: said.get(name, "") for name in kept}
        first = next(iter(schools), "")
        self._record(SharedStudent, sourced_id, school_sourced_id=first, **names, **fields)
        self._place(sourced_id, schools)
        self._count(student_count=DistrictConnection.student_count + 1)

    def klass(
        self,
        sourced_id: str,
        name: str,
        school: str,
        teachers: Collection[str],
        students: Collection[str],
    ) -> SharedClass:
        empty = ("term_sourced_id", "course_sourced_id", "period", "grade", "subject")
        made = self._record(
            SharedClass,
            sourced_id,
            name=name,
            sort_name=fold(name),
            school_sourced_id=school,
            student_count=len(students),
            section_number="",
            sis_id="",
            **dict.fromkeys(empty, ""),
        )
        for number, each in enumerate(teachers):
            ClassTeacher.insert(shared_class=made, sourced_id=each, is_main=not number).execute()
        for each in students:
            ClassStudent.insert(shared_class=made, sourced_id=each).execute()
        self._count(class_count=DistrictConnection.class_count + 1)
        return made

    def _record(self, model: Any, sourced_id: str, **columns: Any) -> Any:
        now: datetime = clock.now()
        times = {"digest": 1, "shared_at": now, "changed_at": now}
        return write(
            lambda: model.create(
                connection=self.connection, sourced_id=sourced_id, **times, **columns
            )
        )

    def _place(self, sourced_id: str, schools: Collection[str]) -> None:
        for each in schools:
            SharedPlace.insert(
                connection=self.connection, sourced_id=sourced_id, school_sourced_id=each
            ).execute()

    def _count(self, **columns: Any) -> None:
        DistrictConnection.update(**columns).where(
            DistrictConnection.id == self.connection.id
        ).execute()


def lincoln(cast: Any) -> Sharing:
    """A middle and a high school: Ms Rivera and Mr Okafor share a class, and each has another."""
    shared = Sharing(cast.id)
    middle, high = (cast.schools[f"Lincoln {each} School"] for each in ("Middle", "High"))
    shared.school(middle, "Lincoln Middle School")
    shared.school(high, "Lincoln High School")
    rivera, okafor = (cast.teachers[each] for each in ("Maria Rivera", "Daniel Okafor"))
    lindqvist = cast.teachers["Sofia Lindqvist"]
    shared.teacher(rivera, "Maria", "Rivera", [middle])
    shared.teacher(okafor, "Daniel", "Okafor", [middle, high])
    shared.teacher(lindqvist, "Sofia", "Lindqvist", [high])
    shared.student("s1", "Ada", "Byrne", [middle, high], grade="8", sis_id="400101")
    shared.student("s2", "Zoë", "Núñez", [middle], grade="8", student_number="S2002")
    shared.student("s3", "Grace", "Nakamura", [high], grade="10")
    shared.klass("c1", "Algebra I - Period 3", middle, [rivera, okafor], ["s1", "s2"])
    shared.klass("c2", "Study Hall", middle, [rivera], ["s1"])
    shared.klass("c3", "Geometry II", high, [okafor, lindqvist], ["s1", "s3"])
    return shared
