"""The password of one's own account: set, changed, taken off (AC3, A36)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock, passwords
from portal.database import write
from portal.models.accounts import Account, AccountKind
from portal.models.entrance.letters import Letter
from portal.models.entrance.password_changes import change_password
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import FRESH_FOR, Session
from tests.sandbox_clever import Cast
from tests.web.accounts import ADDRESS, HASH, OTHER_PASSWORD, PASSWORD, oduya, sign_in
from tests.web.browsing import RunningPortal, Visitor, end_sessions_on_the_way
from tests.web.html import Page
from tests.web.mail import Mailbox, fill_in
from tests.web.syncs import rivera

NEW, FIRST = "/account/password/new", "/account/password/first"
CHANGE, REMOVAL = "/account/password", "/account/password/removal"
ADDED, CHANGED, REMOVED = (
    f"/account?done=password_{what}" for what in ("added", "changed", "removed")
)


@pytest.fixture
def tunde(visitor: Visitor) -> Visitor:
    """Mr Oduya, signed in with his password, his only way in."""
    oduya()
    sign_in(visitor)
    return visitor


@pytest.fixture
def maria_with_password(maria: Visitor) -> Visitor:
    """Ms Rivera, who signs in with Clever and has a password too."""
    PasswordSignIn.add(rivera(), ADDRESS, HASH, clock.now())
    return maria


@pytest.fixture
def asked(maria: Visitor, mailbox: Mailbox) -> Visitor:
    """Ms Rivera, who has asked for a link to set a password."""
    fill_in(maria, NEW, email=ADDRESS)
    return maria


def a_while_ago(visitor: Visitor) -> None:
    """As if this browser's person had shown who they are eleven minutes ago."""
    row = Session.find(visitor.token or "", clock.now())
    Session.update(confirmed_at=clock.now() - FRESH_FOR * 1.1).where(Session.id == row).execute()


def test_a_teacher_of_clever_sets_a_password_and_signs_in_with_it(
    asked: Visitor, mailbox: Mailbox
) -> None:
    assert asked.get(mailbox.link_to(ADDRESS)).headers["location"] == FIRST
    assert fill_in(asked, FIRST, password=PASSWORD) == ADDED
    asked.post("/sign-out")
    assert sign_in(asked) == "/dashboard"
    assert "Maria Rivera" in asked.page("/dashboard").text


def test_the_link_opens_nothing_before_it_is_there(asked: Visitor) -> None:
    assert asked.get(FIRST).status_code == 404


def test_a_link_outlives_no_session(asked: Visitor, mailbox: Mailbox, cast: Cast) -> None:
    link = mailbox.link_to(ADDRESS)
    asked.post("/sign-out")
    asked.sign_in(cast.teachers["Maria Rivera"])

    assert asked.get(link).status_code == 404


def test_an_address_of_another_account_is_told_to_its_reader_alone(
    maria: Visitor, mailbox: Mailbox
) -> None:
    oduya()

    assert fill_in(maria, NEW, email=ADDRESS).startswith("/message-sent")
    assert mailbox.of(ADDRESS)[0].subject == "This address is already used for Rosterly"


def test_an_address_that_found_an_account_meanwhile_is_not_taken_over(
    asked: Visitor, mailbox: Mailbox
) -> None:
    asked.get(mailbox.link_to(ADDRESS))
    owner = oduya()

    assert "This link does not work" in fill_in(asked, FIRST, password=OTHER_PASSWORD)
    assert PasswordSignIn.get().account == owner


def test_we_ask_no_student_for_an_address(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in(cast.students["Ada Byrne"])

    assert [visitor.get(path).status_code for path in (CHANGE, NEW)] == [404, 404]
    assert visitor.post(NEW, email=ADDRESS).status_code == 404
    assert Letter.select().count() == 0


def test_a_changed_password_signs_everybody_else_out(
    tunde: Visitor, new_visitor: Callable[[], Visitor], mailbox: Mailbox
) -> None:
    other = new_visitor()
    sign_in(other)

    assert fill_in(tunde, CHANGE, current=PASSWORD, password=OTHER_PASSWORD) == CHANGED
    assert (tunde.get("/dashboard").status_code, other.get("/dashboard").status_code) == (200, 303)
    assert mailbox.of(ADDRESS)[0].subject == "Your Rosterly password was changed"
    assert "go together" in sign_in(new_visitor())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"current": "wrong", "password": OTHER_PASSWORD}, "This is not your current password"),
        ({"current": PASSWORD, "password": "short"}, "8 characters or more"),
    ],
)
def test_a_change_that_will_not_do_says_why(
    tunde: Visitor, typed: dict[str, str], said: str
) -> None:
    page = Page.of(fill_in(tunde, CHANGE, **typed))

    assert (page.title.startswith("Error:"), said in page.text) == (True, True)
    assert passwords.verify(PasswordSignIn.get().password_hash, PASSWORD)


def test_of_two_passwords_the_chosen_one_is_changed(tunde: Visitor) -> None:
    PasswordSignIn.add(Account.get(), "second@school.example", HASH, clock.now())
    second = {"email": "second@school.example", "current": PASSWORD}

    assert fill_in(tunde, CHANGE, **second, password=OTHER_PASSWORD) == CHANGED
    both = PasswordSignIn.of(Account.get())
    changed = [passwords.verify(each.password_hash, OTHER_PASSWORD) for each in both]
    assert changed == [False, True]


