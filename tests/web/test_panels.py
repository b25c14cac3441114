"""What Manage students says of a sync is so, whatever else waits, was kept or has passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal import clock, holds
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.providers.base import FailureReason, ProviderError
from tests.rosters import algebra, refusing, section_of, student, students, synced
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.syncs import (
    failed,
    last_answer,
    one_removed_and_25_names_held,
    queued,
    read,
    rivera,
    section_page,
)

QUESTION = "Check before we remove all 12 students"
CLEVER_IS_DOWN = refusing(ProviderError(FailureReason.NOT_ANSWERING))
LATER, EARLIER = timedelta(days=2), timedelta(days=-2)


@pytest.fixture
def other_section(maria: Visitor, cast: Cast) -> Section:
    """A section of Ms Rivera's that was never synced."""
    return section_of(algebra("c2", (cast.teachers["Maria Rivera"],)), rivera())


def test_a_failed_sync_is_told_above_the_question_that_waits(
    maria: Visitor, section: Section
) -> None:
    run = synced(section, CLEVER_IS_DOWN, rivera())
    text = section_page(maria, section)

    assert text.index("Clever did not answer after three tries.") < text.index(QUESTION)
    assert "We will try again by ourselves today at" in text
    assert run.reference in text


def test_a_screen_reader_hears_of_the_failure_and_not_of_the_old_question(
    maria: Visitor, section: Section
) -> None:
    told = last_answer(maria, synced(section, CLEVER_IS_DOWN, rivera()))

    assert "Sync failed. Your list has not changed." in told
    assert "your answer is needed" not in told


def test_a_refused_connection_can_be_opened_again_beside_a_question(
    maria: Visitor, section: Section
) -> None:
    failed(section, "reconnect")

    assert "Reconnect Clever" in maria.page(f"/sections/{section.public_id}").links


def test_a_stopped_sync_is_told_above_the_question_that_waits(
    maria: Visitor, section: Section
) -> None:
    queued(section).stop(clock.now())
    text = section_page(maria, section)

    assert text.index("Sync stopped. Nothing was changed.") < text.index(QUESTION)


def test_a_list_that_was_kept_is_not_said_to_match(maria: Visitor, section: Section) -> None:
    holds.keep(Hold.get(), rivera())
    run = read(section)
    text = section_page(maria, section)

    assert "Your list stays as you chose" in text
    assert "12 students stay as before because you chose to keep your list." in text
    assert "your list stays as you chose" in last_answer(maria, run)
    assert "matches" not in text


def test_an_answer_that_removes_is_not_called_a_check(maria: Visitor, section: Section) -> None:
    yesterday = clock.now() - timedelta(days=1)
    Section.update(checked_at=yesterday).where(Section.id == section.id).execute()
    maria.post(f"/holds/{Hold.get().public_id}/answer", answer="remove")
    text = section_page(maria, section)

    assert "12 students were removed Checked yesterday at" in text
    assert "matches" not in text


def test_an_answer_that_renames_says_how_many_names(maria: Visitor, other_section: Section) -> None:
    one_removed_and_25_names_held(other_section)
    holds.apply(Hold.get(), rivera())

    assert "25 names were changed" in section_page(maria, other_section)


def test_what_was_saved_before_the_question_is_told_with_it(
    maria: Visitor, other_section: Section
) -> None:
    one_removed_and_25_names_held(other_section)

    assert "Saved already Removed: Given1 Family00001" in section_page(maria, other_section)


def test_keep_says_that_nothing_more_was_changed(maria: Visitor, other_section: Section) -> None:
    one_removed_and_25_names_held(other_section)
    holds.keep(Hold.get(), rivera())
    text = section_page(maria, other_section)

    assert "Nothing more was changed. We ask again when Clever's list changes" in text
    assert "Nobody was removed." not in text


def test_a_question_that_nobody_answered_is_not_said_to_be_answered(
    maria: Visitor, section: Section
) -> None:
    Hold.expire(clock.now() + timedelta(days=15))

    assert (
        "Nobody answered in 14 days, so your list stayed as it was. The next sync asks again."
        in section_page(maria, section)
    )


