"""A district that shares much less than before is put to its admins (trust.md decision 4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from portal import clock, reconciling, sharing
from portal.database import write
from portal.models.accounts import LinkedAccount
from portal.models.admins import attention
from portal.models.admins.admin_scopes import AdminScope
from portal.models.audit import AuditEvent
from portal.models.guard_numbers import GuardNumbers
from portal.models.sections import Section
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldState
from portal.models.syncs.sync_runs import RunState
from portal.roster.guard import Numbers
from portal.roster.records import Role
from tests.mirror_follows.district import (
    ReadDistrict,
    as_it_is,
    last_run,
    listed,
    section_for,
    time_passes,
)
from tests.rosters import RIVERA, account_of, reading, staff, student, synced

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(hours=24)
FORTNIGHT = timedelta(days=14)


@pytest.fixture
def district() -> ReadDistrict:
    """Two schools: one of ten classes of ten, one of ten classes of thirty."""
    found = ReadDistrict()
    for number in range(10):
        found.enrol(f"a{number}", range(10 * number + 1, 10 * number + 11), "school1")
        found.enrol(f"b{number}", range(30 * number + 1001, 30 * number + 1031), "school2")
    found.read()
    return found


@pytest.fixture
def sections(district: ReadDistrict) -> list[Section]:
    """Those of the first three classes of school 1."""
    made = [section_for(district, f"a{number}") for number in range(3)]
    district.follow()
    return made


def loses_two_classes(district: ReadDistrict) -> SharingHold:
    """20 of 100 enrollments and 2 of 10 classes; the students stay."""
    for sourced_id in ("a0", "a1"):
        del district.classes[sourced_id]
    district.night()
    (hold,) = district.holds()
    return hold


def loses_students(district: ReadDistrict, *numbers: int) -> None:
    for number in numbers:
        district.students.pop(number, None)
    district.night()


def in_school_1(district: ReadDistrict) -> list[SharingHold]:
    return [hold for hold in district.holds() if hold.school_sourced_id == "school1"]


def test_a_tenth_is_not_too_much_and_one_more_is(district: ReadDistrict) -> None:
    loses_students(district, *range(1, 11))
    assert district.holds() == []

    loses_students(district, 11)
    (hold,) = district.holds()
    assert hold.school_sourced_id == "school1"
    assert (hold.student_count, hold.students_before) == (11, 100)
    assert (hold.enrollment_count, hold.enrollments_before) == (11, 100)
    assert (hold.class_count, hold.classes_before) == (0, 10)


def test_a_school_and_the_district_go_by_the_numbers_that_were_set(district: ReadDistrict) -> None:
    admin, now = staff(), clock.now()
    for school, percent in (("school1", 20), ("", 4)):
        numbers = Numbers(unshared_percent=percent)
        write(partial(GuardNumbers.set, district.connection, school, numbers, admin, now))
    loses_students(district, *range(1, 17))  # 16 of 400 are 4 %, and of the school's 100 16.
    assert district.holds() == []

    loses_students(district, 17)
    assert [hold.student_count for hold in district.holds()] == [17]


def test_a_tenth_of_the_classes_is_not_too_much_and_one_more_is(district: ReadDistrict) -> None:
    district.enrol("a10", [])
    del district.classes["a10"], district.classes["a0"]
    district.night()
    assert district.holds() == []

    del district.classes["a1"]
    district.night()
    (hold,) = district.holds()
    assert (hold.class_count, hold.classes_before) == (2, 10)
    assert [each.sourced_id for each in hold.classes()] == ["a0", "a1"]


def test_enrollments_alone_are_too_much_where_students_and_classes_stay(
    district: ReadDistrict,
) -> None:
    district.enrol("a0", [1, 2, 3, 4])
    district.enrol("a1", [11, 12, 13, 14, 15])
    district.night()
    (hold,) = district.holds()
    assert (hold.enrollment_count, hold.enrollments_before) == (11, 100)
    assert (hold.student_count, hold.class_count) == (0, 0)


def test_small_steps_of_one_day_count_together_and_those_of_two_days_do_not(
    district: ReadDistrict,
) -> None:
    loses_students(district, *range(1, 8))
    time_passes(DAY + timedelta(minutes=1))
    loses_students(district, *range(8, 15))
    assert district.holds() == []

    time_passes(DAY - timedelta(minutes=1))
    loses_students(district, *range(15, 18))
    (hold,) = district.holds()
    assert (hold.student_count, hold.students_before) == (10, 93)


def test_a_district_over_the_tenth_asks_each_school_that_lost_anything(
    district: ReadDistrict,
) -> None:
    district.enrol("c1", range(5001, 5051), "school3")
    district.read()
    loses_students(district, *range(1001, 1047))
    assert {hold.school_sourced_id for hold in district.holds()} == {"school2"}

    loses_students(district, 1)
    assert {hold.school_sourced_id for hold in district.holds()} == {"school1", "school2"}


def test_while_it_waits_no_section_loses_its_class_or_a_student(
    district: ReadDistrict, sections: list[Section]
) -> None:
    del district.students[21]
    loses_two_classes(district)

    assert [as_it_is(each).class_gone_at for each in sections] == [None, None, None]
    assert listed(sections[2]) == {*range(21, 31)}
    assert last_run(sections[2]).held_count == 1


def test_adds_and_updates_go_on_while_it_waits(
    district: ReadDistrict, sections: list[Section]
) -> None:
    loses_two_classes(district)
    district.enrol("a2", [*range(21, 31), 500])
    district.night()
    assert listed(sections[2]) == {*range(21, 31), 500}


def test_it_ends_by_itself_when_all_is_back_and_so_do_the_sections_questions(
    district: ReadDistrict, sections: list[Section]
) -> None:
    before = dict(district.classes), dict(district.students)
    places = {row.id for row in Enrollment.select().where(Enrollment.ended_at.is_null())}
    del district.students[21]
    hold = loses_two_classes(district)
    district.classes, district.students = before
    district.night()

    assert SharingHold.get_by_id(hold.id).state == HoldState.DISSOLVED
    assert not Hold.select().where(Hold.state == HoldState.WAITING).exists()
    assert {row.id for row in Enrollment.select().where(Enrollment.ended_at.is_null())} == places
    assert [as_it_is(each).outdated_at for each in sections] == [None, None, None]


def test_approved_the_classes_are_gone_the_students_are_removed_and_nobody_is_asked_again(
    district: ReadDistrict, sections: list[Section]
) -> None:
    del district.students[21]
    hold = loses_two_classes(district)
    admin = staff()

    assert sharing.approve(hold, admin, hold.digest)
    assert [as_it_is(each).class_gone_at is not None for each in sections] == [True, True, False]
    assert listed(sections[0]) == {*range(1, 11)}
    assert listed(sections[2]) == {*range(22, 31)}
    district.night()
    assert district.holds() == []
    event = AuditEvent.get(AuditEvent.action == "sharing_hold.applied")
    assert (event.actor, event.subject) == (admin.public_id, hold.public_id)


def test_a_loss_after_the_approval_is_counted_for_itself(district: ReadDistrict) -> None:
    hold = loses_two_classes(district)
    assert sharing.approve(hold, staff(), hold.digest)
    del district.classes["a2"]
    district.night()
    (again,) = district.holds()
    assert (again.class_count, again.classes_before) == (1, 8)


def test_kept_this_very_loss_is_not_proposed_again_for_a_fortnight(
    district: ReadDistrict, sections: list[Section]
) -> None:
    del district.students[21]
    hold = loses_two_classes(district)
    assert sharing.keep(hold, staff(), hold.digest)
    district.night()
    assert district.holds() == []
    assert [as_it_is(each).class_gone_at for each in sections] == [None, None, None]
    assert listed(sections[2]) == {*range(21, 31)}

    time_passes(FORTNIGHT)
    district.night()
    assert [each.class_count for each in district.holds()] == [2]


def test_kept_it_is_asked_again_once_the_loss_is_another(district: ReadDistrict) -> None:
    hold = loses_two_classes(district)
    assert sharing.keep(hold, staff(), hold.digest)
    del district.classes["a2"]
    district.night()
    assert [each.class_count for each in district.holds()] == [3]


def test_after_a_fortnight_it_expires_removes_nothing_and_is_asked_anew(
    district: ReadDistrict, sections: list[Section]
) -> None:
    hold = loses_two_classes(district)
    time_passes(FORTNIGHT)
    SharingHold.expire(clock.now())
    assert SharingHold.get_by_id(hold.id).state == HoldState.EXPIRED
    assert not sharing.approve(hold, staff(), hold.digest)

    district.night()
    (again,) = district.holds()
    assert (again.id != hold.id, again.class_count) == (True, 2)
    assert [as_it_is(each).class_gone_at for each in sections] == [None, None, None]


def test_an_answer_to_what_is_no_longer_so_is_refused(district: ReadDistrict) -> None:
    hold = loses_two_classes(district)
    del district.classes["a2"]
    district.read()
    assert not sharing.approve(hold, staff(), hold.digest)

    (counted_anew,) = district.holds()
    assert counted_anew.class_count == 3
    assert not sharing.keep(counted_anew, staff(), hold.digest)
    assert sharing.keep(counted_anew, staff(), counted_anew.digest)
    assert not sharing.approve(counted_anew, staff(), counted_anew.digest)


def test_counting_twice_says_the_same(district: ReadDistrict) -> None:
    hold = loses_two_classes(district)
    reconciling.judge(district.connection, clock.now())
    (same,) = district.holds()
    assert same.__data__ == hold.__data__


def test_a_teachers_own_sync_waits_for_the_admin_too(
    district: ReadDistrict, sections: list[Section]
) -> None:
    loses_two_classes(district)
    stay = [student(number) for number in range(22, 31)]
    run = synced(sections[2], reading(*stay, roster_class=district.classes["a2"]))
    assert (run.state, run.held_count) == (RunState.HELD, 1)


@pytest.mark.parametrize("answer", [sharing.approve, sharing.keep])
def test_an_answer_for_the_school_is_none_about_whom_a_later_sync_asks(
    district: ReadDistrict, sections: list[Section], answer: Any
) -> None:
    hold = loses_two_classes(district)
    stay = [student(number) for number in range(22, 31)]
    asked = synced(sections[2], reading(*stay, roster_class=district.classes["a2"]))

    assert answer(hold, staff(), hold.digest)
    assert 21 in listed(sections[2])
    assert Hold.get(Hold.run == asked).state == HoldState.WAITING


def test_admins_of_a_school_are_shown_what_is_theirs(district: ReadDistrict) -> None:
    hold = loses_two_classes(district)
    now = clock.now()
    assert list(SharingHold.waiting_for(district.connection, ["school1"], now)) == [hold]
    assert list(SharingHold.waiting_for(district.connection, ["school2"], now)) == []


def test_the_question_about_a_school_hides_only_what_it_asks_too(
    district: ReadDistrict, sections: list[Section]
) -> None:
    """A sync that read Clever later asks about students whom the district still shares."""
    admin = account_of(replace(RIVERA, sourced_id="a1", roles=(Role.DISTRICT_ADMIN,)))
    scope = AdminScope.of_district(LinkedAccount.get(LinkedAccount.account == admin))
    loses_two_classes(district)
    section = sections[2]
    read = reading(*map(student, range(21, 25)), roster_class=district.classes["a2"])
    synced(section, read)

    (held,) = attention.held_lists(scope, clock.now())
    assert (held.section_count, held.student_count) == (1, 6)
    district.enrol("a2", range(21, 25))
    district.read()
    assert attention.held_lists(scope, clock.now()) == []
