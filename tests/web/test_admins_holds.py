"""What the guard holds, answered by an admin: one list, or a school's all at once (AD1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock, holds
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldState
from tests.rosters import algebra, reading, section_of, student, students, synced
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.syncs import rivera, section_page

NewVisitor = Callable[[], Visitor]


@pytest.fixture
def held(section: Section, cast: Cast) -> list[Section]:
    """Two lists of Ms Rivera at the middle school wait, and one at a school of another admin."""
    teachers = (cast.teachers["Maria Rivera"],)
    sections = [section, *(section_of(algebra(key, teachers), rivera()) for key in ("c2", "c3"))]
    for each in sections[1:]:
        roster_class = algebra(each.class_sourced_id, teachers)
        synced(each, reading(*students(12), roster_class=roster_class), rivera())
        synced(each, reading(*students(2), roster_class=roster_class), rivera())
    places = ("Lincoln Middle School", "Lincoln Middle School", "Lincoln Elementary School")
    for each, school in zip(sections, places, strict=True):
        Section.update(district_sourced_id=cast.id, school_sourced_id=cast.schools[school]).where(
            Section.id == each.id
        ).execute()
    return sections


@pytest.fixture
def kim(new_visitor: NewVisitor, held: list[Section], cast: Cast) -> Visitor:
    """Ms Kim, the middle school's admin."""
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])
    return admin


def hold_of(section: Section) -> Hold:
    hold: Hold = Hold.get(Hold.section == section)
    return hold


def page_of(hold: Hold) -> str:
    return f"/overview/holds/{hold.public_id}"


def school_page(cast: Cast) -> str:
    return f"/overview/schools/{cast.schools['Lincoln Middle School']}/holds"


def answers(admin: Visitor, page: str, answer: str) -> str:
    """What the page says after the admin has answered on it."""
    sent = admin.submit(page, page, answer=answer)
    return admin.page(sent.headers["location"]).text if sent.is_redirect else sent.text


def test_the_overview_says_what_waits_since_when_and_for_how_many(
    kim: Visitor, held: list[Section]
) -> None:
    text = kim.page("/school").text

    assert "2 lists of a school wait for an answer 22 students · since today at" in text
    assert "on hold 2 kept as they are 0 failing 0" in text


def test_an_admin_sees_the_names_and_the_count_before_answering(
    kim: Visitor, held: list[Section]
) -> None:
    page = kim.page(page_of(hold_of(held[1])))

    assert "Check before we remove 10 of 12 students" in page.text
    assert "Given3 Family00003" in page.text
    assert "Remove 10 students" in page.text


def test_removing_makes_the_held_changes_and_no_others(kim: Visitor, held: list[Section]) -> None:
    text = answers(kim, page_of(hold_of(held[1])), "remove")

    assert "10 students were removed. Ruth Kim chose so today" in text
    assert Enrollment.count(held[1]) == 2
    assert Enrollment.count(held[0]) == 12
    assert AuditEvent.select().where(AuditEvent.action == "hold.applied").count() == 1


def test_keeping_refuses_this_very_set(kim: Visitor, held: list[Section]) -> None:
    assert "The list stays as it is. Ruth Kim chose so" in answers(
        kim, page_of(hold_of(held[0])), "keep"
    )
    assert (hold_of(held[0]).state, Enrollment.count(held[0])) == (HoldState.KEPT, 12)


def test_an_answer_after_somebody_elses_changes_nothing_and_says_whose_it_was(
    kim: Visitor, held: list[Section]
) -> None:
    page = page_of(hold_of(held[0]))
    form = kim.page(page).form(page).fields
    holds.keep(hold_of(held[0]), rivera())
    kim.client.post(page, data=form | {"answer": "remove"})

    assert "Maria Rivera chose so" in kim.page(page).text
    assert Enrollment.count(held[0]) == 12


def test_the_teacher_reads_on_the_list_who_decided(
    kim: Visitor, maria: Visitor, held: list[Section]
) -> None:
    answers(kim, page_of(hold_of(held[0])), "keep")
    answers(kim, page_of(hold_of(held[1])), "remove")

    assert "Ruth Kim chose this" in section_page(maria, held[0])
    assert "Ruth Kim chose this" in section_page(maria, held[1])


