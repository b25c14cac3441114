"""How shared students stand here, and what is shared about each (K5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.database import write
from portal.models import own_sections
from portal.models.accounts import Account
from portal.models.merging.told_apart import ToldApart
from portal.models.own_sections import OwnDetails
from portal.models.plans import PlanGrant
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.overrides import RosterOverride
from portal.plans import PlanSlug
from portal.roster.records import PersonRecord, Role, StudentRecord
from portal.roster.secrets import LoginType
from portal.roster.sharing import Kind
from tests.rosters import account_of, algebra, section_of
from tests.sandbox_clever import Cast
from tests.sharing import ADA, ALGEBRA, GRACE, Sharing, lincoln, student
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.syncs import read, rivera

NewVisitor = Callable[[], Visitor]
OLD_ADA = "64b0000000000000000000aa"


@pytest.fixture
def shared(maria: Visitor, cast: Cast) -> Sharing:
    return lincoln(cast)


@pytest.fixture
def algebra_section(shared: Sharing, cast: Cast) -> Section:
    """Ms Rivera's section of the class with Ada and Zoë, nobody in it yet."""
    return section_of(algebra(ALGEBRA, (cast.teachers["Maria Rivera"],)), rivera())


def pupil(shared: Sharing, sourced_id: str, sis_id: str = "") -> Account:
    return account_of(
        PersonRecord(sourced_id, shared.district, (Role.STUDENT,), "Ada", "Byrne", sis_id=sis_id)
    )


def joins(section: Section, account: Account) -> Enrollment:
    return Enrollment.join(section, account, clock.now())


def row(visitor: Visitor, name: str = "Ada Byrne") -> str:
    """What the list says of somebody, up to the next name."""
    text = visitor.page("/clever/students").text.replace(" ,", ",")
    after = text.partition(f"{name} ")[2]
    return after.partition("Zoë")[0].partition("Not here?")[0]


def test_k5_a_student_of_no_section_is_shared_all_the_same(shared: Sharing, maria: Visitor) -> None:
    assert row(maria) == "8 Algebra I - Period 3, Study Hall Shared, not in a section "


def test_k5_a_student_in_a_section_is_said_to_be(
    shared: Sharing, maria: Visitor, algebra_section: Section
) -> None:
    joins(algebra_section, pupil(shared, ADA))

    assert "Shared and in a section" in row(maria)


def test_k5_who_left_is_said_to_have_left_and_when(
    shared: Sharing, maria: Visitor, algebra_section: Section
) -> None:
    joins(algebra_section, pupil(shared, ADA))
    Enrollment.update(ended_at=clock.now().replace(year=2020, month=11, day=3)).execute()

    assert "Left on Nov 3, 2020" in row(maria)


def test_k5_two_accounts_with_one_school_id_number_are_told_of(
    shared: Sharing, maria: Visitor, algebra_section: Section
) -> None:
    for sourced_id in (ADA, OLD_ADA):
        joins(algebra_section, pupil(shared, sourced_id, "400101"))
    shared.shares(Kind.STUDENTS, student(OLD_ADA, "Ada Byrne", "school", sis_id="400101"))
    shared.shares_no_more(Kind.STUDENTS, OLD_ADA)
    assert "Has two accounts" in row(maria)

    both = Account.select().where(Account.kind == "student")
    ToldApart.tell(*both, rivera(), clock.now())
    assert "Has two accounts" not in row(maria)


def test_a60_an_account_of_a_strangers_student_is_not_told_of(
    shared: Sharing, maria: Visitor, algebra_section: Section
) -> None:
    joins(algebra_section, pupil(shared, ADA, "400101"))
    pupil(shared, OLD_ADA, "400101")
    shared.shares(Kind.STUDENTS, student(OLD_ADA, "Ada Byrne", "school", sis_id="400101"))

    assert "Has two accounts" not in row(maria)


def test_k5_a_students_page_holds_every_field_and_its_origin(
    shared: Sharing, maria: Visitor, cast: Cast
) -> None:
    text = maria.page(f"/clever/students/{ADA}").text

    for words in (
        "Given name Ada School records Staff and the student",
        "School id number 400101 School records Staff",
        "Student number not sent to us School records Staff",
        "Schools Lincoln High School, Lincoln Middle School",
        f"Clever’s id {ADA} Clever Staff",
    ):
        assert words in text


