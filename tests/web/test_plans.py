"""The plan somebody works with, as the pages say it (K6)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import clock
from portal.models.plans import PlanGrant
from portal.plans import PlanSlug
from portal.settings import BUNDLED_PLANS, Settings
from tests.sandbox_clever import Cast
from tests.sharing import lincoln
from tests.web.accounts import oduya, sign_in
from tests.web.browsing import RunningPortal, Visitor, running_portal

QUOTE = "https://rosterly.example.org/quote"


@pytest.fixture
def portal(environment: dict[str, str], tmp_path: Path) -> Iterator[RunningPortal]:
    """One whose operator has written where to ask for a quote."""
    text = BUNDLED_PLANS.read_text(encoding="utf-8")
    path = tmp_path / "plans.toml"
    path.write_text(text.replace('quote_url = ""', f'quote_url = "{QUOTE}"'), encoding="utf-8")
    with running_portal(Settings.from_env(environment | {"PLANS_FILE": str(path)})) as running:
        yield running


def test_a_connected_district_has_all_access_and_is_asked_to_buy_nothing(
    maria: Visitor, cast: Cast
) -> None:
    lincoln(cast)
    page = maria.page("/clever/classes")

    assert "Your plan: All Access" in page.text
    assert QUOTE not in page.links.values()


def test_the_next_plan_is_told_of_with_the_operators_words_and_link(
    maria: Visitor, cast: Cast
) -> None:
    lincoln(cast)
    PlanGrant.grant("clever", cast.id, PlanSlug.FREE, clock.now())
    page = maria.page("/clever/classes")

    assert "Your plan: Free" in page.text
    assert "Ask your school about Premium+" in page.text
    assert page.links["Ask for a quote"] == QUOTE


def test_k7_secure_sync_says_that_lists_update_by_themselves_where_the_plan_has_it(
    maria: Visitor, cast: Cast
) -> None:
    lincoln(cast)
    by_itself = maria.page("/clever/classes").text
    PlanGrant.grant("clever", cast.id, PlanSlug.FREE, clock.now())
    by_hand = maria.page("/clever/classes").text

    assert "Your lists update by themselves each night." in by_itself
    assert "You update your lists with the button above." in by_hand
    assert "by themselves each night" not in by_hand


def test_a_teacher_without_clever_is_led_to_the_other_ways_to_make_sections(
    visitor: Visitor,
) -> None:
    oduya()
    sign_in(visitor)
    page = visitor.page("/clever")

    assert page.title.startswith("How will students sign in?")
    assert "Picture password" in page.text
    assert "Your plan: Premium" in page.text
    assert page.links["Ask for a quote"] == QUOTE
