"""A change of how somebody signs in is told on their next pages, until they put it away (AC3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.letters import LetterKind
from tests.sandbox_clever import Cast
from tests.web.accounts import ADDRESS, OTHER_PASSWORD, oduya, sign_in
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.mail import Mailbox, fill_in

NewVisitor = Callable[[], Visitor]
WITH_A_LINK = {LetterKind.SIGN_UP, LetterKind.RESET, LetterKind.ADD_PASSWORD}
CHANGES = sorted(set(LetterKind) - WITH_A_LINK)
TOLD = "Was it not you?"


def tell(family_name: str, *kinds: LetterKind) -> None:
    account = Account.get(Account.family_name == family_name)
    write(lambda: [AccountNotice.tell(account, kind, clock.now()) for kind in kinds])


@pytest.fixture
def told(maria: Visitor, cast: Cast) -> Visitor:
    """Ms Rivera, who signs in after Clever was connected to her account."""
    tell("Rivera", LetterKind.CONNECTED)
    maria.sign_in(cast.teachers["Maria Rivera"])
    return maria


def hide(visitor: Visitor, **fields: str) -> str:
    """Press the first "Hide this"; where it led."""
    forms = Page.of(visitor.get("/help").text).forms
    action = next(form.action for form in forms if form.action.startswith("/account/notices/"))
    return str(visitor.post(action, **fields).headers["location"])


@pytest.mark.parametrize("path", ["/dashboard", "/help", "/privacy", "/nothing-there"])
def test_every_page_tells_what_was_changed_and_where_to_look(told: Visitor, path: str) -> None:
    page = Page.of(told.get(path).text)

    assert "Clever was connected to your account today at" in page.text
    assert page.links["Look at your account"] == "/account"


@pytest.mark.parametrize("kind", CHANGES)
def test_every_kind_of_change_has_words_of_its_own(maria: Visitor, cast: Cast, kind: str) -> None:
    tell("Rivera", LetterKind(kind))
    maria.sign_in(cast.teachers["Maria Rivera"])
    text = maria.page("/help").text

    assert TOLD in text
    assert "Your account was changed" not in text


def test_it_stays_until_it_is_put_away_and_then_is_gone(told: Visitor) -> None:
    assert TOLD in told.page("/dashboard").text
    hide(told)

    assert TOLD not in told.page("/dashboard").text
    assert AccountNotice.get().read_at is not None


def test_several_are_put_away_one_by_one(maria: Visitor, cast: Cast) -> None:
    tell("Rivera", LetterKind.PASSWORD_ADDED, LetterKind.MERGED)
    maria.sign_in(cast.teachers["Maria Rivera"])
    assert maria.page("/help").text.count(TOLD) == 2
    hide(maria)

    text = maria.page("/help").text
    assert "A password was added" in text
    assert "Another account was joined" not in text


def test_hiding_one_leads_back_to_the_page_it_was_on(told: Visitor) -> None:
    assert hide(told, to="/sections/new") == "/sections/new"


@pytest.mark.parametrize("elsewhere", ["", "//evil.example", "https://evil.example", "/sign-out"])
def test_a49_hiding_one_never_leads_elsewhere(told: Visitor, elsewhere: str) -> None:
    assert hide(told, to=elsewhere) == "/dashboard"


def test_hiding_one_twice_does_no_harm(told: Visitor) -> None:
    path = f"/account/notices/{AccountNotice.get().public_id}/read"
    answers = [told.post(path).status_code for _ in range(2)]

    assert answers == [303, 303]


def test_a58_nobody_puts_away_what_was_told_to_another(
    told: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    ada = new_visitor()
    ada.sign_in(cast.students["Ada Byrne"])
    answer = ada.post(f"/account/notices/{AccountNotice.get().public_id}/read")

    assert answer.status_code == 404
    assert TOLD not in ada.page("/help").text
    assert TOLD in told.page("/help").text


def test_a_session_that_knows_of_none_asks_for_none(maria: Visitor) -> None:
    """What is told begins with the next sign-in: a change ends all other sessions (A25)."""
    tell("Rivera", LetterKind.CONNECTED)

    assert TOLD not in maria.page("/dashboard").text


def test_who_made_the_change_reads_so_on_its_own_page_alone(
    visitor: Visitor, new_visitor: NewVisitor, mailbox: Mailbox
) -> None:
    oduya()
    fill_in(visitor, "/reset", email=ADDRESS)
    visitor.get(mailbox.link_to(ADDRESS))
    fill_in(visitor, "/reset/password", password=OTHER_PASSWORD)
    other = new_visitor()
    sign_in(other, password=OTHER_PASSWORD)

    assert TOLD not in visitor.page("/dashboard").text
    assert TOLD in other.page("/dashboard").text
