"""How a district's records travel, in Clever's own words, with its pauses (Y15, 2.16)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal import clock
from portal.models.audit import AuditEvent
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.sync_runs import RunState
from tests.sandbox_clever import Cast
from tests.sharing import Sharing
from tests.web.browsing import Visitor

NewVisitor = Callable[[], Visitor]
RUNS = "/overview/district-runs"
WORDS: list[tuple[dict[str, Any], str]] = [
    ({"state": "success"}, "Successful Clever reads your school records without trouble."),
    ({"state": "running"}, "In progress Clever is reading your school records now."),
    ({"state": "pending"}, "Pending Something in your school records stops Clever."),
    ({"state": "error"}, "Error Clever has a problem with your school records"),
    ({"state": "on_hold"}, "On hold Clever waits for a person at your district"),
    ({"state": "paused"}, "Paused Your district has paused Clever."),
    ({"state": ""}, "Clever has not told us yet how your school records are doing."),
]


@pytest.fixture
def lowell(visitor: Visitor, cast: Cast) -> Visitor:
    visitor.sign_in(cast.district_admins["Pat Lowell"])
    return visitor


@pytest.mark.parametrize(("said", "words"), WORDS)
def test_the_district_is_as_clever_says(
    lowell: Visitor, cast: Cast, said: dict[str, Any], words: str
) -> None:
    Sharing(cast.id).says(**said)

    assert words in lowell.page("/district").text


def test_each_hop_has_its_time_and_somebody_to_ask(lowell: Visitor, cast: Cast) -> None:
    at = datetime(2025, 11, 3, 9, 12, tzinfo=UTC)
    Sharing(cast.id).says(records_at=at, read_at=at + timedelta(days=1))
    text = lowell.page("/district").text

    assert "School records to Clever Nov 3, 2025 at" in text
    assert "Clever to Rosterly Nov 4, 2025 at" in text
    assert "Whom to ask about Clever Pat Lowell" in text


def test_a_pause_is_told_with_its_days_and_what_it_means(lowell: Visitor, cast: Cast) -> None:
    end = (clock.now() + timedelta(days=30)).date()
    district = Sharing(cast.id)
    district.says(state="paused", pause_starts_on=date(2025, 6, 15), pause_ends_on=end)
    text = lowell.page("/district").text

    assert f"Your district has paused Clever until {end:%b} {end.day}" in text
    assert "Lists stay as they are." in text
    assert "Pause Jun 15, 2025 to" in text


def test_an_admin_has_the_district_read_now_and_a_second_press_joins(
    lowell: Visitor, cast: Cast
) -> None:
    Sharing(cast.id)
    for _ in range(2):
        assert lowell.post(RUNS).headers["location"] == "/district"
    run = DistrictRun.get()

    assert (run.source, run.started_by.family_name) == (DistrictRunSource.ADMIN, "Lowell")
    assert AuditEvent.select().where(AuditEvent.action == "district.read_asked").count() == 1
    assert "Waiting to read Clever" in lowell.page("/district").text
    assert f'data-hx-get="{RUNS}/panel"' in lowell.get(f"{RUNS}/panel").text


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"state": RunState.RUNNING, "records_read": 1200}, "Reading Clever: 1200 records so far"),
        (
            {"state": RunState.RUNNING, "step": "sections", "sections_done": 3, "section_count": 9},
            "Updating sections: 3 of 9",
        ),
        (
            {"state": RunState.FAILED, "reason": "not_answering"},
            "The last read failed, and nothing was changed by it: Clever did not answer",
        ),
    ],
)
def test_how_far_a_read_has_come_is_said(
    lowell: Visitor, cast: Cast, columns: dict[str, Any], words: str
) -> None:
    DistrictRun.request(Sharing(cast.id).connection, DistrictRunSource.NIGHTLY, clock.now())
    DistrictRun.update(**columns).execute()

    assert words in lowell.page("/district").text


def test_a_school_admin_reads_how_it_is_and_starts_nothing(
    new_visitor: NewVisitor, cast: Cast
) -> None:
    Sharing(cast.id)
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])

    assert "Check Clever now" not in admin.page("/school").text
    assert admin.post(RUNS).status_code == 404
    assert DistrictRun.select().count() == 0


def test_a_district_that_has_left_is_not_read(lowell: Visitor, cast: Cast) -> None:
    Sharing(cast.id).says(revoked_at=clock.now())

    assert "Check Clever now" not in lowell.page("/district").text
    assert lowell.post(RUNS).status_code == 404


def test_a_district_that_is_not_connected_is_told_so(lowell: Visitor, cast: Cast) -> None:
    assert "Not connected Your district has not connected Rosterly" in lowell.page("/district").text
    Sharing(cast.id).says(revoked_at=clock.now())

    assert "Clever ended our connection to your district today" in lowell.page("/district").text
