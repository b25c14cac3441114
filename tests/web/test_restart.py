"""After a pause an admin sees what would change in each list, and saves exactly that (Y14)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.district_runs import DistrictRun
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun, Wish
from portal.roster.records import StudentRecord
from portal.sync import RosterReader, sync_section
from tests.rosters import algebra, reading, section_of, student, students, synced
from tests.sandbox_clever import Cast
from tests.sharing import HIGH, MIDDLE, lincoln
from tests.web.browsing import Visitor
from tests.web.syncs import rivera

NewVisitor = Callable[[], Visitor]
RESTART = "/overview/restart"


class Lists:
    """Sections of Ms Rivera, two of the middle school and one of the high school."""

    def __init__(self, cast: Cast) -> None:
        lincoln(cast)
        teacher = cast.teachers["Maria Rivera"]
        self.classes = {each: algebra(each, (teacher,), f"Class {each}") for each in "abc"}
        self.sections = {each: section_of(self.classes[each], rivera()) for each in "abc"}
        for each, school in zip("abc", (MIDDLE, MIDDLE, HIGH), strict=True):
            synced(self.sections[each], self.lists(each, *students(4)))
            Section.update(
                district_sourced_id=cast.id,
                school_sourced_id=cast.schools[school],
                previews_next=True,
            ).where(Section.id == self.sections[each].id).execute()

    def lists(self, name: str, *roster: StudentRecord) -> RosterReader:
        return reading(*roster, roster_class=self.classes[name])

    def shows(self, name: str, *roster: StudentRecord) -> SyncRun:
        """What a night shows that finds this roster."""
        run, _ = SyncRun.request(
            self.sections[name], RunSource.NIGHTLY, clock.now(), wish=Wish(preview=True)
        )
        sync_section(run, self.lists(name, *roster))
        return SyncRun.by_key(run.id)

    def works(self, name: str, *roster: StudentRecord) -> SyncRun:
        """A worker carries out what was asked for, and finds this roster."""
        run = SyncRun.in_flight(self.sections[name])
        assert run
        sync_section(run, self.lists(name, *roster))
        return SyncRun.by_key(run.id)

    def count(self, name: str) -> int:
        return Enrollment.count(self.sections[name])


@pytest.fixture
def lists(maria: Visitor, cast: Cast) -> Lists:
    return Lists(cast)


@pytest.fixture
def lowell(new_visitor: NewVisitor, lists: Lists, cast: Cast) -> Visitor:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])
    return admin


def saves(admin: Visitor, page: str = RESTART) -> str:
    sent = admin.submit(page, page)
    return admin.page(sent.headers["location"]).text if sent.is_redirect else sent.text


def test_each_school_and_list_is_told_in_numbers(lowell: Visitor, lists: Lists) -> None:
    lists.shows("a", *students(5))
    lists.shows("c", *students(2), student(3, given_name="Zed"))
    text = lowell.page(RESTART).text

    assert "2 lists would change In all: 1 added, 1 removed, 1 updated." in text
    assert f"{MIDDLE} 1 list: 1 added." in text
    assert "Class a 1 added · from 4 to 5 students" in text
    assert "1 list is still to be checked." in text
    assert "3 lists show what would change" in lowell.page("/district").text


def test_the_names_stand_on_the_page_of_one_list(lowell: Visitor, lists: Lists) -> None:
    run = lists.shows("a", *students(3), student(9))
    page = f"{RESTART}/{run.section.public_id}"
    text = lowell.page(page).text

    assert "1 student would be added Given9 Family00009" in text
    assert "1 student would leave" in text
    assert "Given4 Family00004" in text
    assert "1 list is being saved." in saves(lowell, page)
    assert lists.works("a", *students(3), student(9)).state == RunState.DONE


def test_an_admins_page_of_a_list_leads_to_what_would_change(lowell: Visitor, lists: Lists) -> None:
    run = lists.shows("a", *students(5))
    page = lowell.page(f"/overview/sections/{run.section.public_id}")

    assert page.links["It shows first what would change"] == f"{RESTART}/{run.section.public_id}"
    assert "Matches Clever" not in page.text


def test_all_are_saved_exactly_as_shown(lowell: Visitor, lists: Lists) -> None:
    lists.shows("a", *students(5))
    lists.shows("b", *students(3))
    assert "2 lists are being saved." in saves(lowell)

    assert lists.works("a", *students(5)).state == RunState.DONE
    assert lists.works("b", *students(3)).state == RunState.DONE
    assert (lists.count("a"), lists.count("b")) == (5, 3)
    assert AuditEvent.select().where(AuditEvent.action == "restart.saved").count() == 1
    assert not Section.by_key(lists.sections["a"].id).previews_next
    assert "No list has been checked yet" in lowell.page(RESTART).text


def test_a_list_that_differs_by_then_is_shown_anew(lowell: Visitor, lists: Lists) -> None:
    lists.shows("a", *students(5))
    saves(lowell)
    assert lists.works("a", *students(6)).state == RunState.PREVIEWED

    assert lists.count("a") == 4
    assert "Class a 2 added" in lowell.page(RESTART).text
    SyncRun.forget_previews(clock.now())
    assert "Class a 2 added" in lowell.page(RESTART).text


def test_an_answer_to_another_page_saves_nothing(lowell: Visitor, lists: Lists) -> None:
    lists.shows("a", *students(5))
    form = lowell.page(RESTART).form(RESTART)
    lists.shows("a", *students(7))
    sent = lowell.client.post(RESTART, data=form.fields)

    assert sent.status_code == 422
    assert "Clever has changed since you opened the page." in sent.text
    assert SyncRun.in_flight(lists.sections["a"]) is None


def test_an_admin_of_one_school_sees_and_saves_its_lists_alone(
    lowell: Visitor, new_visitor: NewVisitor, lists: Lists, cast: Cast
) -> None:
    lists.shows("a", *students(5))
    high = lists.shows("c", *students(5))
    kim = new_visitor()
    kim.sign_in(cast.staffs["Ruth Kim"])

    assert "1 list is being saved." in saves(kim)
    assert SyncRun.in_flight(lists.sections["c"]) is None
    assert kim.get(f"{RESTART}/{high.section.public_id}").status_code == 404


def test_checking_again_reads_the_district_and_shows_all_anew(
    lowell: Visitor, lists: Lists
) -> None:
    lists.shows("a", *students(5))
    lowell.submit(RESTART, f"{RESTART}/check")

    assert DistrictRun.select().count() == 1
    assert Section.by_key(lists.sections["a"].id).outdated_at is not None
    assert "Clever is being read now." in lowell.page(RESTART).text


def test_what_a_teacher_leaves_for_now_comes_back_with_the_next_night(lists: Lists) -> None:
    run = lists.shows("a", *students(5))
    run.dismiss(clock.now())

    assert Section.by_key(lists.sections["a"].id).outdated_at is not None
    assert Section.by_key(lists.sections["a"].id).previews_next
