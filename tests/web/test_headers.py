"""What every answer carries, the failed ones and the files included (A54, A57, V05)."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from portal.settings import Settings
from tests.web.browsing import Visitor, made_app

ANSWERS = (
    "/sign-in",
    "/help",
    "/dashboard",
    "/sign-in/clever",
    "/nothing-here",
    "/static/portal.css",
    "/static/nothing.css",
    "/healthz",
    "/readyz",
)
ALLOWED = {"'self'", "'none'"}


def test_a57_every_answer_carries_the_headers(maria: Visitor) -> None:
    for path in ANSWERS:
        headers = maria.get(path).headers

        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["cross-origin-opener-policy"] == "same-origin", path
        assert "permissions-policy" in headers, path
        assert "x-powered-by" not in headers, path


@pytest.mark.parametrize("path", ANSWERS)
def test_a54_every_answer_allows_our_own_files_and_nothing_else(
    maria: Visitor, path: str, environment: dict[str, str]
) -> None:
    """But that a form of ours may lead to Clever: Connect is one (A29)."""
    policy = dict(
        part.split(" ", 1)
        for part in maria.get(path).headers["content-security-policy"].split("; ")
    )

    assert policy.pop("form-action") == f"'self' {environment['CLEVER_AUTH_URL']}"
    assert set(policy.values()) <= ALLOWED
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_a57_refused_methods_carry_them_too(visitor: Visitor, method: str) -> None:
    answer = visitor.client.request(method, "/sign-in/clever/callback")

    assert "content-security-policy" in answer.headers


def test_v05_nothing_but_files_is_kept_by_a_browser(maria: Visitor) -> None:
    for path in set(ANSWERS) - {"/static/portal.css"}:
        assert maria.get(path).headers["cache-control"] == "no-store", path


def test_files_are_kept_for_a_year_under_an_address_that_changes_with_them(
    visitor: Visitor,
) -> None:
    address = re.search(r"/static/portal\.css\?v=\w+", visitor.get("/sign-in").text)

    assert address
    assert "immutable" in visitor.get(address[0]).headers["cache-control"]
    assert visitor.get("/static/portal.css").headers["cache-control"] == "no-cache"


def test_a57_production_is_https_alone(environment: dict[str, str], portal_url: str) -> None:
    address = portal_url.replace("http://127.0.0.1", "https://rosterly.example")
    changed = environment | {"PORTAL_ENV": "production", "PORTAL_URL": address}
    with made_app(Settings.from_env(changed)) as app:
        answer = app.test_client().get("/sign-in", base_url=address)

    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_a_host_that_is_not_ours_gets_no_page(visitor: Visitor) -> None:
    answer = visitor.get("/sign-in", headers={"Host": "evil.example"})

    assert (answer.status_code, "evil.example" in answer.text) == (400, False)


def test_the_address_given_to_clever_never_comes_from_a_host_header(visitor: Visitor) -> None:
    answer = visitor.get("/sign-in/clever", headers={"Host": "localhost"})
    asked = httpx.URL(answer.headers["location"]).params

    assert asked["redirect_uri"] == f"{visitor.portal_url}/sign-in/clever/callback"


def test_no_page_loads_anything_from_elsewhere() -> None:
    """V20: templates name no other origin in what a browser fetches by itself."""
    pages = Path("templates").rglob("*.html")
    fetched = re.compile(
        r"""<(?:script|link|img|iframe|source)[^>]+(?:src|href)=["']?(?:https?:)?//"""
    )

    assert [page for page in pages if fetched.search(page.read_text())] == []


@pytest.mark.parametrize("name", ["portal.css", "portal.js", "vendor/htmx.min.js"])
def test_a_static_file_travels_compressed_and_whole(visitor: Visitor, name: str) -> None:
    plain = visitor.get(f"/static/{name}", headers={"Accept-Encoding": "identity"})
    packed = visitor.get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.content == plain.content


@pytest.mark.parametrize("asked_by", ["same-origin", "none"])
def test_a_page_travels_compressed_and_whole_to_a_page_of_ours_or_the_person(
    maria: Visitor, asked_by: str
) -> None:
    plain = maria.get("/privacy")
    packed = maria.get("/privacy", headers={"Sec-Fetch-Site": asked_by})

    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert without_tokens(packed) == without_tokens(plain)


@pytest.mark.parametrize("asked_by", ["cross-site", "same-site", ""])
def test_a_page_with_a_token_is_not_compressed_for_another_site(
    maria: Visitor, asked_by: str
) -> None:
    """Lengths would tell what is in it (BREACH); an old browser does not say who asked."""
    headers = {"Sec-Fetch-Site": asked_by} if asked_by else {}

    assert "content-encoding" not in maria.get("/dashboard", headers=headers).headers


def test_a_browser_that_unpacks_nothing_gets_a_plain_page(maria: Visitor) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "identity"}

    assert "content-encoding" not in maria.get("/dashboard", headers=headers).headers


def without_tokens(answer: httpx.Response) -> str:
    return re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text)
