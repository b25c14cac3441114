"""The pages around Save: what Clever says, and what has been done so far (experience 2.6, 2.7)."""

from __future__ import annotations

import pytest

from portal import clock
from portal.models.plans import PlanGrant
from portal.models.sections import Section
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.plans import PlanSlug
from tests.rosters import algebra, section_of, students
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.syncs import PARTIAL, failed, read, rivera


@pytest.fixture
def new_section(maria: Visitor, cast: Cast) -> Section:
    """A section that was saved a moment ago."""
    return section_of(algebra(teachers=(cast.teachers["Maria Rivera"],)), rivera())


def ready(visitor: Visitor, section: Section) -> Page:
    return visitor.page(f"/sections/{section.public_id}/ready")


def test_the_details_show_grade_and_subject_of_the_class(maria: Visitor, cast: Cast) -> None:
    algebra_i = cast.sections["Algebra I - Period 3"]
    text = maria.page(f"/sections/new/clever/details?class={algebra_i}").text

    assert "Grade Grade 8 Subject Math" in text


def test_a_section_is_not_called_ready_before_its_students_are_there(
    maria: Visitor, new_section: Section
) -> None:
    SyncRun.request(new_section, RunSource.FIRST, clock.now(), rivera())
    page = ready(maria, new_section)

    assert "We are adding your students to Algebra I" in page.text
    assert "is ready" not in page.title + page.text


def test_a_section_whose_first_sync_failed_is_not_called_ready(
    maria: Visitor, new_section: Section
) -> None:
    failed(new_section, "not_answering")

    assert "Algebra I has no students yet" in ready(maria, new_section).text


def test_a_section_with_its_students_is_ready_and_stays_so(
    maria: Visitor, new_section: Section
) -> None:
    run = read(new_section, *students(2))
    last = maria.get(f"/roster-syncs/{run.public_id}/panel", headers=PARTIAL).text
    failed(new_section, "not_answering")

    assert "Algebra I is ready" in Page.of(last).text
    assert ready(maria, new_section).title.startswith("Algebra I is ready")


@pytest.mark.parametrize(
    ("path", "each_night", "by_hand"),
    [
        ("/dashboard", "follows it every night", "follows it when you sync"),
        ("/sections/new", "The list updates by itself", "You update the list with one button"),
    ],
)
def test_no_sync_is_promised_that_nobody_starts(
    maria: Visitor, cast: Cast, path: str, each_night: str, by_hand: str
) -> None:
    """Nights come with the plan (K6)."""
    with_nights = maria.page(path).text
    PlanGrant.grant("clever", cast.id, PlanSlug.FREE, clock.now())
    without = maria.page(path).text

    assert each_night in with_nights
    assert by_hand in without
    assert each_night not in without