def test_a_question_that_ended_before_its_time_is_not_said_to_have_had_14_days(
    maria: Visitor, section: Section
) -> None:
    """As when a section was archived and restored on the same day."""
    Hold.lapse(section.id, clock.now())
    text = section_page(maria, section)

    assert "Nobody answered our question, so your list stayed as it was." in text
    assert "14 days" not in text


def test_a_question_ends_with_its_time_and_not_with_the_next_sweep(
    maria: Visitor, section: Section
) -> None:
    Hold.update(expires_at=clock.now()).execute()
    text = section_page(maria, section)

    assert "Nobody answered in 14 days" in text
    assert "Check before we remove" not in text + maria.page("/dashboard").text


@pytest.mark.parametrize(("wait", "shown"), [(LATER, False), (EARLIER, True), (None, True)])
@pytest.mark.parametrize("reason", ["slow_down", "district_paused"])
def test_try_now_is_missing_only_while_there_is_something_to_wait_for(
    maria: Visitor, other_section: Section, reason: str, wait: timedelta | None, shown: bool
) -> None:
    until = clock.now() + wait if wait else None
    failed(other_section, reason, retry_at=until, resumes_on=until.date() if until else None)

    assert ("Try now" in section_page(maria, other_section)) is shown


def test_what_has_passed_is_not_promised(maria: Visitor, other_section: Section) -> None:
    over = clock.now() + EARLIER
    failed(other_section, "district_paused", resumes_on=over.date())
    assert "Your district had paused Clever until" in section_page(maria, other_section)

    failed(other_section, "not_answering", retry_at=over)
    assert "We will try again" not in section_page(maria, other_section)


def test_a_run_that_waits_for_long_is_not_promised_within_a_minute(
    maria: Visitor, section: Section, other_section: Section
) -> None:
    queued(section)
    queued(other_section, ago=timedelta(minutes=1))
    text = section_page(maria, other_section)

    assert "Saved. It will start by itself. It is taking longer than usual." in text
    assert "Usually under a minute" not in text


def test_f24_a_class_that_is_gone_offers_only_what_there_is(
    maria: Visitor, other_section: Section
) -> None:
    """Turning it into a section without Clever comes later: no word promises it (N7)."""
    failed(other_section, FailureReason.CLASS_GONE)
    page = maria.page(f"/sections/{other_section.public_id}")

    assert "Your list stays as it is, and students keep their work." in page.text
    assert page.links["Choose another class"] == f"/sections/{other_section.public_id}/class"
    assert "without Clever" not in page.text


def test_days_and_months_are_those_of_the_schools(maria: Visitor, section: Section) -> None:
    """Three in the morning in Greenwich on the 1st of August is the 31st of July in New York."""
    night = datetime(2024, 8, 1, 3, tzinfo=UTC)
    Hold.update(created_at=night).execute()
    Enrollment.update(ended_at=night).where(Enrollment.id == Enrollment.get().id).execute()
    text = section_page(maria, section)

    assert "left Jul 31, 2024" in text
    assert "This is common at the start of a term." not in text


def test_a_former_student_is_listed_with_the_day_and_the_sync_that_removed_them(
    maria: Visitor, other_section: Section
) -> None:
    """Y7; the reference is the one on the panel of that sync (HP3)."""
    read(other_section, *students(20))
    removed = read(other_section, *students(19))
    read(other_section, *students(19), student(21))
    _, _, former = section_page(maria, other_section).partition("1 former student")

    assert "Family00020 · left " in former
    assert f", {removed.reference}" in former


def test_every_former_student_is_counted_and_the_latest_200_are_listed(
    maria: Visitor, other_section: Section
) -> None:
    run, early = read(other_section, *students(203)), datetime(2024, 1, 1, tzinfo=UTC)
    Enrollment.update(ended_at=clock.now(), ended_by=run).execute()
    Enrollment.update(ended_at=early).where(Enrollment.sourced_id <= "s00003").execute()
    text = section_page(maria, other_section)

    assert "203 former students" in text
    assert "The latest 200 are listed." in text
    assert "Family00004 · left" in text
    assert "Family00003 · left" not in text
