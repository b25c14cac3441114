"""What goes wrong on the way to Clever, and how each read of a roster ends (trust F22 to F37)."""

from __future__ import annotations

import socket
import threading
import time
import traceback
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.providers.base import FailureReason
from tests.healthy_district import ROSTER, SECTION
from tests.hostile_clever import (
    Answer,
    HostileClever,
    body,
    cut_in_a_chunk,
    drip,
    hang_up,
    html,
    raw,
    reset_mid_body,
    short_of_its_length,
    silence,
    status,
)
from tests.providers.reading import failure, roster
from tests.servers import free_port

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        pytest.param(401, FailureReason.RECONNECT, id="F22-401"),
        pytest.param(403, FailureReason.NOT_SHARED, id="F23-403"),
        pytest.param(400, FailureReason.UNUSABLE_ANSWER, id="400"),
        pytest.param(413, FailureReason.UNUSABLE_ANSWER, id="413"),
        pytest.param(501, FailureReason.UNUSABLE_ANSWER, id="501"),
        pytest.param(204, FailureReason.UNUSABLE_ANSWER, id="204"),
        pytest.param(206, FailureReason.UNUSABLE_ANSWER, id="206"),
        pytest.param(504, FailureReason.NOT_ANSWERING, id="504"),
    ],
)
@pytest.mark.parametrize("path", [SECTION, ROSTER])
def test_what_no_retry_heals_ends_the_read_at_once(
    clever: HostileClever, path: str, code: int, reason: FailureReason
) -> None:
    clever.always(path, status(code))

    assert failure(clever).reason is reason
    assert clever.paths().count(path) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(status(500), id="F28-500"),
        pytest.param(status(502), id="F28-502"),
        pytest.param(status(503), id="F28-503"),
        pytest.param(status(429), id="F26-429-empty"),
        pytest.param(html(), id="F37-html-200"),
        pytest.param(short_of_its_length(), id="M02-short"),
        pytest.param(cut_in_a_chunk(), id="M03-cut-chunk"),
        pytest.param(reset_mid_body(), id="F32-reset"),
        pytest.param(hang_up(), id="F32-hang-up"),
    ],
)
def test_what_comes_right_within_three_tries_ends_well(
    clever: HostileClever, fault: Answer
) -> None:
    clever.answer(ROSTER, fault, fault, page=2)

    assert len(roster(clever).students) == 26


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param(status(500), FailureReason.NOT_ANSWERING, id="F29-500"),
        pytest.param(status(429), FailureReason.SLOW_DOWN, id="F29-429"),
        pytest.param(html(), FailureReason.NOT_ANSWERING, id="F37-html-200"),
        pytest.param(short_of_its_length(), FailureReason.UNUSABLE_ANSWER, id="M02-short"),
        pytest.param(cut_in_a_chunk(), FailureReason.UNUSABLE_ANSWER, id="M03-cut-chunk"),
        pytest.param(reset_mid_body(), FailureReason.UNUSABLE_ANSWER, id="F32-reset"),
        pytest.param(hang_up(), FailureReason.NOT_ANSWERING, id="F32-hang-up"),
    ],
)
def test_what_stays_wrong_on_one_page_fails_the_whole_read_after_three_tries(
    clever: HostileClever, fault: Answer, reason: FailureReason
) -> None:
    """F34, and I10: no more than three requests for a page."""
    clever.always(ROSTER, fault, page=2)

    assert failure(clever).reason is reason
    assert max(Counter(hit.target for hit in clever.hits).values()) == 3


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(drip(), id="F31-drip-from-the-first-byte"),
        pytest.param(drip(HEAD + b"X-Slow: "), id="F31-drip-of-headers"),
        pytest.param(
            drip(HEAD + b'Content-Length: 999999\r\n\r\n{"data": ['), id="F31-drip-of-body"
        ),
        pytest.param(silence(), id="F31-silence"),
    ],
)
def test_a_page_is_cut_at_its_deadline_however_it_trickles(
    clever: HostileClever, fault: Answer
) -> None:
    clever.always(ROSTER, fault)
    began = time.monotonic()

    assert failure(clever, page_seconds=0.3).reason is FailureReason.NOT_ANSWERING
    assert time.monotonic() - began < 2


def test_a_class_that_answers_404_is_gone(clever: HostileClever) -> None:
    """F24."""
    clever.always(SECTION, status(404))

    assert failure(clever).reason is FailureReason.CLASS_GONE
    assert clever.paths().count(SECTION) == 1


@pytest.mark.parametrize("path", [SECTION, ROSTER])
def test_a_404_in_html_is_about_the_path_and_no_class_is_gone(
    clever: HostileClever, path: str
) -> None:
    """Clever page "Error messages": a lost path, or the wrong kind of token."""
    clever.always(path, html(404))

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER
    assert clever.paths().count(path) == 1


@pytest.mark.parametrize("page", [b"\n<html>", b"\xef\xbb\xbf<html>"])
def test_a_404_in_html_without_its_content_type_is_still_a_web_page(
    clever: HostileClever, page: bytes
) -> None:
    clever.always(SECTION, status(404, page))

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER


@pytest.mark.parametrize("content", [b"", b'{"message": "Resource not found"}'])
def test_a_404_labelled_html_without_a_web_page_in_it_is_about_the_class(
    clever: HostileClever, content: bytes
) -> None:
    clever.always(SECTION, status(404, content, Content_Type="text/html"))

    assert failure(clever).reason is FailureReason.CLASS_GONE


