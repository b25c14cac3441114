"""What a retry heals ends well, and a large class arrives whole (F26, F28, F32, F37, M02, M40)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from portal.models.syncs.enrollments import Enrollment
from tests.faults.office import Office, change_every_page, open_office
from tests.healthy_district import ROSTER, student_id
from tests.hostile_clever import (
    Answer,
    hang_up,
    html,
    reset_mid_body,
    short_of_its_length,
    status,
)
from tests.servers import RunningValkey


@pytest.fixture
def office(database_url: str, valkey: RunningValkey) -> Iterator[Office]:
    with open_office(database_url, valkey.url) as office:
        yield office


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(status(429, Retry_After="1"), id="F26-429"),
        pytest.param(status(500), id="F28-500"),
        pytest.param(status(502), id="F28-502"),
        pytest.param(status(503), id="F28-503"),
        pytest.param(reset_mid_body(), id="F32-reset"),
        pytest.param(hang_up(), id="F32-hang-up"),
        pytest.param(short_of_its_length(), id="M02-short-of-its-length"),
        pytest.param(html(), id="F37-maintenance-page"),
    ],
)
def test_what_two_retries_heal_ends_well(office: Office, fault: Answer) -> None:
    change_every_page(office.clever)
    office.clever.answer(ROSTER, fault, fault, page=2)
    run = office.sync()

    assert (run.state, run.added_count, run.updated_count, run.removed_count) == ("done", 1, 3, 3)
    assert "248 students" in office.page()


def test_the_day_a_pause_ends_is_the_one_at_the_schools(office: Office) -> None:
    office.clever.district.district |= {
        "state": "paused",
        "pause_end": "2026-08-10T03:30:00.000Z",
    }

    assert office.sync().resumes_on == date(2026, 8, 9)


def test_the_class_of_250_arrives_whole_in_pages_of_100(office: Office) -> None:
    listed = Enrollment.roster(office.section)

    assert office.clever.paths().count(ROSTER) == 3
    assert [listed[student_id(n)].family_name for n in range(1, 251)] == [
        f"Family{n:05}" for n in range(1, 251)
    ]
    assert "250 students" in office.page()
