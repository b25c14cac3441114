"""Whoever tries too often waits, with no school locked out for it (trust.md A77, L2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from portal.models.entrance.sign_in_attempts import SignInAttempt
from portal.models.sections import Section
from portal.settings import Settings
from portal.web.ground.limits import Limit, address
from tests.servers import RunningValkey, valkey_folder
from tests.web.browsing import RunningPortal, Visitor, made_app, running_portal
from tests.web.html import Page
from tests.web.syncs import PARTIAL

NewVisitor = Callable[[], Visitor]

START = "/sign-in/clever"
SYNCS = "/sections/{}/roster-syncs"


@pytest.fixture
def own_valkey() -> Iterator[RunningValkey]:
    """One of our own, since the address of all tests is the same."""
    with valkey_folder() as server:
        yield server


@pytest.fixture
def environment(environment: dict[str, str], own_valkey: RunningValkey) -> dict[str, str]:
    return {**environment, "REDIS_URL": own_valkey.url}


@pytest.fixture
def portal(environment: dict[str, str], own_valkey: RunningValkey) -> Iterator[RunningPortal]:
    with own_valkey.started(), running_portal(Settings.from_env(environment)) as running:
        yield running


@pytest.fixture
def browser(environment: dict[str, str]) -> Iterator[FlaskClient]:
    """A browser of a portal whose Valkey is away until the test starts it."""
    with made_app(Settings.from_env(environment)) as app:
        yield app.test_client()


def statuses(browser: Visitor | FlaskClient, times: int) -> list[int]:
    return [browser.get(START).status_code for _ in range(times)]


def exhaust_address(portal: RunningPortal) -> None:
    """As if a whole city had come from here within the minute."""
    limit = Limit.SIGN_IN_STARTS_HERE
    with portal.app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        counters = portal.app.extensions["rosterly"].counters
        while counters.spend(limit.value, address()):
            pass


def test_a77_a_browser_starts_thirty_times_a_minute(visitor: Visitor) -> None:
    assert statuses(visitor, 32) == [302] * 30 + [429] * 2


def test_a77_the_answer_says_when_it_works_again(visitor: Visitor) -> None:
    statuses(visitor, 30)
    answer = visitor.get(START)

    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert "It works again today at" in Page.of(answer.text).text
    assert "Go to the start page" in Page.of(answer.text).links


def test_a77_restarts_count_as_starts(visitor: Visitor) -> None:
    statuses(visitor, 30)

    assert visitor.get(f"{START}/callback?code=a-code").status_code == 429


def test_a77_what_is_refused_leaves_no_trip_behind(visitor: Visitor) -> None:
    statuses(visitor, 30)
    before = list(SignInAttempt.select(SignInAttempt.id).tuples())
    statuses(visitor, 3)

    assert list(SignInAttempt.select(SignInAttempt.id).tuples()) == before


def test_a77_one_browser_that_tries_too_often_holds_up_no_other(
    visitor: Visitor, new_visitor: NewVisitor
) -> None:
    statuses(visitor, 31)

    assert statuses(new_visitor(), 1) == [302]


def test_l2_a_browser_we_know_gets_in_from_an_address_that_is_busy(
    portal: RunningPortal, visitor: Visitor, new_visitor: NewVisitor
) -> None:
    statuses(visitor, 1)
    exhaust_address(portal)

    assert statuses(new_visitor(), 1) == [429]
    assert statuses(visitor, 1) == [302]


def test_a77_a_cookie_we_did_not_give_is_no_browser_we_know(
    portal: RunningPortal, visitor: Visitor
) -> None:
    visitor.client.cookies.set("rosterly", "made-up", domain="127.0.0.1")
    exhaust_address(portal)

    assert statuses(visitor, 1) == [429]


def test_a77_a_teacher_syncs_thirty_times_a_minute(maria: Visitor, section: Section) -> None:
    path, sent = SYNCS.format(section.public_id), {"csrf_token": maria.csrf_token()}
    answers = [maria.client.post(path, data=sent).status_code for _ in range(31)]

    assert answers == [303] * 30 + [429]


def test_a77_htmx_gets_a_piece_that_says_so(maria: Visitor, section: Section) -> None:
    path, sent = SYNCS.format(section.public_id), {"csrf_token": maria.csrf_token()}
    for _ in range(31):
        answer = maria.client.post(path, data=sent, headers=PARTIAL)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 60
    assert "<html" not in answer.text
    assert "It works again today at" in Page.of(answer.text).text


def test_f4_limits_hold_while_redis_is_away_and_nothing_is_a_500(browser: FlaskClient) -> None:
    assert statuses(browser, 32) == [302] * 30 + [429] * 2


def test_f4_a_valkey_that_dies_in_between_ends_no_sign_in(
    browser: FlaskClient, own_valkey: RunningValkey
) -> None:
    with own_valkey.started():
        before = statuses(browser, 10)
    after = statuses(browser, 31)

    assert before + after == [302] * 40 + [429]


def test_addresses_count_by_the_line_not_by_what_its_owner_picks(portal: RunningPortal) -> None:
    def seen(remote: str) -> str:
        with portal.app.test_request_context(environ_base={"REMOTE_ADDR": remote}):
            return address()

    assert seen("2001:db8:1:2::1") == seen("2001:db8:1:2:ffff::9") != seen("2001:db8:1:3::1")
    assert seen("192.0.2.1") == seen("::ffff:192.0.2.1") != seen("192.0.2.2")


@pytest.mark.parametrize(("proxies", "counted"), [("0", False), ("1", True)])
def test_the_address_is_what_our_own_proxies_saw(
    environment: dict[str, str], proxies: str, counted: bool
) -> None:
    """Without the setting a header may claim what it likes; with it only the last hop is heard."""
    settings = Settings.from_env({**environment, "TRUSTED_PROXIES": proxies})
    with made_app(settings) as app:
        app.add_url_rule("/seen", view_func=address)
        browser = app.test_client()
        direct, forwarded = (
            browser.get("/seen", headers={"X-Forwarded-For": each}).text
            for each in ("", "203.0.113.9, 192.0.2.7")
        )
        claimed = browser.get("/seen", headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.7"}).text

    assert (direct != forwarded) is counted
    assert claimed == forwarded
