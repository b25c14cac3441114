"""The Clever page: its tabs, and what each kind of reader sees of a district (K1 to K5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.sandbox_clever import Cast
from tests.sharing import Sharing, lincoln
from tests.web.browsing import Visitor

NewVisitor = Callable[[], Visitor]
TABS = ("schools", "teachers", "classes", "students")


@pytest.fixture
def shared(maria: Visitor, cast: Cast) -> Sharing:
    """What Lincoln shares; Ms Rivera is signed in."""
    return lincoln(cast)


def test_clever_stands_in_the_navigation_and_leads_a_teacher_to_her_classes(
    shared: Sharing, maria: Visitor
) -> None:
    page = maria.page("/dashboard")

    assert page.links["Clever"] == "/clever"
    assert maria.page("/clever").title.startswith("Classes in Clever")


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_has_an_address(shared: Sharing, maria: Visitor, tab: str) -> None:
    page = maria.page(f"/clever/{tab}")

    assert "Shared by Lincoln USD" in page.text
    assert "Schools 1 Teachers 2 Classes 2 Students 2" in page.text
