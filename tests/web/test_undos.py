"""What can be taken back is shown by name first, and what came of it is said (Y8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.base import MICROSECOND
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import RunSource, SyncRun
from tests.rosters import algebra, section_of, student, students
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.syncs import read, rivera, section_page

GRACE = replace(student(2), given_name="Grace", family_name="Hopper")
AFTER = [GRACE, *students(23, first=4), student(40)]


@pytest.fixture
def section(maria: Visitor, cast: Cast) -> Section:
    """Ms Rivera's, just synced: 1 and 3 left, 2 is Grace now, 40 is new."""
    made = section_of(algebra("c3", (cast.teachers["Maria Rivera"],)), rivera())
    read(made, *students(26))
    read(made, *AFTER)
    return made


def the_run(section: Section) -> SyncRun:
    run = SyncRun.latest(section)
    assert run is not None
    return run


def undo_page(section: Section) -> str:
    return f"/roster-syncs/{the_run(section).public_id}/undo"


def undoes(visitor: Visitor, section: Section, **fields: str) -> str:
    """Open the question, send its form, and read the page one ends up on."""
    address = undo_page(section)
    answer = visitor.submit(address, address, **fields)
    assert answer.status_code == 303
    return section_page(visitor, section)


def test_the_question_says_by_name_what_comes_back_and_what_goes(
    maria: Visitor, section: Section
) -> None:
    assert "Undo these changes" in maria.page(f"/sections/{section.public_id}").links
    text = maria.page(undo_page(section)).text

    assert "Back on your list Given1 Family00001 Given3 Family00003" in text
    assert "Off your list again Given40 Family00040" in text
    assert "Grace Hopper is now Given2 Family00002" in text
    assert "Grades and numbers follow Clever always" in text


def test_the_panel_says_as_of_when_the_list_is_and_that_we_will_ask(
    maria: Visitor, section: Section
) -> None:
    earlier = clock.now() - timedelta(days=1)
    first = SyncRun.select().where(SyncRun.section == section).order_by(SyncRun.id).get()
    SyncRun.update(finished_at=earlier).where(SyncRun.id == first.id).execute()
    text = undoes(maria, section)

    assert "We put your list back as it was yesterday at" in text
    assert "Clever still has these changes, so we will ask before saving them again." in text
    assert "matches Clever" not in text
    assert "put back as before" in maria.page("/dashboard").text


def test_a_list_that_a_later_sync_changed_too_is_not_called_as_it_was(
    maria: Visitor, section: Section
) -> None:
    address = undo_page(section)
    read(section, *AFTER, student(50))
    maria.submit(address, address)
    text = section_page(maria, section)

    assert "We put your list back" not in text
    assert "4 changes were undone." in text


def test_what_was_undone_is_saved_after_all_in_one_answer(maria: Visitor, section: Section) -> None:
    undoes(maria, section)
    assert Hold.waiting(section).count() == 3
    action = f"/roster-syncs/{the_run(section).public_id}/undo/answer"
    maria.post(action, answer="save")

    assert "4 changes were saved" in section_page(maria, section)
    assert set(Enrollment.roster(section).values()) == set(AFTER)
    assert "Undo these changes" in maria.page(f"/sections/{section.public_id}").links


def test_the_list_is_kept_in_one_answer_and_the_next_sync_does_not_ask(
    maria: Visitor, section: Section
) -> None:
    undoes(maria, section)
    maria.post(f"/roster-syncs/{the_run(section).public_id}/undo/answer", answer="keep")

    assert "Save them after all" not in section_page(maria, section)
    run = read(section, *AFTER)
    assert (run.state, run.kept_count, run.held_count) == ("done", 4, 0)


def test_the_next_sync_asks_and_says_why(maria: Visitor, section: Section) -> None:
    undoes(maria, section)
    read(section, *AFTER)
    text = section_page(maria, section)

    assert "These students were put back on your list." in text
    for hold in Hold.waiting(section):
        maria.post(f"/holds/{hold.public_id}/answer", answer="remove")
    assert set(Enrollment.roster(section).values()) == set(AFTER)


def test_the_question_about_additions_is_put_in_its_own_words(
    maria: Visitor, section: Section
) -> None:
    student_40 = Account.get(Account.family_name == "Family00040").public_id
    text = undoes(maria, section, student=student_40, what="")
    assert "1 change was undone." in text
    read(section, *AFTER)

    text = section_page(maria, section)
    assert "Check before we add 1 student" in text
    assert "These students were taken off your list again." in text
    maria.post(f"/holds/{Hold.waiting(section).get().public_id}/answer", answer="remove")
    assert "1 student was added" in section_page(maria, section)


def test_only_the_removals_come_back_when_only_they_are_chosen(
    maria: Visitor, section: Section
) -> None:
    text = undoes(maria, section, what="removals")

    assert "2 changes were undone." in text
    assert set(Enrollment.roster(section)) >= {"s00001", "s00003", "s00040"}


def test_one_student_of_a_run_is_asked_about_by_their_own_address(
    maria: Visitor, section: Section
) -> None:
    student_1 = Account.get(Account.family_name == "Family00001").public_id
    page = maria.page(f"{undo_page(section)}?student={student_1}")

    assert "Back on your list Given1 Family00001" in page.text
    assert "Family00003" not in page.text
    assert "Undo 1 change" in page.text


def test_who_was_changed_since_is_named_with_the_reason(maria: Visitor, section: Section) -> None:
    run = the_run(section)
    read(section, *AFTER, student(3))
    address = f"/roster-syncs/{run.public_id}/undo"
    page = maria.page(address)
    assert "Given3 Family00003 : changed by a sync today at" in page.text

    maria.submit(address, address)
    assert "Given3 Family00003 : changed by a sync today at" in section_page(maria, section)


def test_after_thirty_days_the_button_is_gone_and_the_address_says_why(
    maria: Visitor, section: Section
) -> None:
    long_ago = clock.now() - timedelta(days=30) - MICROSECOND
    SyncRun.update(finished_at=long_ago).where(SyncRun.section == section).execute()

    assert "Undo these changes" not in maria.page(f"/sections/{section.public_id}").links
    assert "Changes can be undone for 30 days." in maria.page(undo_page(section)).text
    assert maria.post(undo_page(section)).status_code == 422


def test_an_undo_is_not_undone_and_what_changed_nothing_neither(
    maria: Visitor, section: Section
) -> None:
    run = the_run(section)
    undoes(maria, section)
    undone = maria.page(f"/roster-syncs/{run.public_id}/undo").text
    assert "These changes were undone today at" in undone
    assert the_run(section).source == RunSource.UNDO
    assert "There is nothing to undo here." in maria.page(undo_page(section)).text
    assert maria.post(undo_page(section), what="nobody").status_code == 400


def test_the_list_is_put_back_as_it_was_before_two_syncs(maria: Visitor, section: Section) -> None:
    run = the_run(section)
    read(section, *AFTER, student(3))
    undo_link = maria.page(f"/roster-syncs/{run.public_id}/undo").links
    address = next(each for label, each in undo_link.items() if label.startswith("Put the list"))
    text = maria.page(address).text
    assert "All changes of 2 syncs since then are undone." in text
    assert "Given3 Family00003" not in text
    assert maria.submit(address, address).status_code == 303

    assert set(Enrollment.roster(section)) == {each.sourced_id for each in students(26)}
    assert "We put your list back as it was today at" in section_page(maria, section)
    assert "There is nothing to undo here." in maria.page(address).text
