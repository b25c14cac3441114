"""A roster is read to its end, and says on the way how far it has come."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from portal.providers.base import FailureReason
from portal.providers.clever import CleverRosters
from portal.roster.records import StudentRecord
from tests.healthy_district import (
    CLASS,
    DISTRICT,
    DISTRICT_TOKEN,
    PERSON_TOKEN,
    ROSTER,
    SCHOOL,
    SECTION,
    student_id,
)
from tests.hostile_clever import Answer, HostileClever, changed, hostile_clever, html, status
from tests.providers.reading import QUICK, failure, nobody, roster


def test_a_class_of_250_arrives_whole_in_pages_of_100() -> None:
    with hostile_clever(students=250) as clever:
        snapshot = roster(clever, page_size=100)

        assert len(snapshot.students) == 250
        assert clever.paths().count(ROSTER) == 3


def test_a_student_is_kept_with_the_published_fields_and_no_other(clever: HostileClever) -> None:
    snapshot = roster(clever)

    assert snapshot.students[student_id(7)] == StudentRecord(
        sourced_id=student_id(7),
        given_name="Given7",
        family_name="Family00007",
        grade="7",
        sis_id="000007",
        student_number="000007",
        district_username="student7",
        school_sourced_id=SCHOOL,
        legacy_id=student_id(7),
    )


def test_progress_counts_the_students_of_each_page(clever: HostileClever) -> None:
    told: list[tuple[int, int | None, datetime | None]] = []

    roster(clever, progress=lambda read, listed, until=None: told.append((read, listed, until)))

    assert told == [(0, 26, None), (10, 26, None), (20, 26, None), (26, 26, None)]


def test_an_empty_class_is_a_whole_roster_of_nobody() -> None:
    with hostile_clever(students=0) as clever:
        snapshot = roster(clever)

        assert snapshot.students == {}
        assert snapshot.unshared_count == snapshot.unreadable_count == 0


def test_the_token_goes_with_every_request_and_the_page_size_is_asked_for(
    clever: HostileClever,
) -> None:
    roster(clever)

    assert {hit.authorization for hit in clever.hits} == {f"Bearer {DISTRICT_TOKEN}"}
    assert [hit.target for hit in clever.hits if hit.path == ROSTER][0].endswith("&limit=10")


def test_a_persons_token_asks_for_no_page_size_and_needs_no_links(clever: HostileClever) -> None:
    clever.always(ROSTER, changed(lambda page: page.pop("links")))

    library = CleverRosters(PERSON_TOKEN, clever.origin, "v3.0", None, None, QUICK)

    assert len(library.fetch_roster(CLASS, [], nobody).students) == 26
    assert not any("limit" in hit.target for hit in clever.hits)


def test_a_paused_district_is_not_read_and_says_until_when(clever: HostileClever) -> None:
    clever.district.district |= {"state": "paused", "pause_end": "2026-08-10"}

    error = failure(clever)

    assert error.reason is FailureReason.DISTRICT_PAUSED
    assert error.until == date(2026, 8, 10)
    assert ROSTER not in clever.paths()


@pytest.mark.parametrize(
    ("told", "resumes_on"),
    [
        pytest.param("2026-08-10", date(2026, 8, 10), id="a-day-is-that-day-everywhere"),
        pytest.param("2026-08-10T03:30:00.000Z", date(2026, 8, 9), id="still-the-evening-before"),
        pytest.param("2026-08-10T04:00:00.000Z", date(2026, 8, 10), id="midnight-at-the-schools"),
        pytest.param("", None, id="unknown"),
        pytest.param("0001-01-01T00:00:00Z", None, id="no-such-day-there"),
    ],
)
def test_a_pause_ends_on_the_day_it_is_at_the_schools(
    clever: HostileClever, told: str, resumes_on: date | None
) -> None:
    clever.district.district |= {"state": "paused", "pause_end": told}

    assert failure(clever, timezone=ZoneInfo("America/New_York")).until == resumes_on


@pytest.mark.parametrize("answer", [html(), html(404), status(404), status(403)])
def test_a_district_record_that_cannot_be_had_is_no_obstacle(
    clever: HostileClever, answer: Answer
) -> None:
    clever.always(f"/v3.0/districts/{DISTRICT}", answer)

    assert len(roster(clever).students) == 26


def test_the_owner_of_a_read_can_give_it_up(clever: HostileClever) -> None:
    class StopSyncPressed(Exception):
        pass

    def progress(
        students_read: int, students_listed: int | None, waiting_until: datetime | None = None
    ) -> None:
        if students_read:
            raise StopSyncPressed

    with pytest.raises(StopSyncPressed):
        roster(clever, progress=progress)
    assert clever.paths().count(ROSTER) == 1


def test_a_student_who_leaves_during_the_read_has_left(clever: HostileClever) -> None:
    left = student_id(3)
    clever.district.withdraw(left)
    clever.answer(SECTION, changed(lambda answer: answer["data"]["students"].append(left)))

    snapshot = roster(clever, enrolled=[left])

    assert left not in snapshot.students
    assert snapshot.unshared_count == 0
    assert clever.paths().count(SECTION) == 2


def test_without_a_list_in_the_class_the_users_list_alone_counts(clever: HostileClever) -> None:
    del clever.district.section["students"]

    snapshot = roster(clever)

    assert len(snapshot.students) == 26
    assert snapshot.roster_class.student_sourced_ids == tuple(sorted(snapshot.students))
