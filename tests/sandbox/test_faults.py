"""Answers that fail on purpose, and the real rate limit (clever-platform 3.8, section 6)."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from tests.sandbox.asking import App, link
from tests.sandbox_clever import Cast, RunningSandbox

LIST = "/v3.0/users?role=student"


@pytest.mark.parametrize("kind", ["429", "500", "502", "503", "401", "403", "404"])
def test_a_status_fails_as_often_as_ordered_and_then_no_more(
    sandbox: RunningSandbox, district: App, kind: str
) -> None:
    sandbox.fail_next(kind, times=2)
    assert [district.get(LIST).status_code for _ in range(3)] == [int(kind), int(kind), 200]


def test_429_has_an_empty_body_and_says_when_to_come_back(
    sandbox: RunningSandbox, district: App
) -> None:
    sandbox.fail_next("429", seconds=30)
    answer = district.get(LIST)
    assert answer.content == b""
    assert answer.headers["x-ratelimit-remaining"] == "0"
    assert 25 < int(answer.headers["x-ratelimit-reset"]) - time.time() < 31


def test_every_answer_tells_the_rate_limit(district: App) -> None:
    for path in (LIST, "/v3.0/users/0", "/v3.0/classes"):
        headers = district.get(path).headers
        assert headers["x-ratelimit-limit"] == "1200"
        assert int(headers["x-ratelimit-remaining"]) < 1200
        assert headers["x-ratelimit-bucket"] == "bearer"


def test_the_1201st_request_of_a_minute_is_refused_until_the_window_ends(
    sandbox: RunningSandbox, district: App
) -> None:
    sandbox.advance_clock(60 - time.time() % 60)  # a whole window lies ahead
    answers = [district.get("/v3.0/terms/0") for _ in range(1201)]
    assert answers[1199].status_code == 404
    assert (answers[1200].status_code, answers[1200].content) == (429, b"")
    sandbox.advance_clock(60)
    assert district.get("/v3.0/terms/0").status_code == 404


@pytest.mark.parametrize("kind", ["html", "empty", "truncated"])
def test_some_bodies_are_no_json_although_the_status_is_200(
    sandbox: RunningSandbox, district: App, kind: str
) -> None:
    sandbox.fail_next(kind)
    answer = district.get(LIST)
    assert answer.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_cut_body_ends_before_its_length(sandbox: RunningSandbox, district: App) -> None:
    sandbox.fail_next("cut")
    with pytest.raises(httpx.RemoteProtocolError):
        district.get(LIST)


@pytest.mark.parametrize("kind", ["slow", "drip"])
def test_a_slow_answer_is_right_but_late(sandbox: RunningSandbox, district: App, kind: str) -> None:
    right = district.get(LIST).content
    sandbox.fail_next(kind, seconds=0.4)
    started = time.monotonic()
    assert district.get(LIST).content == right
    assert time.monotonic() - started >= 0.4


def test_only_later_pages_can_fail(sandbox: RunningSandbox, district: App) -> None:
    sandbox.fail_next("500", only_later_pages=True)
    first = district.body(LIST)
    assert district.get(str(link(first, "next"))).status_code == 500


def test_only_the_named_path_fails(sandbox: RunningSandbox, district: App) -> None:
    sandbox.fail_next("500", path_contains="/sections")
    assert district.get(LIST).status_code == 200
    assert district.get("/v3.0/sections").status_code == 500


def test_tokens_fail_only_when_named(sandbox: RunningSandbox) -> None:
    sandbox.fail_next("503")
    assert sandbox.district_token()
    sandbox.fail_next("503", path_contains="/oauth/tokens")
    answer = httpx.get(f"{sandbox.url}/oauth/tokens", trust_env=False)
    assert answer.status_code == 503


def test_a_body_can_be_any_json(sandbox: RunningSandbox, district: App) -> None:
    sandbox.fail_next("body", body='{"error":"x"}')
    assert district.body(LIST) == {"error": "x"}


@pytest.mark.parametrize(("kind", "left"), [("no_links", {"data"}), ("no_data", {"links"})])
def test_envelopes_can_lack_a_part(
    sandbox: RunningSandbox, district: App, kind: str, left: set[str]
) -> None:
    sandbox.fail_next(kind)
    assert district.body(LIST).keys() == left


def test_next_can_lead_astray(sandbox: RunningSandbox, district: App) -> None:
    sandbox.fail_next("next_is_self")
    page = district.body(LIST)
    assert link(page, "next") == link(page, "self") == LIST
    sandbox.fail_next("next_elsewhere")
    assert str(link(district.body(LIST), "next")).startswith("http://elsewhere.example/")


def test_records_can_repeat_change_or_be_foreign(sandbox: RunningSandbox, district: App) -> None:
    for kind in ("repeated", "repeated_differently", "foreign"):
        sandbox.fail_next(kind)
    same, changed, foreign = (district.body(LIST)["data"] for _ in range(3))
    assert same[0] == same[-1]
    assert changed[0]["data"]["id"] == changed[-1]["data"]["id"]
    assert changed[0] != changed[-1]
    assert len({item["data"]["district"] for item in foreign}) == 2


def test_orders_can_be_called_off(sandbox: RunningSandbox, district: App) -> None:
    sandbox.fail_next("500", times=50)
    sandbox.stop_failing()
    assert district.get(LIST).status_code == 200


def test_the_log_counts_what_was_asked_and_keeps_no_token(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    sandbox.forget_requests()
    sandbox.fail_next("500")
    district.get(LIST)
    logged = sandbox.requests()[-1]
    assert (logged["path"], logged["query"]) == ("/v3.0/users", "role=student")
    assert (logged["token_kind"], logged["status"], logged["fault"]) == ("district", 500, "500")
    assert sandbox.district_token() not in str(sandbox.requests())
