"""Archive and restore on the pages: a question first, nothing lost, back again (N9)."""

from __future__ import annotations

from collections.abc import Callable

from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.roster.records import StudentRecord
from tests.rosters import algebra, reading, section_of, synced
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.own_classes import PICTURES, makes


def archive_of(section: Section) -> str:
    return f"/sections/{section.public_id}/archive"


def restore_of(section: Section) -> str:
    return f"/sections/{section.public_id}/restore"


def test_n9_the_question_says_what_happens_and_changes_nothing(
    maria: Visitor, section: Section
) -> None:
    page = maria.page(archive_of(section))

    assert "Archive this section?" in page.text
    assert "Its card goes from your students' home pages. Their work is kept." in page.text
    assert "1 question about its list ends. Nobody is removed." in page.text
    assert Section.by_key(section.id).archived_at is None


def test_n9_an_archived_section_leaves_every_page_but_that_of_archived_ones(
    maria: Visitor, section: Section
) -> None:
    answer = maria.submit(archive_of(section), archive_of(section))
    listed = maria.page(answer.headers["location"])

    assert "Algebra I is archived." in listed.text
    assert "12" in listed.text
    assert "Algebra I" not in maria.page("/dashboard").text
    assert maria.page("/dashboard").links["1 archived section"] == "/sections/archived"
    assert maria.get(f"/sections/{section.public_id}").status_code == 404
    assert not Hold.waiting(section).exists()


def test_n9_it_comes_back_with_its_students(maria: Visitor, section: Section) -> None:
    maria.post(archive_of(section))
    answer = maria.submit("/sections/archived", restore_of(section))

    assert answer.headers["location"] == f"/sections/{section.public_id}"
    assert "Given1" in maria.page(answer.headers["location"]).text
    assert Enrollment.count(section) == 12
    assert "You have archived no section." in maria.page("/sections/archived").text


def test_a58_only_its_teachers_archive_and_restore(
    maria: Visitor, section: Section, new_visitor: Callable[[], Visitor], cast: Cast
) -> None:
    daniel = new_visitor()
    daniel.sign_in(cast.teachers["Daniel Okafor"])

    assert daniel.get(archive_of(section)).status_code == 404
    assert daniel.post(archive_of(section)).status_code == 404
    assert maria.post(restore_of(section)).status_code == 404
    maria.post(archive_of(section))
    assert daniel.post(restore_of(section)).status_code == 404
    assert maria.post(archive_of(section)).status_code == 404


def test_a_students_card_goes_and_comes_back_with_the_work(
    new_visitor: Callable[[], Visitor], maria: Visitor, cast: Cast
) -> None:
    ada, rivera = new_visitor(), Account.get(Account.family_name == "Rivera")
    ada.sign_in(cast.students["Ada Byrne"])
    record = StudentRecord(cast.students["Ada Byrne"], "Ada", "Byrne")
    roster_class = algebra(teachers=(cast.teachers["Maria Rivera"],))
    section = section_of(roster_class, rivera)
    synced(section, reading(record, roster_class=roster_class), rivera)
    maria.post(archive_of(section))
    away = ada.page("/home").text
    maria.post(restore_of(section))

    assert "Algebra I" not in away
    assert "Algebra I" in ada.page("/home").text


def test_a_class_code_opens_nothing_while_its_section_is_archived(maria: Visitor) -> None:
    own = makes(maria, PICTURES, "Zed Young")
    question = maria.page(archive_of(own)).text
    maria.post(archive_of(own))
    away = maria.page(f"/class/{own.join_code}").text
    maria.post(restore_of(own))

    assert "Its class code opens nothing until you restore it." in question
    assert "Zed" not in away
    assert "Zed" in maria.page(f"/class/{own.join_code}").text
    assert not Section.by_key(own.id).previews_next
