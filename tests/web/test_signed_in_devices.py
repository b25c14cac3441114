"""Where somebody is signed in, and signing them out there (issue 3, what to build 8; A25, A39)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.models.audit import AuditEvent
from portal.models.entrance.sessions import Session
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.html import Page

NewVisitor = Callable[[], Visitor]
PAGE = "/account/sessions"
OTHERS = f"{PAGE}/sign-out-others"
CHROMEBOOK = "Mozilla/5.0 (X11; CrOS x86_64 16328) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"


@pytest.fixture
def chromebook(maria: Visitor, new_visitor: NewVisitor, cast: Cast) -> Visitor:
    """Ms Rivera's other device."""
    visitor = new_visitor()
    visitor.client.headers["User-Agent"] = CHROMEBOOK
    visitor.sign_in(cast.teachers["Maria Rivera"])
    return visitor


@pytest.fixture
def ada(new_visitor: NewVisitor, cast: Cast) -> Visitor:
    visitor = new_visitor()
    visitor.sign_in(cast.students["Ada Byrne"])
    return visitor


def sign_out_there(visitor: Visitor) -> str:
    """The address of the first "Sign out" on the page."""
    forms = Page.of(visitor.get(PAGE).text).forms
    return next(each.action for each in forms if each.action.startswith(f"{PAGE}/"))


def is_signed_in(visitor: Visitor) -> bool:
    return visitor.get(PAGE).status_code == 200


def test_the_page_says_which_device_how_and_when(maria: Visitor, chromebook: Visitor) -> None:
    text = maria.page(PAGE).text

    assert "Chrome, Chromebook" in text
    assert "Clever" in text
    assert text.count("This device") == 1
    assert "Sign out Chrome, Chromebook, last seen today at" in text
    assert text.count("today at") == 4  # Since, of both, and when the other was seen last, twice.


def test_account_settings_lead_there_and_back(maria: Visitor) -> None:
    assert maria.page("/account").links["See my devices"] == PAGE
    assert maria.page(PAGE).links["Account Settings"] == "/account"


def test_this_device_comes_first_and_is_not_signed_out_here(maria: Visitor) -> None:
    page = maria.page(PAGE)

    assert "Unknown device This device" in page.text
    assert [form.action for form in page.forms] == ["/sign-out"]


def test_nobody_sees_where_others_are_signed_in(chromebook: Visitor, ada: Visitor) -> None:
    assert "Chromebook" not in ada.page(PAGE).text


def test_a25_a_session_signed_out_elsewhere_is_dead_at_once(
    maria: Visitor, chromebook: Visitor
) -> None:
    answer = maria.post(sign_out_there(maria))

    assert not is_signed_in(chromebook)
    assert is_signed_in(maria)
    assert "You are signed out there." in maria.page(answer.headers["location"]).text


def test_a25_all_others_end_and_this_one_stays(
    maria: Visitor, chromebook: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    third = new_visitor()
    third.sign_in(cast.teachers["Maria Rivera"])
    assert "Sign out all 2 others" in maria.page(PAGE).text
    answer = maria.post(OTHERS)

    assert [is_signed_in(each) for each in (maria, chromebook, third)] == [True, False, False]
    assert "You are signed out on all other devices." in maria.page(answer.headers["location"]).text


def test_signing_out_others_ends_nobody_elses_session(maria: Visitor, ada: Visitor) -> None:
    maria.post(OTHERS)

    assert is_signed_in(ada)


def test_a58_another_persons_session_is_not_there(chromebook: Visitor, ada: Visitor) -> None:
    theirs = sign_out_there(chromebook)

    assert ada.post(theirs).status_code == 404
    assert is_signed_in(chromebook)


def test_ones_own_session_and_one_that_has_ended_are_not_there(
    maria: Visitor, chromebook: Visitor
) -> None:
    mine = Session.select().order_by(Session.id).first().public_id
    theirs = sign_out_there(maria)
    chromebook.post("/sign-out")

    assert maria.post(f"{PAGE}/{mine}/sign-out").status_code == 404
    assert maria.post(theirs).status_code == 404


def test_an_expired_session_is_not_shown(maria: Visitor, chromebook: Visitor) -> None:
    newest = Session.select().order_by(Session.id.desc()).get()
    Session.update(expires_at=clock.now() - timedelta(seconds=1)).where(
        Session.id == newest.id
    ).execute()

    assert "Chromebook" not in maria.page(PAGE).text


def test_v09_signing_out_elsewhere_is_in_the_audit_log_as_a_count(
    maria: Visitor, chromebook: Visitor
) -> None:
    maria.post(OTHERS)
    event = AuditEvent.select().order_by(AuditEvent.id.desc()).get()

    assert (event.action, json.loads(event.counts)) == ("sign_out_elsewhere", {"sessions": 1})
    assert event.actor == event.subject


@pytest.mark.parametrize("ended", ["", "?ended=one", "?ended=%3Cb%3E"])
def test_the_page_says_only_what_it_knows(maria: Visitor, ended: str) -> None:
    assert ("You are signed out" in maria.page(PAGE + ended).text) is ("one" in ended)


def test_a64_the_page_holds_no_token_and_no_serial_id(maria: Visitor, chromebook: Visitor) -> None:
    html = maria.get(PAGE).text
    other = Session.select().order_by(Session.id.desc()).get()

    assert sign_out_there(maria) == f"{PAGE}/{other.public_id}/sign-out"
    assert other.token_digest not in html
    assert str(chromebook.token) not in html
