"""What a district shares, written by its one writer: compared, marked, never deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.database import write
from portal.models.sections import Section
from portal.models.shared import writing
from portal.models.shared.records import (
    ClassStudent,
    SharedClass,
    SharedSchool,
    SharedStudent,
    SharedTeacher,
    SharedTerm,
)
from portal.roster.records import SchoolRecord, TermRecord
from portal.roster.sharing import CourseRecord, Differences, Kind
from tests.mirror.sharing import (
    connected_district,
    in_class,
    lesson,
    pupil,
    put,
    schools_of,
    shared_ids,
    teacher,
    teaching,
    unshare,
)
from tests.rosters import RIVERA, account_of, algebra, section_of
from tests.statements import queries

pytestmark = pytest.mark.usefixtures("database")


def outdated() -> set[str]:
    return {
        row.class_sourced_id for row in Section.select().where(Section.outdated_at.is_null(False))
    }


def a_section(sourced_id: str = "c1") -> Section:
    return section_of(algebra(sourced_id), account_of(RIVERA))


def test_each_kind_is_kept_with_its_published_fields():
    district = connected_district()
    put(district, Kind.SCHOOLS, SchoolRecord("school1", "Élan High"))
    term = TermRecord("term1", "S1", clock.now().date(), None)
    put(district, Kind.TERMS, term)
    put(district, Kind.COURSES, CourseRecord("course1", "Algebra"))
    put(district, Kind.TEACHERS, teacher("t1", "school1", "school2"))
    put(district, Kind.STUDENTS, pupil(1, "school1"))
    assert SharedSchool.get().sort_name == "elan high"
    assert (SharedTerm.get().starts_on, SharedTerm.get().ends_on) == (term.starts_on, None)
    assert SharedTeacher.get().roles == "teacher"
    assert SharedStudent.get().sis_id == "000001"
    assert schools_of("t1") == {"school1", "school2"}
    assert schools_of("s00001") == {"school1"}


def test_the_same_listing_twice_changes_nothing_and_moves_no_time():
    district = connected_district()
    for kind, value in (
        (Kind.TERMS, TermRecord("term1", "S1", clock.now().date())),
        (Kind.STUDENTS, pupil(1)),
        (Kind.CLASSES, lesson("c1", 1, 2)),
    ):
        assert put(district, kind, value) == Differences(added=1)
        assert put(district, kind, value) == Differences()
        assert put(district, kind, value, digest=0) == Differences()
    assert SharedClass.get().digest == 7


def test_other_words_for_the_same_fields_move_the_digest_alone():
    district = connected_district()
    put(district, Kind.STUDENTS, pupil(1), digest=7)
    before = SharedStudent.get()
    assert put(district, Kind.STUDENTS, pupil(1), digest=8) == Differences()
    assert SharedStudent.get().digest == 8
    assert SharedStudent.get().changed_at == before.changed_at


def test_a_renamed_student_has_another_name_to_sort_by():
    district = connected_district()
    put(district, Kind.STUDENTS, pupil(1), pupil(2))
    assert put(district, Kind.STUDENTS, pupil(1, family_name="Åberg")).changed == 1
    renamed = SharedStudent.get(SharedStudent.sourced_id == "s00001")
    assert renamed.sort_name.startswith("aberg")


def test_a_class_list_changes_by_its_difference():
    district = connected_district()
    put(district, Kind.CLASSES, lesson("c1", 1, 2, 3))
    assert put(district, Kind.CLASSES, lesson("c1", 2, 3, 4)).changed == 1
    assert in_class("c1") == {"s00002", "s00003", "s00004"}
    assert ClassStudent.select().count() == 4
    put(district, Kind.CLASSES, lesson("c1", 1, 2, 3, 4))
    assert in_class("c1") == {"s00001", "s00002", "s00003", "s00004"}
    assert ClassStudent.select().count() == 4


def test_the_main_teacher_and_co_teachers_follow_the_class():
    district = connected_district()
    put(district, Kind.CLASSES, lesson("c1", teachers=("t1", "t2")))
    assert teaching("c1") == {"t1": True, "t2": False}
    assert put(district, Kind.CLASSES, lesson("c1", teachers=("t2", "t3"))).changed == 1
    assert teaching("c1") == {"t2": True, "t3": False}


def test_somebody_who_changes_schools_is_listed_at_the_new_ones():
    district = connected_district()
    put(district, Kind.TEACHERS, teacher("t1", "school1", "school2"))
    assert put(district, Kind.TEACHERS, teacher("t1", "school2", "school3")).changed == 1
    assert schools_of("t1") == {"school2", "school3"}


def test_what_is_unshared_keeps_its_row_and_comes_back_to_it():
    district = connected_district()
    put(district, Kind.STUDENTS, pupil(1), pupil(2))
    row = SharedStudent.get(SharedStudent.sourced_id == "s00001")
    assert unshare(district, Kind.STUDENTS, "s00001", "nobody") == 1
    assert unshare(district, Kind.STUDENTS, "s00001") == 0
    assert shared_ids(SharedStudent, district) == {"s00002"}
    assert put(district, Kind.STUDENTS, pupil(1)) == Differences(returned=1)
    back = SharedStudent.get_by_id(row.id)
    assert back.unshared_at is None
    assert back.shared_at > row.shared_at


def test_a_changed_class_outdates_its_section_alone():
    district = connected_district()
    a_section("c1"), a_section("c2")
    put(district, Kind.CLASSES, lesson("c1", 1), lesson("c2", 2))
    assert outdated() == {"c1", "c2"}
    Section.update(outdated_at=None).execute()
    put(district, Kind.CLASSES, lesson("c1", 1, 3), lesson("c2", 2), digest=8)
    assert outdated() == {"c1"}


def test_a_student_who_changes_goes_or_returns_outdates_their_classes():
    district = connected_district()
    a_section("c1"), a_section("c2")
    put(district, Kind.STUDENTS, pupil(1), pupil(2))
    put(district, Kind.CLASSES, lesson("c1", 1), lesson("c2", 2))
    for step in (
        lambda: put(district, Kind.STUDENTS, pupil(1, family_name="Other"), pupil(2)),
        lambda: unshare(district, Kind.STUDENTS, "s00001"),
        lambda: put(district, Kind.STUDENTS, pupil(1, family_name="Other")),
    ):
        Section.update(outdated_at=None).execute()
        step()
        assert outdated() == {"c1"}


def test_a_class_that_goes_outdates_its_section_and_an_archived_one_sleeps():
    district = connected_district()
    put(district, Kind.CLASSES, lesson("c1", 1), lesson("c2", 2))
    a_section("c1")
    Section.update(archived_at=clock.now()).where(Section.id == a_section("c2").id).execute()
    unshare(district, Kind.CLASSES, "c1", "c2")
    assert outdated() == {"c1"}


def test_who_is_listed_unreadably_is_listed_without_a_name():
    district = connected_district()
    put(district, Kind.STUDENTS, pupil(1))
    write(lambda: writing.list_unreadable(district, ["s00001", "s00002"], clock.now()))
    assert shared_ids(SharedStudent, district) == {"s00001"}
    assert SharedStudent.get(SharedStudent.sourced_id == "s00002").unreadable
    put(district, Kind.STUDENTS, pupil(2))
    assert shared_ids(SharedStudent, district) == {"s00001", "s00002"}


def test_a_row_younger_than_the_read_is_left_alone():
    district = connected_district()
    began = clock.now() - timedelta(seconds=5)
    put(district, Kind.STUDENTS, pupil(1, family_name="New"))
    older = [(pupil(1, family_name="Old"), 9)]
    found = write(lambda: writing.put(district, Kind.STUDENTS, older, clock.now(), as_of=began))
    assert found == Differences()
    gone = write(
        lambda: writing.unshare(district, Kind.STUDENTS, ["s00001"], clock.now(), as_of=began)
    )
    assert gone == 0
    assert SharedStudent.get().family_name == "New"


def test_one_id_may_be_a_students_and_then_a_teachers():
    district = connected_district()
    put(district, Kind.STUDENTS, pupil(1))
    assert put(district, Kind.TEACHERS, teacher("s00001")).added == 1


def test_a_thousand_students_take_as_many_statements_as_one():
    district = connected_district()
    one = queries(lambda: put(district, Kind.STUDENTS, pupil(1)))
    many = queries(lambda: put(district, Kind.STUDENTS, *map(pupil, range(2, 1002))))
    assert len(many) == len(one)