def test_k5_a_students_page_says_what_is_not_collected(shared: Sharing, maria: Visitor) -> None:
    text = maria.page(f"/clever/students/{ADA}").text

    assert "If Clever sends any of this, we drop it before anything is saved." in text
    assert "Email address Birthday Gender" in text


def test_k5_a_students_page_lists_the_classes_the_reader_may_see(
    shared: Sharing, maria: Visitor, algebra_section: Section
) -> None:
    page = maria.page(f"/clever/students/{ADA}")

    assert "Algebra I - Period 3 Term 2 Maria Rivera , Daniel Okafor Algebra I" in page.text
    assert "1 more class is not yours to see." in page.text
    assert "Geometry" not in page.text
    assert page.links["Algebra I"] == f"/sections/{algebra_section.public_id}"


def test_k5_a_district_admin_reads_of_every_class(
    shared: Sharing, new_visitor: NewVisitor, cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])
    text = admin.page(f"/clever/students/{ADA}").text

    assert "Geometry II" in text
    assert "not yours to see" not in text


def test_v04_no_title_names_a_student(shared: Sharing, maria: Visitor) -> None:
    assert "Ada" not in maria.page(f"/clever/students/{ADA}").title


@pytest.fixture
def sunflowers(shared: Sharing, algebra_section: Section) -> Section:
    """A section of Ms Rivera's without Clever; Ada has an account."""
    joins(algebra_section, pupil(shared, ADA))
    details = OwnDetails(LoginType.PICTURE, "Sunflowers")
    return write(lambda: own_sections.start(rivera(), details, "", clock.now()))


def put_in(visitor: Visitor, section: Section, student_id: str = ADA) -> Page:
    sent = {"csrf_token": visitor.csrf_token(), "section": section.public_id}
    path = f"/clever/students/{student_id}/sections"
    return Page.of(visitor.client.post(path, data=sent, follow_redirects=True).text)


def test_k5_a_student_is_put_into_another_section_and_shown_as_a_local_addition(
    maria: Visitor, sunflowers: Section
) -> None:
    page = put_in(maria, sunflowers)

    assert "The student is in the section now." in page.text
    assert "Sunflowers : added here, not by Clever" in page.text
    listed = maria.page(f"/sections/{sunflowers.public_id}").text
    assert "Ada Byrne Signs in with Clever" in listed
    put_in(maria, sunflowers)
    assert Enrollment.count(sunflowers) == 1


def test_k5_the_students_account_stays_one(maria: Visitor, sunflowers: Section) -> None:
    accounts = Account.select().count()
    put_in(maria, sunflowers)

    assert Account.select().count() == accounts
    assert "Shared and in a section" in row(maria)


def test_k5_a_plan_that_does_not_allow_it_offers_no_other_section(
    shared: Sharing, maria: Visitor, sunflowers: Section
) -> None:
    assert "Put into this section" in maria.get(f"/clever/students/{ADA}").text
    PlanGrant.grant("clever", shared.district, PlanSlug.FREE, clock.now())

    assert "Put into this section" not in maria.get(f"/clever/students/{ADA}").text
    put_in(maria, sunflowers)
    assert Enrollment.count(sunflowers) == 0


def test_k5_a_section_with_clever_keeps_who_is_put_in_until_a_day(
    maria: Visitor, sunflowers: Section, cast: Cast
) -> None:
    band = section_of(algebra("band", (cast.teachers["Maria Rivera"],), "Band"), rivera())
    path, day = f"/clever/students/{ADA}/sections", clock.now().date() + timedelta(days=9)
    refused = maria.post(path, section=band.public_id, until="soon")
    maria.post(path, section=band.public_id, until=day.isoformat())
    run = read(band, StudentRecord("64b0000000000000000000bb", "Ben", "Cole"))

    assert (refused.status_code, "Enter a day, like" in refused.text) == (422, True)
    assert (Enrollment.count(band), run.removed_count) == (2, 0)
    assert (RosterOverride.get().until, RosterOverride.get().kind) == (day, "in")


def test_a58_a_student_of_others_is_put_nowhere(maria: Visitor, sunflowers: Section) -> None:
    sent = {"section": sunflowers.public_id}

    assert maria.post(f"/clever/students/{GRACE}/sections", **sent).status_code == 404
    assert Enrollment.count(sunflowers) == 0
