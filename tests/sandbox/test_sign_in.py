"""Authorize, school picker, portal and instant login (clever-platform 1.2 to 1.4)."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.asking import CALLBACK, Browser
from tests.sandbox_clever import Cast, RunningSandbox


@pytest.fixture
def browser(sandbox: RunningSandbox) -> Browser:
    return Browser(sandbox)


def test_the_state_comes_back_only_if_it_was_sent(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.teachers["Maria Rivera"])
    with_state = browser.arrives_with(state="a b&c", redirect_uri=CALLBACK)
    assert with_state["state"] == "a b&c"
    assert browser.arrives_with().keys() == {"code", "scope"}


def test_the_scopes_of_the_app_come_along(browser: Browser, cast: Cast) -> None:
    arrived = browser.sign_in(cast.students["Ada Byrne"]).arrives_with(scope="openid")
    assert "read:user_id" in arrived["scope"].split(" ")


@pytest.mark.parametrize("uri", [CALLBACK + "/", CALLBACK + "?a=b", "https://elsewhere.example/"])
def test_an_unlisted_redirect_uri_ends_on_an_error_page(
    browser: Browser, cast: Cast, uri: str
) -> None:
    answer = browser.sign_in(cast.teachers["Maria Rivera"]).authorize(redirect_uri=uri)
    assert answer.status_code == 400
    assert "not on the app’s list" in answer.text.replace("&#39;", "’")


@pytest.mark.parametrize("query", [{"client_id": "nobody"}, {"response_type": "token"}])
def test_an_unknown_app_or_flow_ends_on_an_error_page(
    browser: Browser, query: dict[str, str]
) -> None:
    assert browser.authorize(**query).status_code == 400


def test_without_a_district_the_school_picker_comes_first(browser: Browser) -> None:
    page = browser.get(browser.authorize().headers["location"])
    assert "Find your school" in page.text
    assert "Lincoln High School" in page.text
    assert "Cedar Valley ISD" in page.text


def test_a_district_id_skips_the_picker(browser: Browser, cast: Cast) -> None:
    page = browser.get(browser.authorize(district_id=cast.id).headers["location"])
    assert "Sign in to Lincoln USD" in page.text


def test_signing_in_goes_on_to_where_the_app_wanted(browser: Browser, cast: Cast) -> None:
    login = httpx.URL(browser.authorize(state="s", district_id=cast.id).headers["location"])
    answer = browser.post("/login", person=cast.teachers["Maria Rivera"], next=login.params["next"])
    arrived = httpx.URL(browser.get(answer.headers["location"]).headers["location"])
    assert arrived.params["state"] == "s"


def test_the_next_address_stays_on_the_sandbox(browser: Browser, cast: Cast) -> None:
    person = cast.teachers["Maria Rivera"]
    for address in ("https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example"):
        answer = browser.post("/login", person=person, next=address)
        assert answer.headers["location"] == "/portal"


def test_another_district_asks_for_a_new_login(
    sandbox: RunningSandbox, browser: Browser, cast: Cast
) -> None:
    browser.sign_in(cast.teachers["Maria Rivera"])
    answer = browser.authorize(district_id=sandbox.cast("Cedar Valley ISD").id)
    assert answer.headers["location"].startswith("/login")


def test_a_clever_session_ends_after_two_hours(
    sandbox: RunningSandbox, browser: Browser, cast: Cast
) -> None:
    browser.sign_in(cast.teachers["Maria Rivera"])
    sandbox.advance_clock(2 * 3600)
    assert browser.authorize().headers["location"].startswith("/login")


def test_people_are_found_by_name_role_and_school(browser: Browser, cast: Cast) -> None:
    found = browser.get("/login", district_id=cast.id, q="ADA", role="student")
    assert "Ada Byrne" in found.text
    assert "Maria Rivera" not in found.text
    high = browser.get("/login", district_id=cast.id, school=cast.schools["Lincoln High School"])
    assert "Amara Diallo" in high.text


def test_the_portal_starts_the_app_without_state_at_the_primary_uri(
    browser: Browser, cast: Cast
) -> None:
    browser.sign_in(cast.teachers["Maria Rivera"])
    page = browser.get("/portal").text
    start = page.partition('href="/oauth/authorize')[2].partition('"')[0].replace("&amp;", "&")
    arrived = httpx.URL(browser.get(f"/oauth/authorize{start}").headers["location"])
    assert str(arrived).startswith(CALLBACK)
    assert arrived.params.keys() == {"code", "scope"}


def test_a_districts_own_address_leads_through_its_login_to_the_portal(
    browser: Browser, cast: Cast
) -> None:
    assert "Sign in to Lincoln USD" in browser.get("/in/lincoln").text
    browser.sign_in(cast.teachers["Maria Rivera"])
    assert browser.get("/in/lincoln").headers["location"] == "/portal"
    assert browser.get("/in/nowhere").status_code == 404


def test_instant_login_arrives_like_the_portal(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.teachers["Maria Rivera"])
    query = {"client_id": browser.sandbox.client_id, "district_id": cast.id}
    answer = browser.get("/oauth/instant-login", **query)
    arrived = httpx.URL(browser.get(answer.headers["location"]).headers["location"])
    assert arrived.params.keys() == {"code", "scope"}


def test_a_person_without_access_stays_on_clevers_page(browser: Browser, cast: Cast) -> None:
    answer = browser.sign_in(cast.teachers["Tom Hart"]).authorize()
    assert answer.status_code == 403
    assert "No access to this app" in answer.text


def test_return_unshared_sends_the_error_to_the_app(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.unshared["Quiet Marsh"])
    arrived = browser.arrives_with(return_unshared="true", state="s")
    assert dict(arrived) == {"error": "unauthorized-user", "state": "s"}


def test_confirmed_false_asks_students_and_nobody_else(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.students["Ada Byrne"])
    assert "Are you Ada Byrne?" in browser.authorize(confirmed="false").text
    browser.sign_in(cast.teachers["Maria Rivera"])
    assert "code" in browser.arrives_with(confirmed="false")


def test_an_impersonating_admin_is_told_to_the_app(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.teachers["Maria Rivera"], impersonated="on")
    assert browser.arrives_with()["loginas_by_admin"] == "true"


def test_signing_out_of_clever_ends_silence(browser: Browser, cast: Cast) -> None:
    browser.sign_in(cast.teachers["Maria Rivera"]).post("/logout")
    assert browser.authorize().headers["location"].startswith("/login")


def test_forms_of_other_sites_are_refused(sandbox: RunningSandbox, cast: Cast) -> None:
    answer = httpx.post(
        f"{sandbox.url}/login",
        data={"person": cast.teachers["Maria Rivera"]},
        headers={"Origin": "https://elsewhere.example"},
        trust_env=False,
    )
    assert answer.status_code == 403
