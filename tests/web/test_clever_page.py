"""The Clever page: its tabs, and what each kind of reader sees of a district (K1 to K5, Y15)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.districts import DistrictConnection
from portal.models.plans import PlanGrant, SubscriptionAdmin
from portal.models.shared.sharing_holds import SharingHold
from portal.plans import PlanSlug
from portal.roster.sharing import Kind
from tests.rosters import DISTRICT, algebra, section_of, students
from tests.sandbox_clever import Cast, RunningSandbox
from tests.sharing import ADA, GRACE, TABS, Sharing, lincoln, student
from tests.web.accounts import oduya, sign_in
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.syncs import read, rivera, section_page
from tests.web.tables import contents

NewVisitor = Callable[[], Visitor]


@pytest.fixture
def shared(maria: Visitor, cast: Cast) -> Sharing:
    """What Lincoln shares; Ms Rivera is signed in."""
    return lincoln(cast)


@pytest.fixture
def stranger(new_visitor: NewVisitor, sandbox: RunningSandbox) -> Visitor:
    """A teacher of another district."""
    visitor = new_visitor()
    visitor.sign_in(sandbox.cast("Cedar Valley ISD").teachers["Nina Alvarez"])
    return visitor


def texts(reader: Visitor) -> dict[str, str]:
    return {tab: reader.page(f"/clever/{tab}").text for tab in TABS}


def find(reader: Visitor, tab: str, words: str) -> str:
    return Page.of(reader.post(f"/clever/{tab}", search=words).text).text


def test_clever_stands_in_the_navigation_and_leads_a_teacher_to_her_classes(
    shared: Sharing, maria: Visitor
) -> None:
    assert maria.page("/dashboard").links["Clever"] == "/clever"
    assert maria.page("/clever").title.startswith("Classes in Clever")


def test_an_admin_is_led_to_the_schools(
    shared: Sharing, new_visitor: NewVisitor, cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])

    assert admin.page("/district").links["Clever"] == "/clever"
    assert admin.page("/clever").title.startswith("Schools in Clever")


def test_a_teacher_with_a_password_alone_has_no_clever_page(visitor: Visitor, cast: Cast) -> None:
    lincoln(cast)
    oduya()
    sign_in(visitor)

    assert "Clever" not in visitor.page("/dashboard").links
    assert visitor.get("/clever/classes").status_code == 404


def test_a_student_has_no_clever_page(shared: Sharing, visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in(cast.students["Ada Byrne"])

    assert "Clever" not in visitor.page("/home").links
    assert visitor.get("/clever/students").status_code == 404


def test_k1_a_teacher_sees_her_classes_their_students_and_who_teaches_with_her(
    shared: Sharing, maria: Visitor
) -> None:
    seen = texts(maria)

    assert "Lincoln Middle School" in seen["schools"]
    assert "Lincoln High School" not in seen["schools"]
    assert "Maria Rivera (you)" in seen["teachers"]
    assert "Daniel Okafor" in seen["teachers"]
    assert "Lindqvist" not in seen["teachers"]
    assert "Geometry" not in seen["classes"]
    assert "Grace" not in seen["students"]
    assert all("Schools 1 Teachers 2 Classes 2 Students 2" in text for text in seen.values())


def test_k3_a_teacher_is_told_why_she_sees_so_few_teachers(shared: Sharing, maria: Visitor) -> None:
    assert "You see yourself and who teaches a class with you." in texts(maria)["teachers"]


def test_k3_who_administers_a_subscription_sees_all_teachers_and_nothing_else_more(
    shared: Sharing, maria: Visitor
) -> None:
    rivera = Account.get(Account.family_name == "Rivera")
    now, connection = clock.now(), shared.connection
    SubscriptionAdmin.name(rivera, connection, None, now)
    PlanGrant.grant("clever", shared.district, PlanSlug.PREMIUM_PLUS, now)
    seen = texts(maria)

    assert "Sofia Lindqvist" in seen["teachers"]
    assert "You see yourself" not in seen["teachers"]
    assert "Schools 1 Teachers 3 Classes 2 Students 2" in seen["teachers"]

    PlanGrant.grant("clever", shared.district, PlanSlug.FREE, now)
    assert "Lindqvist" not in texts(maria)["teachers"]


def test_k3_a_school_admin_sees_her_school_and_those_who_attend_it_as_a_second_one(
    shared: Sharing, new_visitor: NewVisitor, cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.staffs["Omar Haddad"])  # of the high school
    seen = texts(admin)

    assert "Schools 1 Teachers 2 Classes 1 Students 2" in seen["schools"]
    assert "Middle" not in seen["schools"]
    assert "Ada Byrne" in seen["students"]
    assert "Zoë" not in seen["students"]
    assert "Rivera" not in seen["teachers"]


def test_k3_a_district_admin_sees_all_of_the_district(
    shared: Sharing, new_visitor: NewVisitor, cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])

    assert "Schools 2 Teachers 3 Classes 3 Students 3" in texts(admin)["students"]


def test_a60_another_district_shows_nothing_of_this_one(shared: Sharing, stranger: Visitor) -> None:
    seen = " ".join(texts(stranger).values())

    assert not any(name in seen for name in ("Lincoln", "Rivera", "Algebra", "Ada"))
    assert stranger.get(f"/clever/students/{ADA}").status_code == 404


def test_k1_what_is_no_longer_shared_is_shown_nowhere_and_comes_back(
    shared: Sharing, maria: Visitor
) -> None:
    shared.shares_no_more(Kind.STUDENTS, ADA)
    assert "Ada" not in texts(maria)["students"]
    assert maria.get(f"/clever/students/{ADA}").status_code == 404

    shared.shares(Kind.STUDENTS, student(ADA, "Ada Byrne", "school"))
    assert "Ada Byrne" in texts(maria)["students"]


def test_a58_a_student_of_others_and_one_of_nobody_look_the_same(
    shared: Sharing, maria: Visitor
) -> None:
    theirs = maria.get(f"/clever/students/{GRACE}")
    nobodys = maria.get("/clever/students/64b0000000000000000000ff")

    assert theirs.status_code == nobodys.status_code == 404
    assert Page.of(theirs.text).text == Page.of(nobodys.text).text


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("byrne ada", "Ada Byrne"),
        ("NUNEZ", "Zoë Núñez"),
        ("400101", "Ada Byrne"),
        ("S2002", "Zoë Núñez"),
    ],
)
def test_students_are_found_by_words_in_any_order_and_by_number(
    shared: Sharing, maria: Visitor, words: str, found: str
) -> None:
    text = find(maria, "students", words)

    assert found in text
    assert ("Ada Byrne" in text) != ("Zoë Núñez" in text)


@pytest.mark.parametrize("tab", TABS)
def test_a_search_without_a_find_says_why_and_leads_on(
    shared: Sharing, maria: Visitor, tab: str
) -> None:
    answer = maria.post(f"/clever/{tab}", search="Nobody 99")

    assert "shared with you has that name" in answer.text
    assert Page.of(answer.text).links["Show all"] == f"/clever/{tab}"


def test_v04_no_search_stands_in_an_address(shared: Sharing, maria: Visitor) -> None:
    assert "Grace" not in maria.page("/clever/students?search=grace").text
    assert "Ada Byrne" in maria.page("/clever/students?search=grace").text


def test_hp1_a_search_never_finds_a_child_who_is_not_hers(shared: Sharing, maria: Visitor) -> None:
    assert "Grace" not in find(maria, "students", "nakamura")
    assert "No student shared with you has that name" in find(maria, "students", "grace")


def test_y15_the_three_hops_are_told_apart(shared: Sharing, maria: Visitor) -> None:
    text = maria.page("/clever/classes").text

    assert "Shared by Lincoln USD Successful" in text
    assert "From school records to Clever: today at" in text
    assert "From Clever to here: today at" in text


def test_y15_a_section_tells_its_own_hops_apart(maria: Visitor, cast: Cast) -> None:
    Sharing(DISTRICT)
    section = section_of(algebra(teachers=(cast.teachers["Maria Rivera"],)), rivera())
    read(section, *students(2))
    text = section_page(maria, section)

    assert "From school records to Clever: today at" in text
    assert "From Clever to this section: today at" in text


@pytest.mark.parametrize(
    ("state", "word"),
    [("pending", "Pending"), ("error", "Error"), ("running", "In progress"), ("paused", "Paused")],
)
def test_the_district_is_said_to_be_as_clever_says(
    shared: Sharing, maria: Visitor, state: str, word: str
) -> None:
    shared.says(state=state)

    assert f"Shared by Lincoln USD {word}" in maria.page("/clever/classes").text


def test_y14_a_pause_says_until_when(shared: Sharing, maria: Visitor) -> None:
    shared.says(pause_starts_on=date(2020, 1, 1), pause_ends_on=date(2999, 8, 10))

    assert "Paused until Aug 10, 2999" in maria.page("/clever/classes").text


def test_what_waits_for_an_admin_is_on_hold_here(shared: Sharing, maria: Visitor) -> None:
    now = clock.now()
    counts = ("student_count", "class_count", "enrollment_count")
    before = ("students_before", "classes_before", "enrollments_before")
    SharingHold.create(
        connection=shared.connection,
        since=now,
        until=now,
        created_at=now,
        expires_at=now.replace(year=2999),
        **dict.fromkeys((*counts, *before), 1),
    )

    assert "On hold here" in maria.page("/clever/classes").text


def test_a_district_that_left_says_so_and_shows_nothing(shared: Sharing, maria: Visitor) -> None:
    shared.says(revoked_at=clock.now())
    text = maria.page("/clever/students").text

    assert "Your district has stopped sharing with Rosterly" in text
    assert "Ada" not in text


def test_before_a_district_is_known_the_page_says_when_it_will_be(maria: Visitor) -> None:
    DistrictConnection.delete().execute()

    assert "We have not read what your district shares yet" in maria.page("/clever").text


def test_k8_a_message_to_the_clever_admin_is_ready_to_copy(shared: Sharing, maria: Visitor) -> None:
    text = maria.page("/clever/schools").text

    assert "Not here? It is not shared with Rosterly." in text
    assert "To Pat Lowell, who looks after Clever for your district" in text
    assert "Hello Pat Lowell, I cannot see my school in Rosterly." in text


@pytest.mark.parametrize("tab", TABS)
def test_looking_changes_nothing(shared: Sharing, maria: Visitor, tab: str) -> None:
    """But for the audit log, which notes once a day who has seen whom (V09)."""
    for page in (f"/clever/{tab}", f"/clever/students/{ADA}"):
        maria.page(page)
    before = contents(leaving_out=frozenset({"sessions"}))
    for page in (f"/clever/{tab}", f"/clever/students/{ADA}"):
        maria.page(page)

    assert contents(leaving_out=frozenset({"sessions"})) == before
