"""The page of a student of a section with Clever: what is kept, and own names (Y9, Y10, K5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jobs.sweep import sweep
from portal.clock import now
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.overrides import OverrideKind, RosterOverride
from portal.models.syncs.sync_changes import SyncChange
from portal.models.syncs.sync_runs import SyncRun
from tests.rosters import student, students
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.own_classes import PICTURES, makes
from tests.web.syncs import read, section_page

SOON = (date.today() + timedelta(days=20)).isoformat()
ADA, BEN = student(1, given_name="Ada", family_name="Byrne"), student(2, given_name="Ben")
OTHERS = students(10, first=3)


@pytest.fixture
def algebra(section: Section) -> Section:
    """Twelve students, as Clever lists them, and nothing that waits."""
    read(section, ADA, BEN, *OTHERS)
    return section


def page_of(section: Section, who: str = "Ada") -> str:
    place = place_of(section, who)
    return f"/sections/{section.public_id}/students/{place.account.public_id}"


def place_of(section: Section, who: str) -> Enrollment:
    places = [each for each in section.enrollments if each.account.given_name == who]
    return places[0]


def keeps(
    visitor: Visitor, section: Section, kind: str, who: str = "Ada", until: str = SOON
) -> Page:
    answer = visitor.post(f"{page_of(section, who)}/override", kind=kind, until=until)
    return visitor.page(answer.headers["location"])


def listed(section: Section) -> set[str]:
    return {each.given_name for each in Enrollment.roster(section).values()}


def test_the_page_tells_of_the_student_in_this_section(maria: Visitor, algebra: Section) -> None:
    page = maria.page(page_of(algebra))

    assert [each in page.text for each in ("Ada Byrne", "Grade 7", "since", "Algebra I")] == [
        True
    ] * 4
    assert maria.page(f"/sections/{algebra.public_id}").links["Ada Byrne"] == page_of(algebra)


def test_y10_who_is_kept_on_the_list_stays_when_clever_takes_them_out(
    maria: Visitor, algebra: Section
) -> None:
    said = keeps(maria, algebra, "in").text
    runs = SyncRun.select().count()
    run = read(algebra, BEN, *OTHERS)

    assert "Kept on the list until" in said
    assert (run.state, run.removed_count, "Ada" in listed(algebra)) == ("done", 0, True)
    assert SyncRun.select().count() == runs + 1
    assert "by you" in section_page(maria, algebra)


def test_y10_who_is_kept_off_the_list_leaves_now_and_stays_off(
    maria: Visitor, algebra: Section
) -> None:
    keeps(maria, algebra, "out")
    override = RosterOverride.get()
    run = override.made_in
    read(algebra, ADA, BEN, *OTHERS)

    assert (run.source, run.state, run.removed_count) == ("override", "done", 1)
    assert (run.count_before, run.count_after) == (12, 11)
    assert (SyncChange.get(SyncChange.run == run).kind, "Ada" in listed(algebra)) == (
        "removed",
        False,
    )
    assert "1 student kept off the list" in section_page(maria, algebra)
    assert AuditEvent.get(AuditEvent.action == "student.kept_out").subject == algebra.public_id


def test_y10_a_former_student_is_put_back_with_the_place_of_before(
    maria: Visitor, algebra: Section
) -> None:
    read(algebra, BEN, *OTHERS)
    before = place_of(algebra, "Ada")
    keeps(maria, algebra, "in")
    read(algebra, BEN, *OTHERS)

    after = place_of(algebra, "Ada")
    assert (before.ended_at is None, after.ended_at, before.id) == (False, None, after.id)
    assert RosterOverride.get().made_in.added_count == 1


def test_y10_when_the_day_is_over_the_next_sync_follows_clever_again(
    maria: Visitor, algebra: Section
) -> None:
    keeps(maria, algebra, "in")
    read(algebra, BEN, *OTHERS)
    RosterOverride.update(until=date.today() - timedelta(days=2)).execute()
    sweep(now())
    sweep(now())
    outdated = Section.by_key(algebra.id).outdated_at
    run = read(algebra, BEN, *OTHERS)

    assert RosterOverride.get().ended_at is not None
    assert outdated is not None
    assert (run.removed_count, "Ada" in listed(algebra)) == (1, False)


def test_y10_it_is_ended_early_or_moved_to_another_day(maria: Visitor, algebra: Section) -> None:
    keeps(maria, algebra, "in")
    keeps(maria, algebra, "in", until=date.today().isoformat())
    moved = RosterOverride.get()
    answer = maria.post(f"{page_of(algebra)}/override/end")

    assert (moved.until, moved.ended_at) == (date.today(), None)
    assert "Clever decides again" in maria.page(answer.headers["location"]).text
    assert RosterOverride.get().ended_at is not None
    assert maria.post(f"{page_of(algebra)}/override/end").status_code == 303


def test_y10_one_stands_at_a_time_and_the_run_that_ended_it_is_known(
    maria: Visitor, algebra: Section
) -> None:
    keeps(maria, algebra, "in")
    keeps(maria, algebra, "out")
    first, second = RosterOverride.select().order_by(RosterOverride.id)

    assert (first.kind, second.kind) == (OverrideKind.IN, OverrideKind.OUT)
    assert (first.ended_in, second.ended_at) == (second.made_in, None)


def test_y10_the_guard_does_not_count_who_is_kept(maria: Visitor, algebra: Section) -> None:
    """Three of twelve is a fifth and more: two of them, it is not."""
    keeps(maria, algebra, "in")
    run = read(algebra, *OTHERS[:9])

    assert (run.state, run.removed_count) == ("done", 2)


def test_y10_an_answer_to_a_hold_leaves_who_is_kept_since(maria: Visitor, algebra: Section) -> None:
    run = read(algebra, *OTHERS[:6])
    keeps(maria, algebra, "in")
    hold = f"/holds/{Hold.get(Hold.run == run).public_id}/answer"
    maria.post(hold, answer="remove")

    assert listed(algebra) == {"Ada"} | {each.given_name for each in OTHERS[:6]}


@pytest.mark.parametrize(
    ("kind", "until", "sentence"),
    [
        ("sideways", SOON, "Choose on the list or off the list"),
        ("in", "soon", "Enter a day, like"),
        ("in", (date.today() - timedelta(days=2)).isoformat(), "Choose a day from today on"),
        ("out", (date.today() + timedelta(days=400)).isoformat(), "Choose a day within a year"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(
    maria: Visitor, algebra: Section, kind: str, until: str, sentence: str
) -> None:
    answer = maria.post(f"{page_of(algebra)}/override", kind=kind, until=until)

    assert (answer.status_code, answer.text.count(sentence)) == (422, 2)
    assert Page.of(answer.text).title.startswith("Error:")
    assert f'value="{until}"' in answer.text
    assert RosterOverride.select().count() == 0


def test_y9_what_teachers_call_a_student_stands_over_clevers_name(
    maria: Visitor, algebra: Section
) -> None:
    maria.post(f"{page_of(algebra)}/display-name", display_name=" Addie\u200b B. ")
    read(algebra, BEN, *OTHERS)
    read(algebra, student(1, given_name="Adaline", family_name="Byrne"), BEN, *OTHERS)
    text = section_page(maria, algebra)
    found = maria.post(f"/sections/{algebra.public_id}/search", search="addie").text

    assert place_of(algebra, "Adaline").display_name == "Addie B."
    assert "Addie B. ( Adaline Byrne in Clever)" in text
    assert ("Addie B." in found, "Ben" in Page.of(found).text) == (True, False)


def test_y9_clevers_name_comes_back_when_it_is_wanted(maria: Visitor, algebra: Section) -> None:
    maria.post(f"{page_of(algebra)}/display-name", display_name="Addie")
    page = maria.page(page_of(algebra))
    answer = maria.post(f"{page_of(algebra)}/display-name")

    assert "Clever does not send us nicknames." in page.text
    assert "called as in Clever" in maria.page(answer.headers["location"]).text
    assert "Addie" not in section_page(maria, algebra)


@pytest.mark.parametrize("rest", ["override", "override/end", "display-name"])
def test_nothing_of_it_is_there_for_a_section_without_clever(maria: Visitor, rest: str) -> None:
    own = makes(maria, PICTURES, "Ada")

    assert maria.post(f"{page_of(own)}/{rest}").status_code == 404