def test_the_teacher_is_told_at_the_next_sign_in(
    kim: Visitor, new_visitor: NewVisitor, held: list[Section], cast: Cast
) -> None:
    answers(kim, page_of(hold_of(held[0])), "remove")
    teacher = new_visitor()
    teacher.sign_in(cast.teachers["Maria Rivera"])
    text = teacher.page("/dashboard").text

    assert "An admin of your school answered a question about one of your lists" in text
    assert [each.account for each in AccountNotice.select()] == [rivera()]


def test_who_teaches_the_list_is_not_told_of_their_own_answer(held: list[Section]) -> None:
    holds.keep(hold_of(held[0]), rivera())

    assert AccountNotice.select().count() == 0


def test_a_school_is_answered_at_once_with_the_numbers_and_the_names(
    kim: Visitor, held: list[Section], cast: Cast
) -> None:
    page = kim.page(school_page(cast)).text
    assert "22 students would leave a list" in page
    assert "Remove 22 students" in page
    assert page.count("Given12 Family00012") == 2
    text = answers(kim, school_page(cast), "remove")

    assert "2 questions are answered. The teachers are told." in text
    assert [Enrollment.count(each) for each in held] == [0, 2, 12]


def test_all_lists_of_a_school_are_kept_at_once(
    kim: Visitor, held: list[Section], cast: Cast
) -> None:
    answers(kim, school_page(cast), "keep")

    states = [hold_of(each).state for each in held]
    assert states == [HoldState.KEPT, HoldState.KEPT, HoldState.WAITING]


def test_a_stale_answer_for_a_school_is_refused(
    kim: Visitor, held: list[Section], cast: Cast
) -> None:
    form = kim.page(school_page(cast)).form(school_page(cast)).fields
    holds.keep(hold_of(held[0]), rivera())
    answer = kim.client.post(school_page(cast), data=form | {"answer": "remove"})

    assert answer.status_code == 422
    assert "These questions have changed since you opened the page." in answer.text
    assert [Enrollment.count(each) for each in held] == [12, 12, 12]


@pytest.mark.parametrize("answer", ["keep", "remove"])
def test_A58_a_hold_of_another_school_is_not_there(
    kim: Visitor, held: list[Section], cast: Cast, answer: str
) -> None:
    other = f"/overview/schools/{cast.schools['Lincoln Elementary School']}/holds"

    assert kim.get(page_of(hold_of(held[2]))).status_code == 404
    assert kim.post(page_of(hold_of(held[2])), answer=answer).status_code == 404
    assert kim.get(other).status_code == 404
    assert kim.post(other, answer=answer).status_code == 404
    assert hold_of(held[2]).state == HoldState.WAITING


def test_names_in_question_are_shown_as_before_and_after(
    kim: Visitor, held: list[Section], cast: Cast
) -> None:
    renamed = [student(number, family_name=f"Other{number}") for number in range(1, 13)]
    roster_class = algebra(held[1].class_sourced_id, (cast.teachers["Maria Rivera"],))
    synced(held[1], reading(*students(12), roster_class=roster_class), rivera())
    synced(held[1], reading(*renamed, roster_class=roster_class), rivera())
    Section.update(
        district_sourced_id=cast.id, school_sourced_id=cast.schools["Lincoln Middle School"]
    ).where(Section.id == held[1].id).execute()

    page = kim.page(school_page(cast)).text
    assert "Given1 Family00001 is now Given1 Other1" in page
    assert "12 names would change" in page
    assert "Save all 24 changes" in page


def test_a_question_that_has_run_out_is_closed(kim: Visitor, held: list[Section]) -> None:
    Hold.update(expires_at=clock.now()).execute()
    page = kim.page(page_of(hold_of(held[0])))

    assert "Nobody answered in time" in page.text
    assert page_of(hold_of(held[0])) not in [form.action for form in page.forms]
