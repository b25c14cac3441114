"""A Clever that lies lets nobody into the portal (trust.md A05 to A17)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.logs import configure_logs
from portal.models.accounts import Account
from portal.settings import Settings
from tests.healthy_district import PERSON_TOKEN, TEACHER
from tests.hostile_clever import HostileClever, answered, hostile_clever, redirect
from tests.providers.signing import CLIENT_ID, PUBLISHED, claims, signed, unsigned
from tests.providers.signing_in import TOKENS, someone_signs_in
from tests.web.browsing import CALLBACK, made_app, query


@pytest.fixture
def clever() -> Iterator[HostileClever]:
    with hostile_clever() as server:
        server.always("/oauth/certs", answered(PUBLISHED))
        yield server


@pytest.fixture
def browser(environment: dict[str, str], clever: HostileClever) -> Iterator[FlaskClient]:
    """A browser on its way back from this Clever."""
    changed = {
        "CLEVER_CLIENT_ID": CLIENT_ID,
        "CLEVER_AUTH_URL": clever.origin,
        "CLEVER_API_URL": clever.origin,
    }
    with made_app(Settings.from_env(environment | changed)) as app:
        yield app.test_client()


def come_back(
    browser: FlaskClient, clever: HostileClever, make: Any = signed, **said: Any
) -> TestResponse:
    """The callback, with an ID token that says this; signs in when nothing is wrong."""
    asked = query(browser.get("/sign-in/clever").headers["Location"])
    someone_signs_in(clever, id_token=make(claims(asked["nonce"], TEACHER) | said))
    return browser.get(CALLBACK, query_string={"code": "a-code", "state": asked["state"]})


def test_a_good_id_token_lets_its_person_in(browser: FlaskClient, clever: HostileClever) -> None:
    """A teacher, new here: who she says she is is believed, and she is asked one question."""
    assert come_back(browser, clever).headers["Location"] == "/sign-in/question"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(signed, {"iss": "https://clever.example.org"}, id="A07-issuer"),
        pytest.param(signed, {"aud": "other", "azp": CLIENT_ID}, id="A08-audience"),
        pytest.param(signed, {"aud": [CLIENT_ID, "other"]}, id="A08-extra-audience"),
        pytest.param(signed, {"nonce": "another"}, id="A10-nonce"),
        pytest.param(signed, {"nonce": None}, id="A10-no-nonce"),
        pytest.param(unsigned, {}, id="A12-alg-none"),
        pytest.param(signed, {"exp": int(time.time()) - 90}, id="A15-expired"),
        pytest.param(signed, {"iat": int(time.time()) + 3600}, id="A15-future"),
    ],
)
def test_a_bad_id_token_lets_nobody_in(
    browser: FlaskClient, clever: HostileClever, make: Any, said: dict[str, Any]
) -> None:
    answer = come_back(browser, clever, make, **said)

    assert answer.headers["Location"] == "/sign-in?problem=refused"
    assert browser.get("/dashboard").status_code == 303
    assert Account.select().count() == 0


def test_a05_another_issuers_callback_is_refused_before_any_exchange(
    browser: FlaskClient, clever: HostileClever
) -> None:
    """RFC 9207, O4."""
    state = query(browser.get("/sign-in/clever").headers["Location"])["state"]
    sent = {"code": "a-code", "state": state, "iss": "https://accounts.google.com"}
    answer = browser.get(CALLBACK, query_string=sent)

    assert answer.headers["Location"] == "/sign-in?problem=refused"
    assert clever.paths() == []


def test_a17_a_redirect_of_the_token_endpoint_takes_no_code_elsewhere(
    browser: FlaskClient, clever: HostileClever
) -> None:
    with hostile_clever() as elsewhere:
        clever.answer(TOKENS, redirect(f"{elsewhere.origin}{TOKENS}", 307))
        state = query(browser.get("/sign-in/clever").headers["Location"])["state"]
        answer = browser.get(CALLBACK, query_string={"code": "a-code", "state": state})

    assert answer.headers["Location"] == "/sign-in?problem=refused"
    assert elsewhere.hits == []


def test_v02_neither_code_state_nor_token_reaches_the_log(
    browser: FlaskClient, clever: HostileClever, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("DEBUG")
    come_back(browser, clever, iss="https://clever.example.org")
    printed = capsys.readouterr().out

    assert "Sign-in failed" in printed
    assert not any(secret in printed for secret in ("a-code", PERSON_TOKEN, "state="))
