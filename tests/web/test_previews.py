"""See changes first, on Manage students: shown by name, saved, left (Y5, experience.md 2.8)."""

from __future__ import annotations

import pytest

from portal import clock
from portal.models.accounts import LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun, Wish
from portal.roster.records import StudentRecord
from portal.sync import sync_section
from tests.rosters import algebra, reading, section_of, student, students
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.syncs import PARTIAL, read, rivera, section_page

PREVIEW = Wish(preview=True)


@pytest.fixture
def section(maria: Visitor, cast: Cast) -> Section:
    """Ms Rivera's section of six, as Clever has it."""
    made = section_of(algebra("c2", (cast.teachers["Maria Rivera"],)), rivera())
    read(made, *students(6))
    return made


def test_see_changes_first_asks_for_a_preview(maria: Visitor, section: Section) -> None:
    maria.post(f"/sections/{section.public_id}/previews")
    run = SyncRun.in_flight(section)

    assert run is not None
    assert run.preview
    assert "Waiting to start" in section_page(maria, section)


def test_each_list_is_shown_by_name_with_a_button_that_counts(
    maria: Visitor, section: Section
) -> None:
    shown(section)
    text = section_page(maria, section)

    assert "Clever has 3 changes. Nothing is saved yet." in text
    assert "1 student would be added Given9" in text
    assert "1 student would leave" in text
    assert "Given2 Family00002 is now Zoë Family00002" in text
    assert "Your list would go from 6" not in text
    assert "4 students stay as before" in text
    assert "Save 3 changes" in text


def test_save_asks_for_that_very_plan(maria: Visitor, section: Section) -> None:
    preview = shown(section)
    maria.post(f"/roster-syncs/{preview.public_id}/save")
    run = SyncRun.in_flight(section)

    assert run is not None
    assert run.shown == preview


def test_what_is_another_plan_by_then_is_said(maria: Visitor, section: Section) -> None:
    preview = shown(section)
    shown(section, Wish(shown=preview), *students(5))
    text = section_page(maria, section)

    assert "Clever has changed since you looked. This is what would change now." in text
    assert "Save 1 change" in text


def test_not_now_leaves_the_list_and_the_page_as_they_were(
    maria: Visitor, section: Section
) -> None:
    before = section_page(maria, section), Enrollment.roster(section)
    preview = shown(section)
    maria.post(f"/roster-syncs/{preview.public_id}/not-now")

    assert (section_page(maria, section), Enrollment.roster(section)) == before


def test_a_plan_that_was_left_in_another_tab_is_not_saved(maria: Visitor, section: Section) -> None:
    preview = shown(section)
    maria.post(f"/roster-syncs/{preview.public_id}/not-now")
    maria.post(f"/roster-syncs/{preview.public_id}/save")

    assert SyncRun.in_flight(section) is None


def test_nothing_to_change_is_said_and_nothing_is_to_be_saved(
    maria: Visitor, section: Section
) -> None:
    shown(section, PREVIEW, *students(6))
    text = section_page(maria, section)

    assert "Nothing to change. Your list already matches Clever." in text
    assert "Save" not in text


def test_what_would_be_asked_about_is_in_a_list_of_its_own(
    maria: Visitor, section: Section
) -> None:
    shown(section, PREVIEW, *students(2))
    text = section_page(maria, section)

    assert "We would ask you before 4 students leave" in text
    assert "Go on to the question" in text


def test_a_card_tells_of_what_is_not_saved_yet(maria: Visitor, section: Section) -> None:
    shown(section)
    text = maria.page("/dashboard").text

    assert "Clever has 3 changes. Nothing is saved yet." in text
    assert "Not saved yet" in text


def test_a_screen_reader_hears_how_much_would_change(maria: Visitor, section: Section) -> None:
    preview = shown(section)
    answer = maria.get(f"/roster-syncs/{preview.public_id}/panel", headers=PARTIAL).text

    assert answer.count("Clever has 3 changes. Nothing is saved yet.") == 2


def shown(section: Section, wish: Wish = PREVIEW, *roster: StudentRecord) -> SyncRun:
    """A plan in the state a worker leaves it in: one is new, one has left, one is renamed."""
    teacher = LinkedAccount.get(LinkedAccount.account == rivera()).sourced_id
    roster = roster or (student(2, given_name="Zoë"), *students(4, first=3), student(9))
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now(), rivera(), wish=wish)
    sync_section(run, reading(*roster, roster_class=algebra("c2", (teacher,))))
    ended: SyncRun = SyncRun.get_by_id(run.id)
    assert ended.state == RunState.PREVIEWED
    return ended
