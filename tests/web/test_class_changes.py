"""Change Clever class: chosen in the picker, shown, saved, taken back (N7, experience.md 2.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from portal import clock, library
from portal.models.sections import Section
from portal.models.syncs.class_changes import ClassChange
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.records import ClassRecord
from portal.sync import sync_section
from tests.rosters import algebra, section_of
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import RunningPortal, Visitor
from tests.web.html import Page
from tests.web.syncs import rivera, section_page

TWIN = "Algebra 1 - Period 3"


@pytest.fixture
def section(maria: Visitor, cast: Cast) -> Section:
    """Ms Rivera has taken the smaller twin of four students by mistake."""
    made = section_of(replace(of(cast, TWIN), district_sourced_id=cast.id), rivera())
    SyncRun.request(made, RunSource.FIRST, clock.now(), rivera())
    return made


def of(cast: Cast, name: str) -> ClassRecord:
    return algebra(cast.sections[name], (cast.teachers["Maria Rivera"],), name)


def path(section: Section, rest: str = "") -> str:
    return f"/sections/{section.public_id}/class{rest}"


def chosen(visitor: Visitor, section: Section, class_id: str, portal: RunningPortal) -> SyncRun:
    """She chooses this class, and a worker has looked at it."""
    visitor.post(path(section), **{"class": class_id})
    return carried_out(section, portal)


def carried_out(section: Section, portal: RunningPortal) -> SyncRun:
    run = SyncRun.latest(section)
    assert run is not None
    sync_section(run, partial(library.read_roster, portal.settings, run.started_by))
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


@pytest.fixture
def mine(section: Section, portal: RunningPortal) -> Section:
    carried_out(section, portal)
    return Section.by_key(section.id)


def test_the_picker_marks_the_class_of_today(maria: Visitor, mine: Section) -> None:
    page = maria.page(path(mine))

    assert "Change Clever class" in page.title
    assert page.text.count("This section follows it") == 1
    assert "Two of your classes have nearly the same name." in page.text
    assert "Change Clever class" in section_page(maria, mine)


def test_a_search_keeps_the_word_out_of_the_address(maria: Visitor, mine: Section) -> None:
    text = Page.of(maria.post(path(mine, "/search"), search="algebra").text).text

    assert TWIN in text
    assert "Advisory" not in text


@pytest.mark.parametrize("fields", [{}, {"class": "today"}])
def test_without_another_class_nothing_begins(
    maria: Visitor, mine: Section, fields: dict[str, str]
) -> None:
    fields = dict.fromkeys(fields, mine.class_sourced_id)
    answer = maria.post(path(mine), **fields)

    assert answer.status_code == 422
    assert Page.of(answer.text).title.startswith("Error:")
    assert SyncRun.in_flight(mine) is None


def test_a_class_that_she_does_not_teach_does_not_exist(
    maria: Visitor, mine: Section, cast: Cast
) -> None:
    answer = maria.post(path(mine), **{"class": cast.sections["Geometry 11"]})

    assert answer.status_code == 404
    assert SyncRun.in_flight(mine) is None


def test_the_preview_says_in_words_how_much_both_have_in_common(
    maria: Visitor, mine: Section, cast: Cast, portal: RunningPortal
) -> None:
    run = chosen(maria, mine, cast.sections["Algebra I - Period 3"], portal)
    text = section_page(maria, mine)

    assert run.state == RunState.PREVIEWED
    assert "Follow Algebra I - Period 3 ? Nothing is saved yet." in text
    assert "0 of your 4 students are also in this class. 4 would leave, 26 would join." in text
    assert "Few of your students are in this class." in text
    assert "Save changes" in text
    assert Section.by_key(mine.id).class_sourced_id == mine.class_sourced_id


def test_saved_and_taken_back(
    maria: Visitor, mine: Section, cast: Cast, portal: RunningPortal
) -> None:
    run = chosen(maria, mine, cast.sections["Algebra I - Period 3"], portal)
    maria.post(f"/roster-syncs/{run.public_id}/save")
    saved = carried_out(mine, portal)

    assert Section.by_key(mine.id).class_name == "Algebra I - Period 3"
    assert "Clever: Algebra I - Period 3" in section_page(maria, mine)
    maria.post(f"/roster-syncs/{saved.public_id}/undo")
    assert f"Clever: {TWIN}" in section_page(maria, mine)


def test_a_class_that_is_another_section_already_is_said(
    maria: Visitor, mine: Section, cast: Cast, portal: RunningPortal
) -> None:
    wanted = cast.sections["Algebra I - Period 3"]
    section_of(algebra(wanted, (cast.teachers["Maria Rivera"],), "Mine too"), rivera())
    run = chosen(maria, mine, wanted, portal)

    assert "It is already your section Mine too" in section_page(maria, mine)
    assert "already_section" in ClassChange.get(ClassChange.run == run).flags


def test_a_gone_class_leads_to_another_one(
    maria: Visitor, mine: Section, sandbox: RunningSandbox, cast: Cast, portal: RunningPortal
) -> None:
    sandbox.delete(mine.class_sourced_id)
    maria.post(f"/sections/{mine.public_id}/roster-syncs")
    carried_out(mine, portal)
    assert "Choose another class" in section_page(maria, mine)

    run = chosen(maria, mine, cast.sections["Algebra I - Period 3"], portal)
    assert run.state == RunState.PREVIEWED


def test_a_colleague_who_does_not_teach_the_section_finds_nothing(
    maria: Visitor, mine: Section, new_visitor: Callable[[], Visitor], cast: Cast
) -> None:
    sofia = new_visitor()
    sofia.sign_in(cast.teachers["Sofia Lindqvist"])

    assert sofia.get(path(mine)).status_code == 404
    assert sofia.post(path(mine), **{"class": cast.sections[TWIN]}).status_code == 404
    assert sofia.get(path(mine, "/change")).status_code == 404
