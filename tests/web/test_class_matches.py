"""A section without Clever becomes a Clever section: who is who, saved, undone (N7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from portal import clock, library
from portal.models.accounts import Account
from portal.models.lessons import LessonCompletion
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.sync import sync_section
from tests.sandbox_clever import Cast
from tests.web.browsing import RunningPortal, Visitor
from tests.web.html import Page
from tests.web.own_classes import WORDS, makes, student

WANTED = "Algebra I - Period 3"


@pytest.fixture
def section(maria: Visitor) -> Section:
    """Ada has the name of somebody in the class and Ivo of nobody; Ada has finished a lesson."""
    section = makes(maria, WORDS, "Ada Byrne", "Priya Tran", "Ivo Stranger")
    LessonCompletion.create(
        account=student("Ada"), course_slug="c", lesson_slug="l", completed_at=clock.now()
    )
    return section


@pytest.fixture
def asked(maria: Visitor, section: Section, cast: Cast, portal: RunningPortal) -> SyncRun:
    """She has chosen the class, and a worker has looked at it."""
    maria.post(f"/sections/{section.public_id}/class", **{"class": cast.sections[WANTED]})
    return carried_out(section, portal)


def carried_out(section: Section, portal: RunningPortal) -> SyncRun:
    run = SyncRun.latest(section)
    assert run is not None
    sync_section(run, partial(library.read_roster, portal.settings, run.started_by))
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


def matches(run: SyncRun) -> str:
    return f"/roster-syncs/{run.public_id}/matches"


def answers(maria: Visitor, run: SyncRun, **more: str) -> int:
    """She sends the page as it stands, with these choices over it."""
    return maria.submit(matches(run), matches(run), **more).status_code


def test_the_section_leads_there_and_says_what_is_on_the_way(
    maria: Visitor, asked: SyncRun
) -> None:
    own_page = maria.page(f"/sections/{asked.section.public_id}").text
    panel = maria.page(f"/sections/{asked.section.public_id}/class/change").text

    assert "Use a Clever class" in own_page
    assert "Nothing is saved yet. Go on with it" in own_page
    assert "We found 2 of your 3 students in this class." in panel
    assert "Match students" in panel


def test_names_are_proposed_and_the_others_are_hers_to_choose(
    maria: Visitor, asked: SyncRun
) -> None:
    page = maria.page(matches(asked))

    assert "Ada Byrne is Ada Byrne in Clever Same name" in page.text
    assert "We did not find 1 student" in page.text
    assert "Ivo Stranger No match: leaves the list" in page.text


def test_nothing_is_saved_before_she_has_said_who_is_who(maria: Visitor, asked: SyncRun) -> None:
    answer = maria.post(f"/roster-syncs/{asked.public_id}/save")

    assert answer.headers["location"] == matches(asked)
    assert not Section.by_key(asked.section.id).synced


def test_two_of_hers_cannot_be_one_in_clever(
    maria: Visitor, asked: SyncRun, portal: RunningPortal
) -> None:
    page = maria.page(matches(asked))
    taken = page.form(matches(asked)).fields[f"match-{student('Ada').public_id}"]
    answer = maria.submit(
        matches(asked), matches(asked), **{f"match-{student('Ivo').public_id}": taken}
    )

    assert answer.status_code == 422
    assert "cannot be the same student" in Page.of(answer.text).text


def test_saved_it_is_a_clever_section_with_the_work_and_undone_her_own_again(
    maria: Visitor, asked: SyncRun, portal: RunningPortal
) -> None:
    section, ada = asked.section, student("Ada")
    assert answers(maria, asked) == 303
    shown = carried_out(section, portal)
    panel = maria.page(f"/sections/{section.public_id}/class/change").text
    assert "2 of your 3 students are also in this class. 1 would leave, 24 would join." in panel

    maria.post(f"/roster-syncs/{shown.public_id}/save")
    saved = carried_out(section, portal)
    after = Section.by_key(section.id)
    assert (saved.state, after.class_name, after.join_code) == (RunState.DONE, WANTED, None)
    listed = Enrollment.active(after).where(
        Enrollment.account == Account.get_by_id(ada.id).merged_into
    )
    assert LessonCompletion.times(listed.get().account).keys() == {("c", "l")}

    maria.post(f"/roster-syncs/{saved.public_id}/undo")
    assert Section.by_key(section.id).join_code == section.join_code
    assert Account.get_by_id(ada.id).merged_into is None
    assert "Ivo Stranger" in maria.page(f"/sections/{section.public_id}").text


def test_a_tick_taken_away_leaves_two_people(
    maria: Visitor, asked: SyncRun, portal: RunningPortal
) -> None:
    ada = f"match-{student('Ada').public_id}"
    answers(maria, asked, **{ada: ""})
    run = carried_out(asked.section, portal)

    assert (run.removed_count, run.added_count) == (2, 25)


def test_a_colleague_finds_nothing(
    asked: SyncRun, new_visitor: Callable[[], Visitor], cast: Cast
) -> None:
    sofia = new_visitor()
    sofia.sign_in(cast.teachers["Sofia Lindqvist"])

    assert sofia.get(matches(asked)).status_code == 404
    assert sofia.post(matches(asked)).status_code == 404