def test_a_form_older_than_the_account_removes_no_other_password(
    maria_with_password: Visitor,
) -> None:
    PasswordSignIn.add(Account.get(), "second@school.example", HASH, clock.now())
    answers = [maria_with_password.post(REMOVAL, email=ADDRESS) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 404]
    assert [each.email for each in PasswordSignIn.select()] == ["second@school.example"]


def test_a25_a_change_on_its_way_does_not_overrule_whoever_took_the_account_back(
    tunde: Visitor,
) -> None:
    shown, here = PasswordSignIn.get(), Session.get()
    theirs, thiefs = (passwords.hash_password(each) for each in (OTHER_PASSWORD, "a thief's own"))
    write(lambda: PasswordSignIn.get().change(theirs, clock.now()))

    assert write(lambda: change_password(shown, thiefs, clock.now(), here)) is None
    assert passwords.verify(PasswordSignIn.get().password_hash, OTHER_PASSWORD)
    assert Letter.select().count() == 0


def test_a25_a_password_that_was_changed_meanwhile_lets_nobody_in(tunde: Visitor) -> None:
    """The old one was right when it was looked at, and is not when somebody is let in by it."""
    shown, used_at = PasswordSignIn.get(), PasswordSignIn.get().last_used_at
    theirs = passwords.hash_password(OTHER_PASSWORD)
    write(lambda: PasswordSignIn.get().change(theirs, clock.now()))

    assert not write(lambda: shown.use(clock.now(), "a newer hash of the old one"))
    kept = PasswordSignIn.get()
    assert (kept.password_hash, kept.last_used_at) == (theirs, used_at)


@pytest.mark.parametrize("change", [CHANGE, REMOVAL])
def test_a25_no_change_outlives_the_session_it_was_sent_in(
    maria_with_password: Visitor, portal: RunningPortal, change: str
) -> None:
    fields = maria_with_password.page(change).form(change).fields
    fields |= {"current": PASSWORD, "password": OTHER_PASSWORD}
    end_sessions_on_the_way(portal)
    answer = maria_with_password.client.post(change, data=fields)

    assert answer.status_code == 401
    assert "You were signed out here, because your account was changed" in answer.text
    assert PasswordSignIn.get().password_hash == HASH


def test_somebody_else_s_password_is_not_changed_by_naming_it(tunde: Visitor) -> None:
    PasswordSignIn.add(Account.get(), "second@school.example", HASH, clock.now())
    oduya("other@school.example")
    fields = {"email": "other@school.example", "current": PASSWORD, "password": OTHER_PASSWORD}

    assert tunde.post(CHANGE, **fields).status_code == 404


def test_a36_the_last_way_in_stays_and_the_page_says_so(tunde: Visitor) -> None:
    assert "This is your only way to sign in" in tunde.page(REMOVAL).text
    assert tunde.post(REMOVAL).status_code == 422
    assert PasswordSignIn.select().count() == 1


def test_with_another_way_in_a_password_is_removed_and_its_address_told(
    maria_with_password: Visitor, mailbox: Mailbox
) -> None:
    assert fill_in(maria_with_password, REMOVAL) == REMOVED
    assert PasswordSignIn.select().count() == 0
    assert mailbox.of(ADDRESS)[0].subject == "Your Rosterly password was removed"
    assert maria_with_password.get("/dashboard").status_code == 200


@pytest.mark.parametrize("path", [CHANGE, FIRST, REMOVAL, NEW])
def test_a36_every_change_asks_who_it_is_again_after_ten_minutes(
    maria_with_password: Visitor, path: str
) -> None:
    a_while_ago(maria_with_password)
    before = PasswordSignIn.get().password_hash
    asked = maria_with_password.get(path)
    sent = maria_with_password.post(path, current=PASSWORD, password=OTHER_PASSWORD)

    assert [each.status_code for each in (asked, sent)] == [303, 303]
    assert all("/confirm" in each.headers["location"] for each in (asked, sent))
    assert PasswordSignIn.get().password_hash == before


def test_the_account_page_shows_each_password_with_what_may_be_done(
    tunde: Visitor, new_visitor: Callable[[], Visitor], cast: Cast
) -> None:
    page = tunde.page("/account")
    assert ADDRESS in page.text
    assert page.links["Change the password"] == CHANGE
    assert "This is your only way to sign in" in page.text
    assert "Remove the password" not in page.links

    maria = new_visitor()
    maria.sign_in(cast.teachers["Maria Rivera"])
    assert maria.page("/account").links["Set a password"] == NEW
    PasswordSignIn.add(rivera(), "rivera@school.example", HASH, clock.now())
    assert maria.page("/account").links["Remove the password"] == REMOVAL


def test_the_account_page_says_what_was_done(tunde: Visitor) -> None:
    done = fill_in(tunde, CHANGE, current=PASSWORD, password=OTHER_PASSWORD)

    assert "Your password is changed." in tunde.page(done).text


def test_a_student_of_an_email_section_changes_theirs(visitor: Visitor) -> None:
    oduya(kind=AccountKind.STUDENT)
    sign_in(visitor)

    assert fill_in(visitor, CHANGE, current=PASSWORD, password=OTHER_PASSWORD) == CHANGED
