"""A district admin names who sees all teachers by a plan for several schools (K3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.plans import PlanGrant, SubscriptionAdmin
from portal.plans import PlanSlug
from tests.sandbox_clever import Cast
from tests.sharing import Sharing, lincoln
from tests.web.browsing import Visitor
from tests.web.html import Page

PAGE = "/district/subscription"


@pytest.fixture
def shared(maria: Visitor, cast: Cast) -> Sharing:
    return lincoln(cast)


@pytest.fixture
def pat(shared: Sharing, new_visitor: Callable[[], Visitor], cast: Cast) -> Visitor:
    """The district's admin."""
    visitor = new_visitor()
    visitor.sign_in(cast.district_admins["Pat Lowell"])
    return visitor


def find(admin: Visitor, words: str) -> Page:
    return Page.of(admin.post(PAGE, search=words).text)


def test_a_teacher_who_is_named_sees_all_teachers_until_she_is_removed(
    pat: Visitor, maria: Visitor, cast: Cast
) -> None:
    rivera = Account.get(Account.family_name == "Rivera")
    pat.post(f"{PAGE}/{cast.teachers['Maria Rivera']}")
    named, seen = pat.page(PAGE).text, maria.page("/clever/teachers").text
    pat.post(f"{PAGE}/{rivera.public_id}/removal")

    assert "Maria Rivera" in named
    assert "Sofia Lindqvist" in seen
    assert "Nobody yet." in pat.page(PAGE).text
    assert "Sofia Lindqvist" not in maria.page("/clever/teachers").text


def test_staff_who_have_been_here_are_found_by_name(pat: Visitor) -> None:
    assert "Maria Rivera" in find(pat, "rivera").text
    assert "has been here yet" in find(pat, "Lindqvist").text


def test_students_are_not_found(pat: Visitor) -> None:
    assert "Ada" not in find(pat, "Byrne").text.partition("Found")[2]


def test_a_student_cannot_be_named(pat: Visitor, cast: Cast) -> None:
    assert pat.post(f"{PAGE}/{cast.students['Ada Byrne']}").status_code == 404
    assert SubscriptionAdmin.select().count() == 0


def test_an_empty_search_is_an_error_at_the_field(pat: Visitor) -> None:
    answer = pat.post(PAGE, search=" ")

    assert answer.status_code == 422
    assert Page.of(answer.text).title.startswith("Error: Who sees all teachers")


def test_where_no_plan_has_them_the_page_is_not_there(pat: Visitor, cast: Cast) -> None:
    before = PAGE in pat.page("/district").links.values()
    PlanGrant.grant("clever", cast.id, PlanSlug.FREE, clock.now())

    assert before
    assert PAGE not in pat.page("/district").links.values()
    assert pat.get(PAGE).status_code == 404


def test_a_school_admin_has_no_such_page(
    shared: Sharing, new_visitor: Callable[[], Visitor], cast: Cast
) -> None:
    ruth = new_visitor()
    ruth.sign_in(cast.staffs["Ruth Kim"])

    assert ruth.get(PAGE).status_code == 404
    assert PAGE not in ruth.page("/school").links.values()


def test_v09_naming_and_removing_is_audited_without_names(pat: Visitor, cast: Cast) -> None:
    rivera = Account.get(Account.family_name == "Rivera")
    pat.post(f"{PAGE}/{cast.teachers['Maria Rivera']}")
    pat.post(f"{PAGE}/{rivera.public_id}/removal")
    told = AuditEvent.select().where(AuditEvent.action.startswith("subscription."))

    assert [each.action for each in told] == ["subscription.named", "subscription.dismissed"]
    assert {each.subject for each in told} == {rivera.public_id}
