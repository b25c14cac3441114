"""Opening a page changes nothing (trust.md decision 8, A47)."""

from __future__ import annotations

import pytest

from portal.models.sections import Section
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.routes import Route, name, routes
from tests.web.tables import contents

SAFE = frozenset({"GET", "HEAD"})
SIGN_IN_STATE = frozenset({"sessions", "sign_in_attempts"})
STARTS = frozenset({"sign_in.start", "sign_in.callback"})


@pytest.mark.parametrize("route", routes(SAFE), ids=name)
def test_a47_a_page_opened_twice_leaves_every_table_as_it_was(
    maria: Visitor, section: Section, route: Route
) -> None:
    changing = SIGN_IN_STATE if route.endpoint in STARTS else frozenset()
    before = contents(leaving_out=changing)
    answers = [maria.client.request(route.method, route.path()) for _ in range(2)]

    assert all(answer.status_code < 500 for answer in answers)
    assert contents(leaving_out=changing) == before


@pytest.mark.parametrize("path", ["/", "/sign-in", "/help", "/privacy", "/dashboard", "/nothing"])
def test_a_visitor_who_only_looks_leaves_no_row_and_gets_no_cookie(
    visitor: Visitor, path: str
) -> None:
    before = contents()
    answer = visitor.get(path)

    assert "set-cookie" not in answer.headers
    assert contents() == before


def test_starting_to_sign_in_keeps_at_most_five_trips_a_browser(
    visitor: Visitor, cast: Cast
) -> None:
    """O6: whoever makes a browser ask again and again cannot make the sign-in break."""
    for _ in range(21):
        visitor.get("/sign-in/clever")

    assert len(contents()["sign_in_attempts"]) == 5
    assert visitor.sign_in(cast.teachers["Maria Rivera"]).headers["location"] == "/dashboard"
