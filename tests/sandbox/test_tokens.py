"""The token endpoint (clever-platform 1.5, 2.1)."""

from __future__ import annotations

import base64
import hashlib

import httpx
import pytest

from tests.sandbox.asking import CALLBACK, App, Browser, exchange, token_of
from tests.sandbox_clever import Cast, RunningSandbox

INVALID = {"error": "invalid_grant", "error_description": "invalid code"}
VERIFIER = "a-verifier-that-is-long-enough-for-the-standard-to-accept-it"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)


@pytest.fixture
def rivera(sandbox: RunningSandbox, cast: Cast) -> Browser:
    return Browser(sandbox).sign_in(cast.teachers["Maria Rivera"])


def post(sandbox: RunningSandbox, code: str, **how: object) -> httpx.Response:
    given = {"code": code, "grant_type": "authorization_code", "redirect_uri": CALLBACK}
    how = {"auth": (sandbox.client_id, sandbox.client_secret), "data": given} | how
    return httpx.post(f"{sandbox.url}/oauth/tokens", trust_env=False, **how)  # type: ignore[arg-type]


def test_a_code_becomes_a_token_and_the_body_holds_nothing_else(
    sandbox: RunningSandbox, rivera: Browser
) -> None:
    answer = exchange(sandbox, rivera.code())
    assert answer.status_code == 200
    assert answer.json().keys() == {"access_token"}
    assert answer.json()["access_token"].startswith("il")


def test_json_works_like_a_form(sandbox: RunningSandbox, rivera: Browser) -> None:
    given = {"code": rivera.code(), "grant_type": "authorization_code", "redirect_uri": CALLBACK}
    assert post(sandbox, "", data=None, json=given).status_code == 200


def test_other_content_types_are_refused(sandbox: RunningSandbox, rivera: Browser) -> None:
    answer = post(sandbox, "", files={"code": rivera.code()})
    assert answer.status_code == 400
    assert "invalid request / invalid content-type" in answer.text


def test_a_code_works_once(sandbox: RunningSandbox, rivera: Browser) -> None:
    code = rivera.code()
    assert exchange(sandbox, code).status_code == 200
    again = exchange(sandbox, code)
    assert (again.status_code, again.json()) == (400, INVALID)


def test_a_code_lives_sixty_seconds(sandbox: RunningSandbox, rivera: Browser) -> None:
    early, late = rivera.code(), rivera.code()
    sandbox.advance_clock(58)
    assert exchange(sandbox, early).status_code == 200
    sandbox.advance_clock(2)
    assert exchange(sandbox, late).json() == INVALID


def test_the_redirect_uri_must_be_where_the_code_arrived(
    sandbox: RunningSandbox, rivera: Browser
) -> None:
    assert exchange(sandbox, rivera.code(), redirect_uri=CALLBACK + "/").json() == INVALID


@pytest.mark.parametrize("auth", [None, ("rosterly-test", "wrong"), ("nobody", "x")])
def test_only_the_apps_own_basic_credentials_count(
    sandbox: RunningSandbox, rivera: Browser, auth: tuple[str, str] | None
) -> None:
    credentials = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}
    answer = post(sandbox, "", auth=auth, data={"code": rivera.code()} | credentials)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_challenge_needs_its_verifier(sandbox: RunningSandbox, rivera: Browser) -> None:
    pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    assert exchange(sandbox, rivera.code(**pkce), code_verifier=VERIFIER).status_code == 200
    assert exchange(sandbox, rivera.code(**pkce), code_verifier="other").json() == INVALID
    assert exchange(sandbox, rivera.code(**pkce)).json() == INVALID


def test_the_apps_district_tokens_are_listed_with_their_owners(
    sandbox: RunningSandbox, cast: Cast
) -> None:
    answer = httpx.get(
        f"{sandbox.url}/oauth/tokens?owner_type=district",
        auth=(sandbox.client_id, sandbox.client_secret),
        trust_env=False,
    ).json()
    owners = {each["owner"]["id"]: each for each in answer["data"]}
    assert owners.keys() == {cast.id, sandbox.cast("Cedar Valley ISD").id}
    listed = owners[cast.id]
    assert listed.keys() == {"id", "created", "owner", "access_token", "scopes"}
    assert len(bytes.fromhex(listed["access_token"])) == 20
    assert answer["links"] == [{"rel": "self", "uri": "/oauth/tokens?owner_type=district"}]


def test_tokeninfo_tells_the_app_and_the_scopes(sandbox: RunningSandbox, cast: Cast) -> None:
    with App(sandbox, token_of(sandbox, cast.students["Ada Byrne"])) as student:
        assert student.body("/oauth/tokeninfo")["client_id"] == sandbox.client_id
    with App(sandbox, sandbox.district_token()) as district:
        assert "read:sections" in district.body("/oauth/tokeninfo")["scopes"]