def test_a_class_is_not_gone_because_its_users_list_is(clever: HostileClever) -> None:
    clever.always(ROSTER, status(404))

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER


def test_a_404_for_a_page_that_clever_itself_leads_to_is_no_deleted_class(
    clever: HostileClever,
) -> None:
    clever.always(ROSTER, status(404), page=2)

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER


def test_a_read_has_a_budget_of_its_own(clever: HostileClever) -> None:
    """F31: five minutes a run, whatever each page may take."""
    clever.always(ROSTER, silence())
    began = time.monotonic()

    error = failure(clever, page_seconds=30, read_seconds=0.5)

    assert error.reason is FailureReason.NOT_ANSWERING
    assert time.monotonic() - began < 2


def test_a_silent_server_does_not_keep_the_owner_from_stopping(clever: HostileClever) -> None:
    class StopSyncPressed(Exception):
        pass

    clever.always(ROSTER, silence())
    pressed = threading.Event()

    def progress(
        students_read: int, students_listed: int | None, waiting_until: datetime | None = None
    ) -> None:
        if pressed.is_set():
            raise StopSyncPressed
        if students_listed:
            pressed.set()

    with pytest.raises(StopSyncPressed):
        roster(clever, progress=progress, page_seconds=30)


def test_a_server_that_is_not_there_is_not_answering(clever: HostileClever) -> None:
    """F30."""
    clever.origin = f"http://127.0.0.1:{free_port()}"

    assert failure(clever).reason is FailureReason.NOT_ANSWERING


def test_a_server_that_takes_no_connection_is_not_waited_for(clever: HostileClever) -> None:
    """F30."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        clever.origin = f"http://127.0.0.1:{address[1]}"
        with socket.create_connection(address):
            began = time.monotonic()

            assert failure(clever, page_seconds=0.3).reason is FailureReason.NOT_ANSWERING
            assert time.monotonic() - began < 2


def test_a_handshake_that_never_ends_is_not_waited_for(clever: HostileClever) -> None:
    """F30, F31: the server listens and says nothing of its certificate."""
    clever.origin = clever.origin.replace("http:", "https:")
    began = time.monotonic()

    assert failure(clever, page_seconds=0.3).reason is FailureReason.NOT_ANSWERING
    assert time.monotonic() - began < 2


def test_a_name_that_does_not_exist_is_not_answering(clever: HostileClever) -> None:
    """F30."""
    clever.origin = "http://no-such-host.invalid"

    assert failure(clever).reason is FailureReason.NOT_ANSWERING


def test_a_patient_read_waits_as_long_as_clever_asks_and_says_until_when(
    clever: HostileClever,
) -> None:
    """F26."""
    waits: list[datetime] = []
    clever.answer(ROSTER, status(429, Retry_After="1"), page=2)
    began = datetime.now(UTC)

    snapshot = roster(clever, progress=lambda _, __, until=None: waits.append(until))

    assert len(snapshot.students) == 26
    assert began + timedelta(seconds=1) <= max(filter(None, waits))
    assert datetime.now(UTC) - began >= timedelta(seconds=1)


def test_a_reset_in_unix_seconds_is_waited_for(clever: HostileClever) -> None:
    """F26."""
    reset = int(time.time()) + 1
    clever.answer(ROSTER, status(429, X_RateLimit_Reset=str(reset)))

    roster(clever)

    assert time.time() >= reset


@pytest.mark.parametrize("limits", [{"patient": False}, {"read_seconds": 20.0}])
def test_a_wait_too_long_for_this_read_is_left_to_a_later_one(
    clever: HostileClever, limits: dict[str, Any]
) -> None:
    """F26: past the cap, past the budget, or with somebody looking at a blank page."""
    clever.always(SECTION, status(429, Retry_After="50"))

    error = failure(clever, **limits)

    assert error.reason is FailureReason.SLOW_DOWN
    assert error.retry_at is not None
    assert timedelta(seconds=45) < error.retry_at - datetime.now(UTC) <= timedelta(seconds=50)
    assert clever.paths().count(SECTION) == 1


@pytest.mark.parametrize("asked", ["-5", "1e9", "soon", "nan", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_header_makes_us_wait_longer_than_an_hour(clever: HostileClever, asked: str) -> None:
    """M43."""
    clever.always(SECTION, status(429, Retry_After=asked))

    error = failure(clever)

    assert error.reason is FailureReason.SLOW_DOWN
    assert error.retry_at is not None
    assert error.retry_at - datetime.now(UTC) <= timedelta(hours=1)


def test_a_failing_server_may_ask_for_time_too(clever: HostileClever) -> None:
    clever.always(SECTION, status(503, Retry_After="150"))

    error = failure(clever)

    assert error.reason is FailureReason.NOT_ANSWERING
    assert error.retry_at is not None
    assert clever.paths().count(SECTION) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(short_of_its_length(), id="cut"),
        pytest.param(raw(b"Given1 Family00001\r\n\r\n"), id="names-for-a-status-line"),
        pytest.param(raw(HEAD + b"Given1 Family00001\r\n\r\n"), id="names-for-a-header"),
        pytest.param(body(b'{"data": [Given1 Family00001'), id="names-for-json"),
    ],
)
def test_a_failure_says_nothing_of_the_token_or_the_answer(
    clever: HostileClever, fault: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    """V02: not even at DEBUG, in what we ourselves say."""
    caplog.set_level("DEBUG", logger="portal")
    clever.always(ROSTER, fault)

    told = "".join(traceback.format_exception(failure(clever))) + caplog.text

    for secret in ("d15c0", "Given1", "Family"):
        assert secret not in told
