"""A school that shares much less than before, put to its admin (trust.md decision 4, F24)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock, sharing
from portal.models.sections import Section
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import HoldState
from portal.roster.sharing import Kind
from tests.sandbox_clever import Cast
from tests.sharing import ADA, ALGEBRA, MIDDLE, STUDY_HALL, ZOE, Sharing, lincoln, roster_class
from tests.web.browsing import Visitor

NewVisitor = Callable[[], Visitor]


@pytest.fixture
def shared(section: Section, cast: Cast) -> Sharing:
    """Ms Rivera's section is of the middle school's algebra, which is shared no more."""
    district = lincoln(cast)
    Section.update(
        district_sourced_id=cast.id,
        school_sourced_id=cast.schools[MIDDLE],
        class_sourced_id=ALGEBRA,
    ).execute()
    district.shares_no_more(Kind.CLASSES, ALGEBRA)
    district.shares_no_more(Kind.STUDENTS, ZOE)
    sharing.judge(district.connection, clock.now())
    return district


@pytest.fixture
def kim(new_visitor: NewVisitor, shared: Sharing, cast: Cast) -> Visitor:
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])
    return admin


def asked() -> SharingHold:
    hold: SharingHold = SharingHold.select().order_by(SharingHold.id.desc()).get()
    return hold


def page() -> str:
    return f"/overview/sharing-holds/{asked().public_id}"


def answers(admin: Visitor, answer: str) -> str:
    sent = admin.submit(page(), page(), answer=answer)
    return admin.page(sent.headers["location"]).text if sent.is_redirect else sent.text


def test_the_overview_puts_it_first_with_classes_students_and_since_when(kim: Visitor) -> None:
    text = kim.page("/school").text

    assert "Much of Lincoln Middle School is no longer shared 1 class · 1 student · since" in text
    assert "Nothing has been removed." in text


def test_its_page_names_what_went_and_says_that_nothing_is_removed(kim: Visitor) -> None:
    text = kim.page(page()).text

    assert "Nothing has been removed." in text
    assert "1 class that is not shared now Algebra I - Period 3" in text
    assert "1 student who is not shared now Zoë Núñez" in text
    assert "Let them go: 1 class, 1 student" in text


def test_students_whom_classes_no_longer_list_are_named_too(
    new_visitor: NewVisitor, cast: Cast
) -> None:
    district, teachers = lincoln(cast), [cast.teachers["Maria Rivera"]]
    smaller = roster_class(ALGEBRA, "Algebra I", cast.schools[MIDDLE], teachers, [ADA])
    district.shares(Kind.CLASSES, smaller)
    sharing.judge(district.connection, clock.now())
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])

    text = admin.page(page()).text
    assert "1 of 3 places in classes of this school" in text
    assert "1 place that a class no longer lists Zoë Núñez · Algebra I" in text
    assert "Let them go: 1 place in a class" in text


def test_keeping_everything_leaves_all_lists_as_they_are(kim: Visitor) -> None:
    assert "Everything stays as it is. Ruth Kim chose so today" in answers(kim, "keep")
    assert asked().state == HoldState.KEPT
    assert Section.get().class_gone_at is None
    assert "no longer shared" not in kim.page("/school").text


def test_letting_them_go_leaves_the_list_of_a_class_that_is_gone_to_be_read(kim: Visitor) -> None:
    assert "They may go. Ruth Kim chose so today" in answers(kim, "approve")
    assert asked().state == HoldState.APPLIED
    assert Section.get().class_gone_at is not None
    assert Enrollment.count(Section.get()) == 12
    assert "1 section: class no longer in Clever" in kim.page("/school").text


def test_a_stale_answer_is_refused(kim: Visitor, shared: Sharing) -> None:
    form = kim.page(page()).form(page()).fields
    shared.shares_no_more(Kind.CLASSES, STUDY_HALL)
    answer = kim.client.post(page(), data=form | {"answer": "approve"})

    assert answer.status_code == 422
    assert "What is shared has changed since you opened the page." in answer.text
    assert asked().state == HoldState.WAITING


def test_A58_a_school_admin_is_not_asked_about_another_school(kim: Visitor, cast: Cast) -> None:
    SharingHold.update(school_sourced_id=cast.schools["Lincoln High School"]).execute()

    assert kim.get(page()).status_code == 404
    assert kim.post(page(), answer="approve").status_code == 404
    assert "no longer shared" not in kim.page("/school").text


def test_A60_an_admin_of_another_district_is_not_asked(
    kim: Visitor, new_visitor: NewVisitor, shared: Sharing
) -> None:
    elsewhere = new_visitor()
    elsewhere.sign_in(elsewhere.sandbox.cast("Cedar Valley ISD").district_admins["Lee Morgan"])

    assert elsewhere.get(page()).status_code == 404
    assert elsewhere.post(page(), answer="approve").status_code == 404
    assert "no longer shared" not in elsewhere.page("/district").text
