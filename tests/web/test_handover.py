"""Whoever signs in over somebody else reads so, once (experience.md 2.1, S6, A41)."""

from __future__ import annotations

import json
import logging

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.entrance.sessions import IDLE_LIMIT, Session
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor

SENTENCE = "You are now signed in as <bdi>Ada B</bdi>. <bdi>Maria R.</bdi> was signed out."


@pytest.fixture
def ada(maria: Visitor, cast: Cast) -> Visitor:
    """Ada Byrne, who has just signed in on the device that Ms Rivera left open."""
    maria.sign_in(cast.students["Ada Byrne"])
    return maria


def told(visitor: Visitor, path: str = "/home") -> bool:
    return "was signed out" in visitor.page(path).text


def test_the_next_page_names_both_and_no_page_after_it(ada: Visitor) -> None:
    assert SENTENCE in ada.get("/home").text
    assert not told(ada)
    assert not told(ada, "/help")


def test_a_full_family_name_is_not_shown(ada: Visitor) -> None:
    assert "Rivera" not in ada.get("/home").text


def test_the_same_person_again_signs_nobody_out(maria: Visitor, cast: Cast) -> None:
    maria.sign_in(cast.teachers["Maria Rivera"])

    assert not told(maria, "/dashboard")


def test_who_signed_out_before_is_not_named(maria: Visitor, cast: Cast) -> None:
    maria.post("/sign-out")
    maria.sign_in(cast.students["Ada Byrne"])

    assert not told(maria)


def test_who_had_been_signed_out_by_the_clock_is_not_named(maria: Visitor, cast: Cast) -> None:
    Session.update(expires_at=clock.now() - IDLE_LIMIT).execute()
    maria.sign_in(cast.students["Ada Byrne"])

    assert not told(maria)


def test_somebody_who_never_looked_is_not_named_to_the_third(ada: Visitor, cast: Cast) -> None:
    ada.sign_in(cast.students["Grace Nakamura"])
    text = ada.page("/home").text

    assert "Ada B" in text
    assert "Maria" not in text


def test_a_name_with_markup_is_shown_as_it_is_written(ada: Visitor) -> None:
    Account.update(given_name="<b>Lu</b>").where(Account.family_name == "Rivera").execute()

    assert "<bdi>&lt;b&gt;Lu&lt;/b&gt; R.</bdi>" in ada.get("/home").text


def test_the_name_is_in_no_address_log_or_session(
    maria: Visitor, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = maria.sign_in(cast.students["Ada Byrne"])
    kept = [json.loads(session.values) for session in Session.select()]
    maria.get("/home")

    assert answer.headers["location"] == "/home"
    assert "Maria" not in json.dumps(kept)
    assert "Maria" not in caplog.text
