"""Who loses a class by their own sync reads why, with JavaScript or without (trust.md F44)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from tests.rosters import algebra, reading, synced
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.syncs import PARTIAL, last_answer, read, rivera, section_page

SENTENCE = "Clever no longer lists you as a teacher of this class."


@pytest.fixture
def last_run(section: Section) -> SyncRun:
    """Ms Rivera's own sync that found her class with another teacher."""
    roster_class = algebra(section.class_sourced_id, teachers=("t2",))
    return synced(section, reading(roster_class=roster_class), rivera())


@pytest.mark.usefixtures("last_run")
@pytest.mark.parametrize("place", ["", "/ready"])
def test_f44_the_page_that_followed_the_sync_says_it_and_how_to_go_on(
    maria: Visitor, section: Section, place: str
) -> None:
    page = maria.page(f"/sections/{section.public_id}{place}")

    assert SENTENCE in page.text
    assert "Copy a message to send" in page.text
    assert page.links["Go to My Dashboard"] == "/dashboard"


def test_f44_it_says_what_the_panel_says(
    maria: Visitor, section: Section, last_run: SyncRun
) -> None:
    assert SENTENCE in last_answer(maria, last_run)
    assert SENTENCE in section_page(maria, section)


def test_f44_the_card_that_followed_the_sync_says_it_too(
    maria: Visitor, section: Section, last_run: SyncRun
) -> None:
    answer = maria.get(f"/roster-syncs/{last_run.public_id}/card", headers=PARTIAL)
    card = Page.of(answer.text)

    assert SENTENCE in card.text
    assert card.links == {"Review": f"/sections/{section.public_id}"}
    assert (card.forms, f"card-{section.public_id}" in card.ids) == ([], True)
    assert section.name not in card.text


@pytest.mark.usefixtures("last_run")
def test_f44_nothing_of_the_section_is_open_any_more(maria: Visitor, section: Section) -> None:
    answer = maria.get(f"/sections/{section.public_id}")
    forms = Page.of(answer.text).forms

    assert answer.status_code == 200
    assert "Family0" not in answer.text
    assert [each.action for each in forms] == ["/sign-out"]
    assert maria.post(f"/sections/{section.public_id}/search", search="a").status_code == 404
    assert maria.post(f"/sections/{section.public_id}/roster-syncs").status_code == 404


@pytest.mark.usefixtures("last_run")
def test_f44_a_colleague_who_never_taught_the_class_finds_nothing(
    new_visitor: Callable[[], Visitor], section: Section, cast: Cast
) -> None:
    okafor = new_visitor()
    okafor.sign_in(cast.teachers["Daniel Okafor"])

    assert okafor.get(f"/sections/{section.public_id}").status_code == 404
    assert okafor.get(f"/sections/{section.public_id}/ready").status_code == 404


@pytest.mark.usefixtures("last_run")
def test_f44_a_teacher_who_is_back_finds_the_section_again(
    maria: Visitor, section: Section
) -> None:
    read(section)

    assert SENTENCE not in section_page(maria, section)
