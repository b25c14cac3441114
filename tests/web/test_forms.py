"""No form of another site, and none without this session's own token, changes anything (A46)."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from portal.models.sections import Section
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.routes import UNSAFE, Route, name, routes
from tests.web.tables import contents


def test_a46_a_form_without_a_token_of_this_session_changes_nothing(
    maria: Visitor, new_visitor: Callable[[], Visitor], cast: Cast, section: Section
) -> None:
    okafor = new_visitor()
    okafor.sign_in(cast.teachers["Daniel Okafor"])
    before, tokens = contents(), ("", "made-up", okafor.csrf_token())

    heard = {
        (name(route), token)
        for route in routes(UNSAFE)
        for token in tokens
        if send(maria, route, token).status_code != 400
    }
    assert (heard, contents() == before) == (set(), True)


def send(visitor: Visitor, route: Route, token: str) -> httpx.Response:
    fields = {"csrf_token": token, "answer": "remove", "name": "Taken over"}
    return visitor.client.request(route.method, route.path(), data=fields)


def test_nobody_changes_anything_without_signing_in(
    section: Section, new_visitor: Callable[[], Visitor]
) -> None:
    before, stranger = contents(), new_visitor()
    answers = {
        name(route): stranger.client.request(route.method, route.path()) for route in routes(UNSAFE)
    }

    assert {route for route, each in answers.items() if each.status_code != 401} == set()
    assert all("Continue with Clever" in Page.of(each.text).links for each in answers.values())
    assert contents() == before


def test_a_form_whose_time_is_over_explains_itself(maria: Visitor) -> None:
    page = Page.of(maria.client.post("/sign-out").text)

    assert "This page was open for a long time" in page.text


def test_a_request_larger_than_any_form_of_ours_is_refused(maria: Visitor) -> None:
    answer = maria.post("/sign-out", more="x" * 70_000)

    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/sections/%00", "/roster-syncs/%00/panel", "/classes/%00"])
def test_a_nul_in_an_address_finds_nothing(maria: Visitor, path: str) -> None:
    assert maria.get(path).status_code == 404


def test_a_nul_in_a_form_is_refused_before_any_table_is_asked(
    maria: Visitor, section: Section
) -> None:
    searched = maria.post(f"/sections/{section.public_id}/search", search="a\0b")

    assert searched.status_code == 400


@pytest.mark.parametrize("sourced_id", [".", "../x", "%2F..%2Fx", "a" * 65])
def test_a_class_id_that_cannot_be_one_is_never_sent_to_clever(
    maria: Visitor, sourced_id: str
) -> None:
    maria.sandbox.forget_requests()

    answer = maria.get("/sections/new/clever/details", params={"class": sourced_id})
    assert (answer.status_code, maria.sandbox.requests()) == (404, [])
