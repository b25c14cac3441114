"""The control page: plain forms that post, change the district and come back (P5)."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.asking import Browser
from tests.sandbox_clever import Cast, RunningSandbox


@pytest.fixture
def browser(sandbox: RunningSandbox) -> Browser:
    return Browser(sandbox)


@pytest.fixture
def algebra(cast: Cast) -> str:
    return cast.sections["Algebra I - Period 3"]


def after(browser: Browser, answer: httpx.Response) -> str:
    """The page that a form leads back to."""
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["location"]).text


def test_the_way_leads_from_district_to_school_to_class(browser: Browser, cast: Cast) -> None:
    assert f"/sandbox/districts/{cast.id}" in browser.get("/sandbox").text
    middle = cast.schools["Lincoln Middle School"]
    assert f"/sandbox/schools/{middle}" in browser.get(f"/sandbox/districts/{cast.id}").text
    assert "Algebra I - Period 3" in browser.get(f"/sandbox/schools/{middle}").text


def test_a_new_student_is_enrolled_by_name(browser: Browser, algebra: str) -> None:
    path = f"/sandbox/sections/{algebra}/new-student"
    page = after(browser, browser.post(path, first="Noor", last="Haddad"))
    assert "Enrolled: Noor Haddad." in page
    assert "27 students" in page


def test_nobody_is_enrolled_without_a_name(browser: Browser, algebra: str) -> None:
    page = after(browser, browser.post(f"/sandbox/sections/{algebra}/new-student", first=" "))
    assert "type a name first" in page
    assert "26 students" in page


def test_a_student_of_the_district_is_found_and_enrolled(
    browser: Browser, cast: Cast, algebra: str
) -> None:
    path = f"/sandbox/sections/{algebra}"
    assert cast.students["Nowhere Yet"] in browser.get(path, q="nowhere").text
    page = after(browser, browser.post(f"{path}/enrol", student=cast.students["Nowhere Yet"]))
    assert "Enrolled: Nowhere Yet." in page


def test_several_students_are_withdrawn_at_once(
    sandbox: RunningSandbox, browser: Browser, algebra: str
) -> None:
    chosen = sandbox.student_ids(algebra)[:11]
    page = after(browser, browser.post(f"/sandbox/sections/{algebra}/withdraw", student=chosen))
    assert "15 students" in page


def test_students_are_moved(
    sandbox: RunningSandbox, browser: Browser, cast: Cast, algebra: str
) -> None:
    grace, empty = cast.students["Grace Nakamura"], cast.sections["Science Lab - Period 5"]
    path = f"/sandbox/sections/{algebra}/move"
    page = after(browser, browser.post(path, student=[grace], to=empty))
    assert "Moved to Science Lab - Period 5: Grace Nakamura." in page
    assert sandbox.student_ids(empty) == [grace]


def test_a_student_is_renamed(browser: Browser, cast: Cast) -> None:
    path = f"/sandbox/users/{cast.students['Ada Byrne']}"
    page = after(browser, browser.post(f"{path}/rename", first="Adaline", last="Byrne"))
    assert "Renamed: Adaline Byrne." in page


def test_teachers_are_changed(browser: Browser, cast: Cast, algebra: str) -> None:
    okafor, rivera = cast.teachers["Daniel Okafor"], cast.teachers["Maria Rivera"]
    form: dict[str, str | list[str]] = {"teacher": okafor, "co_teacher": [rivera]}
    page = after(browser, browser.post(f"/sandbox/sections/{algebra}/teachers", **form))
    assert "Main teacher Daniel Okafor, with Maria Rivera." in page


def test_sharing_stops_and_starts(browser: Browser, algebra: str) -> None:
    path = f"/sandbox/records/{algebra}"
    assert "is no longer shared" in after(browser, browser.post(f"{path}/unshare"))
    assert "is shared with the app" in after(browser, browser.post(f"{path}/share"))


def test_a_class_is_deleted_and_its_school_shows(browser: Browser, algebra: str) -> None:
    page = after(browser, browser.post(f"/sandbox/records/{algebra}/delete"))
    assert "Deleted: Algebra I - Period 3." in page
    assert "<h1>Lincoln Middle School</h1>" in page


def test_a_district_is_paused_resumed_and_disconnected(browser: Browser, cast: Cast) -> None:
    path = f"/sandbox/districts/{cast.id}"
    assert "Resume the district" in after(browser, browser.post(f"{path}/pause"))
    assert "Pause the district" in after(browser, browser.post(f"{path}/resume"))
    assert "not connected" in after(browser, browser.post(f"{path}/revoke"))
    assert "Disconnect the app" in after(browser, browser.post(f"{path}/connect"))


def test_failing_answers_are_ordered_and_called_off(browser: Browser) -> None:
    form = {"kind": "500", "times": "3", "path_contains": "/users", "seconds": "1"}
    page = after(browser, browser.post("/sandbox/faults", **form, only_later_pages="on"))
    assert "3 left · /users · later pages" in page
    assert "every answer is right" in after(browser, browser.post("/sandbox/faults/cancel"))


def test_the_log_shows_what_apps_asked(sandbox: RunningSandbox, browser: Browser) -> None:
    sandbox.district_token()
    assert "/oauth/tokens" in browser.get("/sandbox/requests").text


def test_everything_goes_back_to_the_first_day(
    sandbox: RunningSandbox, browser: Browser, algebra: str
) -> None:
    sandbox.delete(algebra)
    assert "back to the first day" in after(browser, browser.post("/sandbox/reset"))
    assert len(sandbox.student_ids(algebra)) == 26


def test_what_is_not_there_is_404(browser: Browser, cast: Cast) -> None:
    assert browser.get(f"/sandbox/sections/{cast.id}").status_code == 404
    assert browser.post("/sandbox/sections/nothing/withdraw").status_code == 404
