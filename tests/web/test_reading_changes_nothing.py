"""Looking around without signing in keeps nothing (trust.md decision 8, A47).

What those who are signed in open is in `tests/attacks`.
"""

from __future__ import annotations

import pytest

from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.tables import contents


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
