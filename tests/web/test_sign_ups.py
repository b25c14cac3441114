"""A new account with an email: proved first, then made (S3, A24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.models.accounts import Account, AccountKind
from portal.models.entrance.emailed_links import LINK_LASTS, EmailedLink
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from tests.web.accounts import ADDRESS, PASSWORD, oduya, sign_in
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.mail import Mailbox, fill_in
from tests.web.tables import contents

SENT = "We have sent a message to that address."
TUNDE = {"given_name": "Tunde", "family_name": "Oduya", "password": PASSWORD}


def ask(visitor: Visitor, address: str = ADDRESS) -> str:
    return fill_in(visitor, "/sign-up", email=address)


def open_link(visitor: Visitor, mailbox: Mailbox, address: str = ADDRESS) -> str:
    return visitor.get(mailbox.link_to(address)).headers["location"]


@pytest.fixture
def asked(visitor: Visitor, mailbox: Mailbox) -> Visitor:
    """Somebody who has asked for an account and opened the link."""
    ask(visitor)
    open_link(visitor, mailbox)
    return visitor


def section_with_code() -> Section:
    """A section that students join with a code and an address."""
    section: Section = Section.create(
        name="Night School",
        login_type="email",
        provider="",
        issuer="",
        district_sourced_id="",
        class_sourced_id="",
        class_name="",
        join_code="K7M3RX",
        created_at=clock.now(),
    )
    return section


def test_an_address_a_link_a_name_and_one_is_on_the_dashboard(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    assert visitor.page(ask(visitor)).text.count(SENT) == 1
    assert open_link(visitor, mailbox) == "/sign-up/name"
    assert fill_in(visitor, "/sign-up/name", **TUNDE) == "/dashboard"
    assert "Tunde Oduya" in visitor.page("/dashboard").text
    visitor.post("/sign-out")
    assert sign_in(visitor) == "/dashboard"


def test_a24_nothing_of_an_account_is_there_before_its_address_is_proved(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    ask(visitor)
    open_link(visitor, mailbox)

    assert (Account.select().count(), PasswordSignIn.select().count()) == (0, 0)


def test_a64_an_address_that_has_an_account_gets_the_same_answer_and_a_mail_that_says_so(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    oduya()

    assert ask(visitor) == ask(visitor, "nobody@school.example")
    (mail,) = mailbox.of(ADDRESS)
    assert mail.subject == "You already have a Rosterly account"
    assert f"{visitor.portal_url}/reset" in mailbox.lines_to(ADDRESS)
    assert EmailedLink.select().where(EmailedLink.email == ADDRESS).count() == 0


def test_v04_the_token_is_in_the_mail_and_in_no_later_address_or_table(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    ask(visitor)
    token = mailbox.link_to(ADDRESS).rpartition("/")[2]
    page = visitor.get(f"/links/{token}", follow_redirects=True)

    assert (page.url.path, token in page.text) == ("/sign-up/name", False)
    assert token not in str(contents())


def test_a_link_that_a_mail_program_has_opened_still_works(
    visitor: Visitor, new_visitor: Callable[[], Visitor], mailbox: Mailbox
) -> None:
    ask(visitor)
    link = mailbox.link_to(ADDRESS)
    for _ in range(2):
        new_visitor().get(link)
    visitor.get(link)

    assert fill_in(visitor, "/sign-up/name", **TUNDE) == "/dashboard"


def test_a_link_makes_one_account(
    asked: Visitor, new_visitor: Callable[[], Visitor], mailbox: Mailbox
) -> None:
    other, link = new_visitor(), mailbox.link_to(ADDRESS)
    other.get(link)
    fill_in(asked, "/sign-up/name", **TUNDE)

    assert other.get("/sign-up/name").status_code == 404
    assert other.get(link).status_code == 404
    assert Account.select().count() == 1


def test_of_two_links_to_one_address_the_second_makes_no_second_account(
    asked: Visitor, new_visitor: Callable[[], Visitor], mailbox: Mailbox
) -> None:
    other = new_visitor()
    ask(other)
    open_link(other, mailbox)
    fill_in(asked, "/sign-up/name", **TUNDE)

    assert "This link does not work any more" in fill_in(other, "/sign-up/name", **TUNDE)
    assert (Account.select().count(), PasswordSignIn.select().count()) == (1, 1)


def test_a_link_works_for_an_hour(asked: Visitor) -> None:
    late = clock.now() - LINK_LASTS - timedelta(seconds=1)
    EmailedLink.update(expires_at=late).execute()

    assert asked.get("/sign-up/name").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"given_name": " "}, "Enter your first name"),
        ({"password": "short"}, "Choose a password with 8 characters or more"),
        ({"password": "Password1"}, "so it is easy to guess"),
        ({"password": ADDRESS}, "not your email address"),
    ],
)
def test_what_will_not_do_is_said_and_the_names_are_kept(
    asked: Visitor, wrong: dict[str, str], said: str
) -> None:
    page = Page.of(fill_in(asked, "/sign-up/name", **(TUNDE | wrong)))

    assert page.title.startswith("Error:")
    assert page.text.count(said) == 2
    assert page.form("/sign-up/name").fields["family_name"] == "Oduya"
    assert page.form("/sign-up/name").fields["password"] == ""


def test_an_address_that_cannot_be_one_is_kept_to_be_mended(visitor: Visitor) -> None:
    page = Page.of(ask(visitor, "t.oduya@school"))

    assert "Enter an email address" in page.text
    assert page.form("/sign-up").fields["email"] == "t.oduya@school"


def test_who_has_typed_a_class_code_becomes_a_student_of_that_class(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    section = section_with_code()
    visitor.get("/sign-up")
    remember_code(visitor, section)
    ask(visitor)
    open_link(visitor, mailbox)

    assert "Night School" in visitor.page("/sign-up/name").text
    assert fill_in(visitor, "/sign-up/name", **TUNDE) == "/home"
    enrollment = Enrollment.get()
    assert (enrollment.section, enrollment.ended_at) == (section, None)
    assert enrollment.account.kind == AccountKind.STUDENT
    assert enrollment.sourced_id == enrollment.account.public_id


@pytest.mark.parametrize(
    "closed", [{"join_code": "NEWC2DXY"}, {"archived_at": clock.now()}, {"login_type": "words"}]
)
def test_a_link_makes_the_account_and_joins_no_class_whose_code_was_taken_back_meanwhile(
    visitor: Visitor, mailbox: Mailbox, closed: dict[str, object]
) -> None:
    section = section_with_code()
    visitor.get("/sign-up")
    remember_code(visitor, section)
    ask(visitor)
    open_link(visitor, mailbox)
    Section.update(closed).where(Section.id == section.id).execute()
    home = fill_in(visitor, "/sign-up/name", **TUNDE)

    assert "“What is the new class code?”" in visitor.page(home).text
    assert (Account.get().kind, Enrollment.select().count()) == (AccountKind.STUDENT, 0)


def test_a_student_with_an_account_joins_by_signing_in(visitor: Visitor) -> None:
    account, section = oduya(kind=AccountKind.STUDENT), section_with_code()
    visitor.get("/sign-up")
    remember_code(visitor, section)
    sign_in(visitor)

    assert [each.account for each in Enrollment.active(section)] == [account]


def test_five_mails_an_hour_are_enough_for_an_address(visitor: Visitor) -> None:
    for _ in range(5):
        ask(visitor)

    assert "Take a short break" in ask(visitor)
    assert ask(visitor, "other@school.example").startswith("/message-sent")


def remember_code(visitor: Visitor, section: Section) -> None:
    """As the page of the class code does."""
    row = Session.find(visitor.token or "", clock.now())
    row.keep({"joining": section.join_code}, "", clock.now())
