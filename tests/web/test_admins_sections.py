"""Sections that fail, one section by itself, and "Sync now" by an admin (AD1, Y13)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.providers.base import FailureReason, ProviderError
from portal.sync import sync_section
from tests.class_changing import preview
from tests.rosters import algebra, reading, refusing, section_of, students, synced
from tests.sandbox_clever import Cast
from tests.sharing import MIDDLE
from tests.web.browsing import Visitor
from tests.web.syncs import rivera

NewVisitor = Callable[[], Visitor]


@pytest.fixture
def sections(maria: Visitor, cast: Cast) -> list[Section]:
    """Three of Ms Rivera at the middle school: the classes of two are gone."""
    teachers = (cast.teachers["Maria Rivera"],)
    made = [section_of(algebra(key, teachers, name=key.upper()), rivera()) for key in "abc"]
    for each in made:
        roster_class = algebra(each.class_sourced_id, teachers, name=each.name)
        synced(each, reading(*students(10), roster_class=roster_class), rivera())
    for each in made[:2]:
        synced(each, refusing(ProviderError(FailureReason.CLASS_GONE)), rivera())
    Section.update(district_sourced_id=cast.id, school_sourced_id=cast.schools[MIDDLE]).execute()
    return made


@pytest.fixture
def kim(new_visitor: NewVisitor, sections: list[Section], cast: Cast) -> Visitor:
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])
    return admin


def page_of(section: Section) -> str:
    return f"/overview/sections/{section.public_id}"


def test_failing_sections_stand_together_by_their_cause(kim: Visitor) -> None:
    page = kim.page("/school")

    assert "2 sections: class no longer in Clever 20 students · since today at" in page.text
    assert page.links["See list: class no longer in Clever"] == "/overview/failing/class_gone"


def test_the_list_of_a_cause_names_its_sections_and_who_does_what(kim: Visitor) -> None:
    page = kim.page("/overview/failing/class_gone")

    assert {"A", "B"} <= page.links.keys()
    assert "C" not in page.links
    assert "bring it back in your school records" in page.text


def test_a_cause_of_none_is_said_and_an_unknown_one_is_not_there(kim: Visitor) -> None:
    assert "None fails for this cause now." in kim.page("/overview/failing/not_shared").text
    assert kim.get("/overview/failing/nonsense").status_code == 404


def test_since_is_when_it_failed_first_however_often_it_fails(
    kim: Visitor, sections: list[Section]
) -> None:
    first = SyncRun.select().where(SyncRun.state == RunState.FAILED).order_by(SyncRun.id).get()
    SyncRun.update(finished_at=first.finished_at.replace(year=2025, month=11, day=3)).where(
        SyncRun.id == first.id
    ).execute()
    synced(sections[0], refusing(ProviderError(FailureReason.CLASS_GONE)), rivera())

    assert "since Nov 3, 2025 at" in kim.page("/school").text


def test_another_class_that_could_not_be_shown_is_no_failure_of_the_section(
    kim: Visitor, sections: list[Section]
) -> None:
    preview(sections[2], algebra("d"), refusing(ProviderError(FailureReason.CLASS_GONE)), rivera())

    assert "2 sections: class no longer in Clever" in kim.page("/school").text


def test_a_sections_page_says_how_it_is_who_teaches_it_and_what_syncs_did(
    kim: Visitor, sections: list[Section]
) -> None:
    text = kim.page(page_of(sections[2])).text
    assert "Matches Clever" in text
    assert "Teacher Maria Rivera" in text
    assert "10 added, 0 removed, 0 updated" in text

    text = kim.page(page_of(sections[0])).text
    assert "Clever no longer has this class." in text
    assert "Given1" not in text


def test_sync_now_starts_a_run_in_the_admins_name_and_once_a_click(
    kim: Visitor, sections: list[Section]
) -> None:
    page = page_of(sections[2])
    form = kim.page(page).form(f"{page}/roster-syncs").fields
    answers = [kim.client.post(f"{page}/roster-syncs", data=form) for _ in range(2)]
    runs = SyncRun.select().where(SyncRun.source == RunSource.ADMIN)

    assert [each.headers["location"] for each in answers] == [page, page]
    assert [each.started_by.family_name for each in runs] == ["Kim"]
    assert "Waiting to start" in kim.page(page).text


def test_an_admins_sync_does_not_ask_whether_they_teach_the_class(
    kim: Visitor, sections: list[Section], cast: Cast
) -> None:
    """F44 is about teachers; an admin is no teacher of anything."""
    page, teachers = page_of(sections[2]), (cast.teachers["Maria Rivera"],)
    kim.submit(page, f"{page}/roster-syncs")
    run = SyncRun.get(SyncRun.source == RunSource.ADMIN)
    roster_class = algebra(sections[2].class_sourced_id, teachers)
    sync_section(run, reading(*students(11), roster_class=roster_class))

    assert SyncRun.get_by_id(run.id).state == RunState.DONE


def test_the_report_is_asked_for_again_while_a_run_is_under_way_only(
    kim: Visitor, sections: list[Section]
) -> None:
    page = page_of(sections[2])
    assert "data-hx-get" not in kim.get(page).text
    kim.submit(page, f"{page}/roster-syncs")

    assert f'data-hx-get="{page}/report"' in kim.get(page).text


def test_A58_a_section_of_another_school_is_not_there(
    kim: Visitor, sections: list[Section], cast: Cast
) -> None:
    Section.update(school_sourced_id=cast.schools["Lincoln High School"]).execute()
    page = page_of(sections[2])

    for answer in (kim.get(page), kim.get(f"{page}/report"), kim.post(f"{page}/roster-syncs")):
        assert answer.status_code == 404
    assert "No sections yet" in kim.page("/school").text
    assert SyncRun.select().where(SyncRun.source == RunSource.ADMIN).count() == 0


def test_a_change_that_clever_told_of_since_the_last_read_is_no_match(
    kim: Visitor, sections: list[Section]
) -> None:
    assert "1 of 3 sections match Clever" in kim.page("/school").text
    Section.update(outdated_at=clock.now()).execute()

    assert "0 of 3 sections match Clever" in kim.page("/school").text
    assert "Clever has changes for this list." in kim.page(page_of(sections[2])).text


def test_long_lists_of_what_waits_are_paged(
    kim: Visitor, sections: list[Section], cast: Cast
) -> None:
    reasons = [each for each in FailureReason if each != FailureReason.CLASS_GONE]
    for number, reason in enumerate([*reasons, *("storage", "unexpected", "teacher_removed")]):
        section = section_of(algebra(f"x{number}", ("t1",)), Account.get())
        Section.update(district_sourced_id=cast.id, school_sourced_id=cast.schools[MIDDLE]).where(
            Section.id == section.id
        ).execute()
        run = synced(section, refusing(ProviderError(FailureReason.CLASS_GONE)))
        Section.update(class_gone_at=None).where(Section.id == section.id).execute()
        SyncRun.update(reason=reason).where(SyncRun.id == run.id).execute()

    assert "Page 1 of 2" in kim.page("/school").text
    assert "Page 2 of 2" in kim.page("/school?page=2").text


def test_one_sync_is_read_whole_without_what_only_teachers_do(
    kim: Visitor, sections: list[Section]
) -> None:
    run = sections[2].sync_runs.get()
    address = f"/overview/roster-syncs/{run.public_id}"
    page = kim.page(address)

    assert address in kim.page(page_of(sections[2])).links.values()
    assert "Added (10) Given1 Family00001" in page.text
    assert not [each for each in page.links if each.startswith("Undo")]
    assert kim.get(f"/roster-syncs/{run.public_id}").status_code == 404
