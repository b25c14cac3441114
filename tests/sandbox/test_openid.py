"""OpenID Connect and the switches that differ between Clever apps (clever-platform 1.9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.sandbox.asking import CALLBACK, App, Browser, exchange, token_of
from tests.sandbox_clever import Cast, RunningSandbox


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """A Clever with OpenID on, `token_type` in the answer and no PKCE."""
    folder = tmp_path_factory.mktemp("openid")
    with RunningSandbox(folder, oidc=1, token_type=1, pkce=0) as running:
        yield running


def test_the_id_token_says_who_and_is_signed_with_a_published_key(
    connected: RunningSandbox,
) -> None:
    rivera = connected.cast().teachers["Maria Rivera"]
    code = Browser(connected).sign_in(rivera).code(nonce="once")
    claims = read(connected, exchange(connected, code).json()["id_token"])
    assert claims["iss"] == "https://clever.com"
    assert (claims["sub"], claims["multi_role_user_id"]) == (rivera, rivera)
    assert (claims["aud"], claims["nonce"]) == (connected.client_id, "once")
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["email_verified"] is False
    assert claims["user_id"] != rivera


def read(sandbox: RunningSandbox, token: str) -> dict[str, Any]:
    keys = httpx.get(discovery(sandbox)["jwks_uri"], trust_env=False).json()
    assert all("d" not in key for key in keys["keys"])
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["RS256"]).claims


def discovery(sandbox: RunningSandbox) -> Any:
    address = f"{sandbox.url}/.well-known/openid-configuration"
    return httpx.get(address, trust_env=False).json()


def test_discovery_names_the_issuer_and_our_own_addresses(sandbox: RunningSandbox) -> None:
    found = discovery(sandbox)
    assert found["issuer"] == "https://clever.com"
    assert found["authorization_endpoint"] == f"{sandbox.url}/oauth/authorize"
    assert found["response_types_supported"] == ["code"]


def test_token_type_is_there_when_switched_on(connected: RunningSandbox) -> None:
    person = connected.cast().students["Ada Byrne"]
    body = exchange(connected, Browser(connected).sign_in(person).code()).json()
    assert body["token_type"] == "Bearer"
    assert body.keys() == {"access_token", "token_type", "id_token"}


def test_without_pkce_support_a_challenge_is_ignored(connected: RunningSandbox) -> None:
    browser = Browser(connected).sign_in(connected.cast().students["Ada Byrne"])
    code = browser.code(code_challenge="x" * 43, code_challenge_method="S256")
    assert exchange(connected, code).status_code == 200


def test_a_second_redirect_uri_works_and_the_first_stays_primary(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    second = "http://127.0.0.1:8000/other"
    folder = tmp_path_factory.mktemp("two-uris")
    with RunningSandbox(folder, redirect_uris=f"{CALLBACK}, {second}") as running:
        browser = Browser(running).sign_in(running.cast().students["Ada Byrne"])
        code = browser.code(redirect_uri=second)
        assert exchange(running, code, redirect_uri=second).status_code == 200
        assert exchange(running, browser.code()).status_code == 200


@pytest.mark.parametrize(
    ("group", "name", "user_type"),
    [
        ("students", "Ada Byrne", "student"),
        ("teachers", "Maria Rivera", "teacher"),
        ("staffs", "Ruth Kim", "staff"),
        ("district_admins", "Pat Lowell", "district admin"),
    ],
)
def test_userinfo_tells_the_role_of_the_sign_in(
    sandbox: RunningSandbox, cast: Cast, group: str, name: str, user_type: str
) -> None:
    person = getattr(cast, group)[name]
    with App(sandbox, token_of(sandbox, person)) as app:
        told = app.body("/userinfo")
    assert (told["sub"], told["user_type"]) == (person, user_type)
    assert told["district_id"] == told["district"] == cast.id
    assert f"{told['given_name']} {told['family_name']}" == name


def test_userinfo_answers_post_too(sandbox: RunningSandbox, cast: Cast) -> None:
    token = token_of(sandbox, cast.students["Ada Byrne"])
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{sandbox.url}/userinfo", headers=headers, trust_env=False)
    assert answer.json()["sub"] == cast.students["Ada Byrne"]
