"""Signing in with Clever, from every door, and every way it can fail (S1 to S8)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from portal import clock
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.entrance.sessions import Session
from portal.web.entrance import sign_in
from portal.web.ground.sessions import browser_session
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import CALLBACK, RunningPortal, Visitor, exchanges, query
from tests.web.html import Page

NewVisitor = Callable[[], Visitor]


def test_a_teacher_signs_in_and_lands_on_her_dashboard(visitor: Visitor, cast: Cast) -> None:
    answer = visitor.sign_in(cast.teachers["Maria Rivera"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")
    assert "Maria Rivera" in visitor.page("/dashboard").text


@pytest.mark.parametrize(
    ("kind", "name", "landing"),
    [
        ("students", "Ada Byrne", "/home"),
        ("staffs", "Ruth Kim", "/school"),
        ("district_admins", "Pat Lowell", "/district"),
    ],
)
def test_everyone_lands_on_their_own_page(
    visitor: Visitor, cast: Cast, kind: str, name: str, landing: str
) -> None:
    answer = visitor.sign_in(getattr(cast, kind)[name])

    assert answer.headers["location"] == landing
    assert visitor.get(landing).status_code == 200


def test_a01_a_code_without_a_state_is_thrown_away_and_the_trip_is_made_again(
    visitor: Visitor, cast: Cast, sandbox: RunningSandbox
) -> None:
    visitor.arrive_at_clever(cast.students["Ada Byrne"])
    restart = visitor.get(str(visitor.start_from_portal()))

    asked = query(restart.headers["location"])
    assert (restart.status_code, exchanges(sandbox)) == (302, 0)
    assert asked["code_challenge_method"] == "S256"
    assert asked["state"]
    arrived = visitor.get(restart.headers["location"], follow_redirects=True)
    assert (arrived.url.path, exchanges(sandbox)) == ("/home", 1)


def test_a01_a_portal_that_never_returns_our_state_ends_on_a_page_not_in_a_loop(
    visitor: Visitor, sandbox: RunningSandbox
) -> None:
    answers = [visitor.get(f"{CALLBACK}?code=made-up-{number}") for number in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 400]
    assert Page.of(answers[3].text).links["Continue with Clever"] == "/sign-in/clever"
    assert exchanges(sandbox) == 0


def test_a02_somebody_elses_code_and_state_change_nothing_in_a_signed_in_browser(
    maria: Visitor, new_visitor: NewVisitor, cast: Cast, sandbox: RunningSandbox
) -> None:
    attacker = new_visitor()
    attacker.arrive_at_clever(cast.teachers["Daniel Okafor"])
    planted = attacker.come_back()
    before, token = exchanges(sandbox), maria.token
    answer = maria.get(str(planted))

    assert (answer.status_code, exchanges(sandbox)) == (400, before)
    assert maria.token == token
    assert "Maria Rivera" in maria.page("/dashboard").text


def test_a02_a_browser_without_our_cookie_is_told_about_cookies(
    visitor: Visitor, new_visitor: NewVisitor, cast: Cast, sandbox: RunningSandbox
) -> None:
    visitor.arrive_at_clever(cast.teachers["Maria Rivera"])
    answer = new_visitor().get(str(visitor.come_back()))

    assert (answer.status_code, exchanges(sandbox)) == (400, 0)
    assert "cookie" in Page.of(answer.text).text


def test_a03_the_same_callback_address_again_lands_where_the_first_did(
    visitor: Visitor, rivera: str, sandbox: RunningSandbox
) -> None:
    visitor.arrive_at_clever(rivera)
    address = str(visitor.come_back())
    first, second = visitor.get(address), visitor.get(address)

    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["location"] == "/dashboard"
    assert exchanges(sandbox) == 1


def test_a03_after_a_failed_exchange_the_same_address_starts_a_new_trip(
    visitor: Visitor, cast: Cast, sandbox: RunningSandbox
) -> None:
    visitor.arrive_at_clever(cast.teachers["Maria Rivera"])
    address = str(visitor.come_back())
    sandbox.advance_clock(61)
    first, second = visitor.get(address), visitor.get(address)

    assert first.headers["location"] == "/sign-in?problem=used_code"
    assert second.headers["location"].startswith(f"{sandbox.url}/oauth/authorize")
    assert exchanges(sandbox) == 1


def test_a16_every_trip_carries_a_fresh_challenge_and_its_verifier_comes_back(
    visitor: Visitor, cast: Cast
) -> None:
    trips = [query(visitor.get("/sign-in/clever").headers["location"]) for _ in range(3)]

    assert {trip["code_challenge_method"] for trip in trips} == {"S256"}
    assert len({trip["code_challenge"] for trip in trips}) == 3
    assert len({trip["state"] for trip in trips}) == 3
    assert visitor.sign_in(cast.teachers["Maria Rivera"]).headers["location"] == "/dashboard"


def test_a21_what_clever_says_of_an_error_is_not_repeated(visitor: Visitor) -> None:
    said = "<script>alert(1)</script>"
    answer = visitor.get(CALLBACK, params={"error": said, "error_description": said})

    assert (answer.status_code, "alert(1)" in answer.text) == (400, False)
    assert "Continue with Clever" in Page.of(answer.text).links


def test_an_unshared_person_comes_back_from_clever_and_is_told_whom_to_ask(
    visitor: Visitor, cast: Cast
) -> None:
    answer = visitor.sign_in(cast.unshared["Quiet Marsh"])
    page = Page.of(answer.text)

    assert answer.status_code == 400
    assert "Your district has not shared your account with Rosterly." in page.text
    assert "A Clever admin at your school can add you." in page.text
    assert Account.select().count() == 0


@pytest.mark.parametrize("key", ["error", "error_reason"])
def test_an_unshared_person_is_known_by_either_name_of_clevers_error(
    visitor: Visitor, key: str
) -> None:
    answer = visitor.get(f"{CALLBACK}?{key}=unauthorized-user")

    assert "has not shared your account" in Page.of(answer.text).text


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "DELETE"])
def test_a23_the_callback_only_answers_get(
    visitor: Visitor, cast: Cast, sandbox: RunningSandbox, method: str
) -> None:
    visitor.arrive_at_clever(cast.teachers["Maria Rivera"])
    answer = visitor.client.request(method, visitor.come_back())

    assert (answer.status_code, exchanges(sandbox)) == (405, 0)


def test_a30_a_sign_in_over_another_person_replaces_them_and_links_nothing(
    maria: Visitor, cast: Cast
) -> None:
    maria.sign_in(cast.students["Ada Byrne"])

    assert "Ada B." in maria.page("/home").text
    assert LinkedAccount.select().count() == Account.select().count() == 2


def test_when_clever_is_away_the_person_hears_so_and_may_try_again(
    visitor: Visitor, cast: Cast, sandbox: RunningSandbox
) -> None:
    visitor.arrive_at_clever(cast.teachers["Maria Rivera"])
    address = str(visitor.come_back())
    sandbox.fail_next("500", times=20, path_contains="/oauth/tokens")

    assert visitor.get(address).headers["location"] == "/sign-in?problem=clever_down"
    assert "Clever is not answering" in visitor.page("/sign-in?problem=clever_down").text


def test_a_link_that_knows_the_district_takes_it_along(visitor: Visitor, cast: Cast) -> None:
    address = visitor.get(f"/sign-in/clever?district_id={cast.id}").headers["location"]

    assert query(address)["district_id"] == cast.id


def test_the_device_remembers_the_district_and_never_the_person(maria: Visitor, cast: Cast) -> None:
    maria.post("/sign-out")
    again = query(maria.get("/sign-in/clever").headers["location"])
    elsewhere = query(maria.get("/sign-in/clever?district_id=").headers["location"])

    assert again["district_id"] == cast.id
    assert "district_id" not in elsewhere
    assert maria.client.cookies["rosterly-district"] == cast.id


def test_two_first_sign_ins_at_once_leave_one_account(new_visitor: NewVisitor, cast: Cast) -> None:
    devices = [new_visitor() for _ in range(2)]
    for device in devices:
        device.arrive_at_clever(cast.students["Ada Byrne"])
    addresses = [str(device.come_back()) for device in devices]
    with ThreadPoolExecutor() as at_once:
        list(at_once.map(Visitor.get, devices, addresses))

    assert Account.select().count() == LinkedAccount.select().count() == 1
    assert all("Ada B." in device.page("/home").text for device in devices)


def test_a03_a_callback_delivered_twice_at_once_is_exchanged_once(
    visitor: Visitor, rivera: str, sandbox: RunningSandbox
) -> None:
    """On an iPad both the browser and the app may deliver it (Clever page "il-design")."""
    visitor.arrive_at_clever(rivera)
    address, as_sent = str(visitor.come_back()), {"Cookie": f"rosterly={visitor.token}"}
    with ThreadPoolExecutor() as at_once:
        copies = [at_once.submit(visitor.get, address, headers=as_sent) for _ in range(3)]
        answers = [copy.result() for copy in copies]

    assert exchanges(sandbox) == 1
    assert all(answer.status_code in (302, 303) for answer in answers)
    assert visitor.get("/sign-in/clever", follow_redirects=True).url.path == "/dashboard"


def test_a03_a_copy_that_is_under_way_when_the_other_is_let_in_begins_anew(
    portal: RunningPortal, visitor: Visitor, rivera: str, sandbox: RunningSandbox
) -> None:
    visitor.arrive_at_clever(rivera)
    address, as_sent = str(visitor.come_back()), {"Cookie": f"rosterly={visitor.token}"}
    with portal.app.test_request_context(address, headers=as_sent):
        assert browser_session().row  # It has read whose browser this is ...
        visitor.get(address)  # ... and before it reads more, the other has a new session.
        answer = portal.app.make_response(sign_in.callback())

    assert (answer.status_code, exchanges(sandbox)) == (302, 1)
    assert answer.location.startswith(f"{sandbox.url}/oauth/authorize")


def test_a03_a_copy_that_comes_with_the_old_cookie_begins_anew_and_arrives(
    visitor: Visitor, rivera: str, sandbox: RunningSandbox
) -> None:
    visitor.arrive_at_clever(rivera)
    address, old = str(visitor.come_back()), visitor.token
    visitor.get(address)
    visitor.client.cookies.set("rosterly", old or "", domain="127.0.0.1")
    copy = visitor.get(address)

    assert exchanges(sandbox) == 1
    again = copy.headers["location"]
    assert visitor.get(again, follow_redirects=True).url.path == "/dashboard"


def test_who_stayed_at_clever_for_longer_than_the_session_begins_anew_and_arrives(
    visitor: Visitor, rivera: str
) -> None:
    visitor.arrive_at_clever(rivera)
    address = str(visitor.come_back())
    Session.update(expires_at=clock.now()).execute()

    assert visitor.get(address, follow_redirects=True).url.path == "/dashboard"


def test_a_browser_that_sends_an_old_cookie_and_takes_no_new_one_does_not_go_round(
    visitor: Visitor, cast: Cast
) -> None:
    visitor.arrive_at_clever(cast.teachers["Maria Rivera"])
    old = {"Cookie": "rosterly=of-long-ago"}
    address = str(visitor.come_back())
    again = visitor.get(address, headers=old).headers["location"]
    last = visitor.get(visitor.get(again).headers["location"], headers=old)

    assert last.status_code == 400
    assert "cookies" in Page.of(last.text).text


def test_a_second_tab_that_began_to_sign_in_still_comes_back(visitor: Visitor, rivera: str) -> None:
    visitor.arrive_at_clever(rivera)
    tabs = [str(visitor.come_back()) for _ in range(2)]

    assert [visitor.get(tab).headers["location"] for tab in tabs] == ["/dashboard"] * 2


def test_a33_a_student_id_that_became_a_teacher_is_refused(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in(cast.teachers["Maria Rivera"])
    Account.update(kind="student").execute()
    answer = visitor.sign_in(cast.teachers["Maria Rivera"])

    assert answer.headers["location"] == "/sign-in?problem=refused"
    assert Account.select().count() == 1


def test_sign_ins_and_sign_outs_are_audited_by_opaque_ids(maria: Visitor) -> None:
    maria.post("/sign-out")
    account = Account.get()

    events = AuditEvent.select(AuditEvent.action, AuditEvent.actor).tuples()
    assert list(events) == [("sign_in", account.public_id), ("sign_out", account.public_id)]


def test_the_codes_trip_leaves_no_code_behind_in_the_address(visitor: Visitor, cast: Cast) -> None:
    """V04: after the callback there is neither code nor state in an address or a title."""
    visitor.arrive_at_clever(cast.teachers["Maria Rivera"])
    arrived: httpx.Response = visitor.get(str(visitor.come_back()), follow_redirects=True)

    assert arrived.url.query == b""
    assert "Rivera" not in Page.of(arrived.text).title
