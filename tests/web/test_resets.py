"""A forgotten password: whoever reads the mail takes the account back (S3, A25)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock, passwords
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from tests.web.accounts import ADDRESS, OTHER_PASSWORD, oduya, sign_in
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.mail import Mailbox, fill_in
from tests.web.tables import contents

GONE = "This link does not work any more"


def ask(visitor: Visitor, address: str = ADDRESS) -> str:
    return fill_in(visitor, "/reset", email=address)


def choose(visitor: Visitor, password: str = OTHER_PASSWORD) -> str:
    return fill_in(visitor, "/reset/password", password=password)


@pytest.fixture
def account() -> Account:
    return oduya()


@pytest.fixture
def opened(visitor: Visitor, account: Account, mailbox: Mailbox) -> Visitor:
    """Mr Oduya, who has opened the link that he asked for."""
    ask(visitor)
    visitor.get(mailbox.link_to(ADDRESS))
    return visitor


def test_a_link_a_new_password_and_one_is_signed_in_with_every_way_in_shown(
    opened: Visitor,
) -> None:
    assert choose(opened) == "/reset/done"
    assert ADDRESS in opened.page("/reset/done").text
    assert passwords.verify(PasswordSignIn.get().password_hash, OTHER_PASSWORD)
    opened.post("/sign-out")
    assert sign_in(opened, password=OTHER_PASSWORD) == "/dashboard"


def test_a64_an_address_without_an_account_gets_the_same_answer_and_a_mail_that_says_so(
    visitor: Visitor, account: Account, mailbox: Mailbox
) -> None:
    assert ask(visitor) == ask(visitor, "nobody@school.example")
    (mail,) = mailbox.of("nobody@school.example")
    assert mail.subject == "No Rosterly account with this address"


def test_a25_everybody_else_is_signed_out(
    opened: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    thief = new_visitor()
    sign_in(thief)
    choose(opened)

    assert thief.get("/dashboard").headers["location"] == "/sign-in?to=/dashboard"
    assert Session.select().where(Session.account.is_null(False)).count() == 1


def test_every_other_link_of_the_account_is_dropped(
    opened: Visitor, new_visitor: Callable[[], Visitor], mailbox: Mailbox
) -> None:
    ask(new_visitor())
    second = mailbox.link_to(ADDRESS)
    choose(opened)

    assert GONE in opened.page(second).text


def test_the_person_is_told_by_mail_and_on_their_pages(
    opened: Visitor, account: Account, mailbox: Mailbox
) -> None:
    choose(opened)

    assert mailbox.of(ADDRESS)[0].subject == "Your Rosterly password was changed"
    assert AccountNotice.unread(account).count() == 1
    assert AuditEvent.select().where(AuditEvent.action == "account.password_changed").count() == 1


def test_a_link_works_once(opened: Visitor, mailbox: Mailbox) -> None:
    link = mailbox.link_to(ADDRESS)
    choose(opened)

    assert opened.get("/reset/password").status_code == 404
    assert opened.get(link).status_code == 404


def test_a38_a_cookie_copied_before_has_no_part_in_the_link(
    visitor: Visitor, new_visitor: Callable[[], Visitor], account: Account, mailbox: Mailbox
) -> None:
    """From a shared computer, where a thief had left a page of ours open."""
    thief = new_visitor()
    ask(thief)
    visitor.get("/sign-in/password")
    thief.client.cookies.set("rosterly", visitor.token or "", domain="127.0.0.1")
    visitor.get(mailbox.link_to(ADDRESS))

    assert thief.get("/reset/password").status_code == 404
    assert choose(visitor) == "/reset/done"


def test_a38_whoever_is_signed_in_stays_so_when_a_link_is_opened(
    maria: Visitor, account: Account, new_visitor: Callable[[], Visitor], mailbox: Mailbox
) -> None:
    thief = new_visitor()
    ask(thief)
    thief.client.cookies.set("rosterly", maria.token or "", domain="127.0.0.1")
    maria.get(mailbox.link_to(ADDRESS))

    assert [each.get("/dashboard").status_code for each in (maria, thief)] == [200, 303]
    assert [each.get("/reset/password").status_code for each in (maria, thief)] == [200, 404]


def test_an_opened_link_that_was_dropped_never_becomes_the_one_sent_next(
    opened: Visitor, account: Account, new_visitor: Callable[[], Visitor], mailbox: Mailbox
) -> None:
    """SQLite gives its id again: a thief's browser would reset whoever asks after them."""
    EmailedLink.drop(account)
    oduya("next@school.example")
    ask(new_visitor(), "next@school.example")

    assert "/links/" in mailbox.link_to("next@school.example")
    assert opened.get("/reset/password").status_code == 404


def test_opening_the_link_changes_nothing_but_what_this_browser_is_about(
    opened: Visitor, mailbox: Mailbox
) -> None:
    before = contents(leaving_out=frozenset({"sessions"}))
    for path in (mailbox.link_to(ADDRESS), "/reset/password") * 2:
        opened.get(path)

    assert contents(leaving_out=frozenset({"sessions"})) == before


@pytest.mark.parametrize("closed", [{"disabled_at": clock.now()}, {"merged_into": 1}])
def test_an_account_that_is_closed_is_not_opened_by_a_link(
    opened: Visitor, closed: dict[str, object]
) -> None:
    Account.update(**closed).execute()

    assert GONE in choose(opened)


def test_an_account_that_is_closed_gets_no_link(
    visitor: Visitor, account: Account, mailbox: Mailbox
) -> None:
    Account.update(disabled_at=clock.now()).execute()
    ask(visitor)

    assert mailbox.of(ADDRESS)[0].subject == "No Rosterly account with this address"
    assert EmailedLink.select().count() == 0


def test_a_password_that_will_not_do_leaves_the_old_one(opened: Visitor) -> None:
    page = Page.of(choose(opened, "Password1"))

    assert page.title.startswith("Error:")
    assert choose(opened) == "/reset/done"


def test_whoever_was_signed_in_on_this_browser_is_signed_out(
    maria: Visitor, account: Account, new_visitor: Callable[[], Visitor], mailbox: Mailbox
) -> None:
    ask(new_visitor())
    maria.get(mailbox.link_to(ADDRESS))
    choose(maria)

    assert "Tunde Oduya" in maria.page("/dashboard").text
    assert Session.select().where(Session.account != account).count() == 0
