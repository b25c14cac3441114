"""How a question ended is told to everybody it was put to; a late answer does nothing (AD1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock, holds
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import HOLD_LASTS, Hold, HoldState
from portal.models.syncs.sync_runs import SyncRun
from tests.rosters import algebra, reading, students, synced
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.syncs import rivera, section_page

NewVisitor = Callable[[], Visitor]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def held(section: Section, cast: Cast) -> Section:
    """Ms Rivera's twelve students wait at the middle school: nobody is listed any more."""
    Section.update(
        district_sourced_id=cast.id, school_sourced_id=cast.schools["Lincoln Middle School"]
    ).execute()
    return Section.by_key(section.id)


@pytest.fixture
def kim(new_visitor: NewVisitor, held: Section, cast: Cast) -> Visitor:
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])
    return admin


def the_hold() -> Hold:
    hold: Hold = Hold.select().order_by(Hold.id.desc()).get()
    return hold


def lists(section: Section, cast: Cast, count: int) -> SyncRun:
    """A sync finds so many of them."""
    read = reading(
        *students(count),
        roster_class=algebra(
            section.class_sourced_id, (cast.teachers["Maria Rivera"],), section.class_name
        ),
    )
    run = synced(section, read)
    Section.update(
        district_sourced_id=cast.id, school_sourced_id=cast.schools["Lincoln Middle School"]
    ).execute()
    return run


def late_answer(visitor: Visitor, page: str, action: str, meanwhile: Callable[[], object]) -> str:
    """Somebody opens the page, something else happens, and they press *Remove*."""
    fields = visitor.page(page).form(action).fields | {"answer": "remove"}
    meanwhile()
    return visitor.client.post(action, data=fields, follow_redirects=True).text


def test_a_teachers_answer_to_a_question_that_was_replaced_does_nothing(
    maria: Visitor, held: Section, cast: Cast
) -> None:
    action = f"/holds/{the_hold().public_id}/answer"
    text = late_answer(maria, f"/sections/{held.public_id}", action, lambda: lists(held, cast, 4))

    assert "That question had changed or was closed when your answer came." in text
    assert "Check before we remove 8 of 12 students" in text
    assert Enrollment.count(held) == 12


def test_it_is_said_in_the_panel_too_and_the_new_question_is_there(
    maria: Visitor, held: Section, cast: Cast
) -> None:
    action = f"/holds/{the_hold().public_id}/answer"
    fields = maria.page(f"/sections/{held.public_id}").form(action).fields
    lists(held, cast, 4)
    text = maria.client.post(action, data=fields, headers=HTMX).text

    assert 'role="alert"' in text
    assert f"/holds/{the_hold().public_id}/answer" in text


def test_an_answer_to_another_set_than_the_page_showed_does_nothing(
    maria: Visitor, held: Section
) -> None:
    action = f"/holds/{the_hold().public_id}/answer"
    fields = maria.page(f"/sections/{held.public_id}").form(action).fields
    maria.client.post(action, data=fields | {"answer": "remove", "asked": "of another set"})

    assert (the_hold().state, Enrollment.count(held)) == (HoldState.WAITING, 12)


def test_the_same_answer_sent_twice_is_the_first_one(maria: Visitor, held: Section) -> None:
    action = f"/holds/{the_hold().public_id}/answer"
    fields = maria.page(f"/sections/{held.public_id}").form(action).fields
    for _ in range(2):
        text = maria.client.post(action, data=fields, headers=HTMX).text
        assert "when your answer came" not in text


def test_an_admins_late_answer_leads_to_the_new_question(
    kim: Visitor, held: Section, cast: Cast
) -> None:
    page = f"/overview/holds/{the_hold().public_id}"
    text = late_answer(kim, page, page, lambda: lists(held, cast, 4))

    assert "This question had changed or was closed when your answer came." in text
    assert f'href="/overview/holds/{the_hold().public_id}"' in text
    assert Enrollment.count(held) == 12


def test_an_answer_after_its_time_does_nothing(kim: Visitor, held: Section) -> None:
    page = f"/overview/holds/{the_hold().public_id}"
    over = clock.now() - timedelta(seconds=1)
    text = late_answer(kim, page, page, lambda: Hold.update(expires_at=over).execute())

    assert "Nobody answered in time" in text
    assert Enrollment.count(held) == 12


def test_an_admin_reads_what_a_teacher_answered_and_when(
    maria: Visitor, kim: Visitor, held: Section
) -> None:
    holds.keep(the_hold(), rivera())

    for page in ("/school", "/overview/holds"):
        assert "The list stayed as it was. Maria Rivera chose so today at" in kim.page(page).text


def test_both_read_that_a_question_ended_by_itself(
    maria: Visitor, kim: Visitor, held: Section, cast: Cast
) -> None:
    lists(held, cast, 12)
    words = "Your question about 12 students ended by itself: Clever lists them again."

    assert words in section_page(maria, held)
    assert "It ended by itself today at" in kim.page("/school").text
    lists(held, cast, 12)
    assert words not in section_page(maria, held)


def test_both_read_that_nobody_answered(maria: Visitor, kim: Visitor, held: Section) -> None:
    hold = the_hold()
    Hold.update(expires_at=clock.now() - timedelta(hours=1)).execute()
    Hold.expire(clock.now())

    assert the_hold().answered_at == Hold.get_by_id(hold.id).expires_at
    assert "Nobody answered in 14 days, so the list stayed" in kim.page("/school").text
    assert "Nobody answered in 14 days" in section_page(maria, held)


def test_who_kept_a_list_stays_known_when_its_students_come_back(
    kim: Visitor, held: Section, cast: Cast
) -> None:
    holds.keep(the_hold(), rivera())
    answered_at = the_hold().answered_at
    lists(held, cast, 12)

    assert (the_hold().state, the_hold().answered_at) == (HoldState.DISSOLVED, answered_at)
    assert "Maria Rivera chose so" in kim.page("/school").text


def test_what_ended_more_than_two_weeks_ago_is_told_no_longer(kim: Visitor, held: Section) -> None:
    holds.keep(the_hold(), rivera())
    Hold.update(answered_at=clock.now() - HOLD_LASTS).execute()

    assert "Answered lately" not in kim.page("/school").text
    assert "No question has ended in that time." in kim.page("/overview/holds").text


def test_the_history_says_who_answered_what(maria: Visitor, held: Section) -> None:
    holds.keep(the_hold(), rivera())
    text = maria.page(f"/roster-syncs/{the_hold().run.public_id}").text

    assert "What we asked" in text
    assert "The list stayed as it was. Maria Rivera chose so today at" in text
