"""How long a read may take when nobody says otherwise: the figures of trust.md F26 to F31."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from portal import districts
from portal.providers import http, transport
from portal.providers.base import FailureReason, ProviderError
from portal.providers.clever import CleverRosters
from portal.providers.http import ReadLimits
from tests.healthy_district import CLASS, DISTRICT, DISTRICT_TOKEN, SECTION
from tests.hostile_clever import HostileClever, status


def production(clever: HostileClever) -> CleverRosters:
    """Limited as nobody says otherwise."""
    return CleverRosters(DISTRICT_TOKEN, clever.origin, "v3.0", 10, DISTRICT)


class Waits(Exception):
    """Raised by a test's progress instead of waiting."""


def asked_to_wait(clever: HostileClever, seconds: int) -> timedelta:
    """How long a read of production's limits waits when Clever asks for so many seconds."""
    clever.always(SECTION, status(429, Retry_After=str(seconds)))
    began = datetime.now(UTC)

    def progress(_read: int, _listed: int | None, until: datetime | None = None) -> None:
        if until:
            raise Waits(until)

    with pytest.raises(Waits) as raised:
        production(clever).fetch_roster(CLASS, [], progress)
    waits: timedelta = raised.value.args[0] - began
    return waits


def test_a_job_reads_a_page_for_30_seconds_and_a_roster_for_five_minutes() -> None:
    """F31."""
    assert (
        districts.PATIENT
        == ReadLimits()
        == ReadLimits(page_seconds=30, read_seconds=300, backoff_seconds=1, patient=True)
    )


def test_a_page_view_reads_for_ten_seconds_and_waits_for_nobody() -> None:
    assert ReadLimits.for_a_page_view() == ReadLimits(
        page_seconds=8, read_seconds=10, backoff_seconds=1, patient=False
    )


def test_a_page_is_tried_three_times_within_three_minutes() -> None:
    """F28, F29."""
    assert (http.TRIES, http.GIVE_UP_SECONDS) == (3, 180)


def test_a_connection_is_tried_for_five_seconds(clever: HostileClever) -> None:
    """F30, whatever a page may take."""
    assert transport.CONNECT_SECONDS == 5
    with transport.watched_client(page_seconds=30) as client:
        assert client.timeout.connect == 5


def test_a_job_waits_for_up_to_two_minutes(clever: HostileClever) -> None:
    """F26."""
    assert timedelta(seconds=100) <= asked_to_wait(clever, 100) <= timedelta(seconds=103)


def test_a_job_that_would_wait_longer_comes_back_later(clever: HostileClever) -> None:
    """F26."""
    with pytest.raises(ProviderError) as raised:
        asked_to_wait(clever, 121)

    assert raised.value.reason is FailureReason.SLOW_DOWN
    assert clever.paths().count(SECTION) == 1


@pytest.fixture
def seconds_slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Sleeping takes no time, and the clock shows that it did."""
    slept: list[float] = []
    real = time.monotonic
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(time, "monotonic", lambda: real() + sum(slept))
    return slept


def test_a_server_that_asks_for_time_again_and_again_is_given_three_minutes(
    clever: HostileClever, seconds_slept: list[float]
) -> None:
    """F29: 110 seconds once, and not twice."""
    clever.always(SECTION, status(503, Retry_After="110"))

    with pytest.raises(ProviderError) as raised:
        production(clever).fetch_class(CLASS)

    assert raised.value.reason is FailureReason.NOT_ANSWERING
    assert clever.paths().count(SECTION) == 2
    assert 109 < sum(seconds_slept) < 112


def test_a_failing_server_is_asked_again_after_one_second_and_after_two(
    clever: HostileClever, seconds_slept: list[float]
) -> None:
    """F28, with jitter."""
    clever.answer(SECTION, status(500), status(500))

    production(clever).fetch_class(CLASS)

    assert 2.4 <= sum(seconds_slept) <= 3.7
