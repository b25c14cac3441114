"""A student's pages: only today's classes, and every lesson in the class it was marked in."""

from __future__ import annotations

import pytest

from portal import clock
from portal.models.accounts import LinkedAccount
from portal.models.lessons import LessonCompletion
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import StudentRecord
from tests.rosters import RIVERA, account_of, algebra, reading, section_of, synced
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.html import Page

COURSE = "maps-and-numbers"
LESSON = "where-am-i"


@pytest.fixture
def ada(visitor: Visitor, cast: Cast) -> Visitor:
    visitor.sign_in(cast.students["Ada Byrne"])
    return visitor


@pytest.fixture
def classes(ada: Visitor, cast: Cast) -> list[Section]:
    """Two classes of Ada's on one course."""
    rivera, made = account_of(RIVERA), []
    for sourced_id, name in (("c1", "Algebra"), ("c2", "Band")):
        section = section_of(algebra(sourced_id, name=name), rivera)
        Section.update(course_slug=COURSE).where(Section.id == section.id).execute()
        record = StudentRecord(cast.students["Ada Byrne"], "Ada", "Byrne")
        synced(section, reading(record, roster_class=algebra(sourced_id, name=name)))
        made.append(section)
    return made


def completion(section: Section) -> str:
    return f"/classes/{section.public_id}/lessons/{LESSON}/completion"


def test_a_lesson_is_marked_once_for_the_account_and_the_page_of_that_class_comes_back(
    ada: Visitor, classes: list[Section]
) -> None:
    band = classes[1]
    answer = ada.post(completion(band), done="1")
    ada.post(completion(band), done="1")

    assert answer.headers["location"].endswith(f"/classes/{band.public_id}")
    assert LessonCompletion.select().count() == 1
    assert "Done" in Page.of(ada.get(f"/classes/{classes[0].public_id}").text).text


def test_a_mark_can_be_taken_back(ada: Visitor, classes: list[Section]) -> None:
    ada.post(completion(classes[0]), done="1")
    ada.post(completion(classes[0]), done="0")

    assert LessonCompletion.select().count() == 0


def test_a_lesson_of_no_course_of_the_class_does_not_exist(
    ada: Visitor, classes: list[Section]
) -> None:
    unknown = completion(classes[0]).replace(LESSON, "no-such-lesson")

    assert ada.post(unknown, done="1").status_code == 404


def test_a_class_that_was_left_is_named_for_thirty_days_and_cannot_be_opened(
    ada: Visitor, classes: list[Section]
) -> None:
    Enrollment.update(ended_at=clock.now()).where(Enrollment.section == classes[0]).execute()

    assert "You left this class" in ada.page("/home").text
    assert ada.get(f"/classes/{classes[0].public_id}").status_code == 404
    assert ada.post(completion(classes[0]), done="1").status_code == 404


def test_a_student_of_no_class_sees_the_waiting_page(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in(cast.students["Nowhere Yet"])

    assert "has not added you to a class yet" in visitor.page("/home").text
    assert LinkedAccount.select().count() == 1
