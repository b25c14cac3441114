"""Find a person: within one's own schools, with what is known and what may be done (AD1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.entrance.sessions import Session
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import Role
from portal.roster.sharing import Kind
from tests.sandbox_clever import Cast
from tests.sharing import ADA, GRACE, MIDDLE, ZOE, Sharing, lincoln
from tests.web.browsing import Visitor
from tests.web.html import Page

NewVisitor = Callable[[], Visitor]
PEOPLE = "/overview/people"


@pytest.fixture
def shared(maria: Visitor, cast: Cast) -> Sharing:
    """What Lincoln shares; of its people Ms Rivera alone has been here."""
    return lincoln(cast)


@pytest.fixture
def kim(new_visitor: NewVisitor, shared: Sharing, cast: Cast) -> Visitor:
    """Ms Kim, the middle school's admin."""
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])
    return admin


@pytest.fixture
def lowell(new_visitor: NewVisitor, shared: Sharing, cast: Cast) -> Visitor:
    """Pat Lowell, the district's admin."""
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])
    return admin


def finds(admin: Visitor, search: str) -> Page:
    return Page.of(admin.submit(PEOPLE, PEOPLE, search=search).text)


def test_a_search_finds_students_and_staff_by_any_part_of_their_name(kim: Visitor) -> None:
    assert "Zoë Núñez" in finds(kim, "nunez").links
    assert "Maria Rivera" in finds(kim, "RIV mar").links


def test_a_student_is_found_by_number(kim: Visitor) -> None:
    assert "Zoë Núñez" in finds(kim, "S2002").links
    assert "Ada Byrne" in finds(kim, "400101").links


def test_a_school_admin_finds_the_people_of_her_school_alone(kim: Visitor, lowell: Visitor) -> None:
    assert "Nobody of yours has that name" in finds(kim, "Nakamura").text
    assert kim.get(f"{PEOPLE}/{GRACE}").status_code == 404
    assert "Grace Nakamura" in finds(lowell, "Nakamura").links


def test_a_student_at_two_schools_is_found_by_both_with_the_classes_of_their_own(
    kim: Visitor, lowell: Visitor
) -> None:
    assert "Geometry II" not in kim.page(f"{PEOPLE}/{ADA}").text
    assert "Geometry II" in lowell.page(f"{PEOPLE}/{ADA}").text


def test_A60_nobody_of_another_district_is_found(new_visitor: NewVisitor, shared: Sharing) -> None:
    elsewhere = new_visitor()
    cast = elsewhere.sandbox.cast("Cedar Valley ISD")
    elsewhere.sign_in(cast.district_admins["Lee Morgan"])

    for name in ("Rivera", "Byrne", "Kim"):
        assert "Nobody of yours has that name" in finds(elsewhere, name).text
    assert elsewhere.get(f"{PEOPLE}/{ADA}").status_code == 404


def test_nothing_typed_is_an_error_at_the_field(kim: Visitor) -> None:
    answer = kim.submit(PEOPLE, PEOPLE, search=" ")

    assert answer.status_code == 422
    assert Page.of(answer.text).title.startswith("Error:")
    assert "Type a name or a student number" in answer.text


def test_a_name_never_stands_in_an_address(kim: Visitor) -> None:
    page = finds(kim, "Byrne")

    assert all("yrne" not in address for address in page.links.values())
    assert all(form.method == "post" for form in page.forms)


def test_the_page_of_a_person_says_what_is_shared_and_what_is_here(
    kim: Visitor, cast: Cast
) -> None:
    text = kim.page(f"{PEOPLE}/{ZOE}").text
    assert "Student · Grade 8 · Lincoln Middle School" in text
    assert "None yet." in text
    assert "Algebra I - Period 3" in text

    text = kim.page(f"{PEOPLE}/{cast.teachers['Maria Rivera']}").text
    assert "Clever, connected today" not in text
    assert "Last sign-in today at" in text
    assert "@" not in text


def test_a_person_who_is_shared_no_more_is_found_by_their_account(
    kim: Visitor, shared: Sharing, cast: Cast
) -> None:
    shared.shares_no_more(Kind.TEACHERS, cast.teachers["Maria Rivera"])

    assert "Not shared today" in finds(kim, "Rivera").text
    assert "Not shared today" in kim.page(f"{PEOPLE}/{cast.teachers['Maria Rivera']}").text


def test_sections_and_what_syncs_did_stand_on_a_students_page(
    kim: Visitor, section: Section, cast: Cast
) -> None:
    school = cast.schools[MIDDLE]
    Section.update(district_sourced_id=cast.id, school_sourced_id=school).execute()
    account = Enrollment.select().first().account
    LinkedAccount.update(
        district_sourced_id=cast.id, school_sourced_ids=school, sourced_id=ZOE
    ).where(LinkedAccount.account == account).execute()
    text = kim.page(f"{PEOPLE}/{ZOE}").text

    assert "Sections here Algebra I since" in text
    assert "Algebra I Added" in text


def test_a44_signing_somebody_out_ends_every_session_of_theirs_at_once(
    kim: Visitor, maria: Visitor, cast: Cast
) -> None:
    page = f"{PEOPLE}/{cast.teachers['Maria Rivera']}"
    assert maria.get("/dashboard").status_code == 200
    kim.submit(page, f"{page}/sign-out")

    assert maria.get("/dashboard").headers["location"].startswith("/sign-in")
    assert "Signed out on every device." in kim.page(f"{page}?done=1").text
    event = AuditEvent.get(AuditEvent.action == "sign_out_person")
    assert (event.subject, event.counts) == (rivera().public_id, '{"sessions": 1}')


def rivera() -> Account:
    account: Account = Account.get(Account.family_name == "Rivera")
    return account


def test_an_admin_signs_out_neither_themselves_nor_who_looks_after_more(
    kim: Visitor, lowell: Visitor, cast: Cast
) -> None:
    Session.update(seen_at=clock.now()).execute()
    both = (cast.staffs["Ruth Kim"], cast.district_admins["Pat Lowell"])
    LinkedAccount.update(school_sourced_ids=cast.schools[MIDDLE]).where(
        LinkedAccount.sourced_id.in_(both)
    ).execute()
    before = Session.select().count()

    for person in both:
        assert kim.get(f"{PEOPLE}/{person}").status_code == 200
        assert kim.post(f"{PEOPLE}/{person}/sign-out").status_code == 404
    assert Session.select().count() == before
    assert Role.DISTRICT_ADMIN in LinkedAccount.get(sourced_id=both[1]).role_list
