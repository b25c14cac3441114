"""Connecting a Clever identity to one's account, and whoever tries it by force (A29 to A36)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from portal import clock
from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.sessions import FRESH_FOR, Session
from portal.models.entrance.sign_in_attempts import SignInAttempt, TripPurpose
from tests.rosters import RIVERA, account_of
from tests.sandbox_clever import Cast, RunningSandbox
from tests.servers import wait_until
from tests.web.accounts import ADDRESS, PASSWORD, oduya, sign_in
from tests.web.browsing import CALLBACK, Visitor, query
from tests.web.tables import contents

NewVisitor = Callable[[], Visitor]
THIEF = "thief@elsewhere.example"
ACCOUNT, CONNECT, CONFIRM = "/account", "/account/clever", "/account/confirm"
SIGN_IN_STATE = frozenset({"sessions", "sign_in_attempts"})


@pytest.fixture
def account() -> Account:
    """Mr Oduya's, who has a password."""
    return oduya()


@pytest.fixture
def tunde(visitor: Visitor, account: Account) -> Visitor:
    """Mr Oduya, who has just signed in."""
    sign_in(visitor)
    return visitor


@pytest.fixture
def thief(new_visitor: NewVisitor) -> Visitor:
    """Somebody else, signed in to an account of their own in a browser of their own."""
    oduya(THIEF)
    visitor = new_visitor()
    sign_in(visitor, THIEF)
    return visitor


def set_out(visitor: Visitor, person_id: str) -> str:
    """Press Connect and sign in at Clever as this person: the callback Clever sends one to."""
    visitor.arrive_at_clever(person_id)
    at_clever = visitor.submit(ACCOUNT, CONNECT).headers["location"]
    return str(visitor.get(at_clever).headers["location"])


def connect(visitor: Visitor, person_id: str) -> httpx.Response:
    return visitor.get(set_out(visitor, person_id))


def identities(account: Account) -> list[str]:
    return [each.sourced_id for each in LinkedAccount.of(account, "clever")]


def a_while_ago() -> None:
    """As if everybody had shown who they are eleven minutes ago."""
    Session.update(confirmed_at=clock.now() - FRESH_FOR * 1.1).execute()


def disconnect(visitor: Visitor, person_id: str) -> str:
    path = f"{CONNECT}/{person_id}/disconnect"
    return str(visitor.submit(path, path).headers["location"])


def test_an_identity_nobody_has_is_connected_and_opens_the_same_account(
    tunde: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    answer = connect(tunde, cast.teachers["Maria Rivera"])
    elsewhere = new_visitor().arrive(cast.teachers["Maria Rivera"])

    assert answer.headers["location"] == f"{ACCOUNT}?done=connected"
    assert elsewhere.headers["location"] == "/dashboard"
    assert Account.select().count() == 1


def test_a25_connecting_ends_all_other_sessions_and_tells_the_person(
    tunde: Visitor, new_visitor: NewVisitor, account: Account, cast: Cast
) -> None:
    other = new_visitor()
    sign_in(other)
    connect(tunde, cast.teachers["Maria Rivera"])

    assert other.get(ACCOUNT).status_code == 303
    assert tunde.get(ACCOUNT).status_code == 200
    assert AccountNotice.unread(account).get().kind == "connected"


def test_a29_connecting_begins_with_a_form_of_ours_and_nothing_else(tunde: Visitor) -> None:
    before = contents(leaving_out=frozenset({"sessions"}))
    by_link = tunde.get(CONNECT)
    forged = tunde.client.post(CONNECT, data={"csrf_token": "forged"})

    assert (by_link.status_code, forged.status_code) == (405, 400)
    assert contents(leaving_out=frozenset({"sessions"})) == before


def test_a29_the_callback_of_anothers_trip_connects_nothing(
    tunde: Visitor, thief: Visitor, account: Account, cast: Cast
) -> None:
    """The attacker sends the victim an address that would connect the attacker's identity."""
    forged = set_out(thief, cast.teachers["Sofia Lindqvist"])
    answer = tunde.get(forged)

    assert answer.status_code == 400
    assert (identities(account), LinkedAccount.select().count()) == ([], 0)


def test_a29_a_trip_is_its_persons_also_when_another_signs_in_on_the_way(
    tunde: Visitor, account: Account, cast: Cast
) -> None:
    """One browser: he sets out to connect, and somebody else signs in before he is back."""
    way_back = set_out(tunde, cast.teachers["Maria Rivera"])
    tunde.sign_in(cast.students["Ada Byrne"])
    answer = tunde.get(way_back)

    assert answer.headers["location"] == "/sign-in?problem=refused"
    assert (identities(account), LinkedAccount.select().count()) == ([], 1)


def test_a29_a_trip_of_somebody_who_has_signed_out_connects_nothing(
    tunde: Visitor, account: Account, cast: Cast
) -> None:
    way_back = set_out(tunde, cast.teachers["Maria Rivera"])
    tunde.post("/sign-out")
    answer = tunde.get(way_back)

    assert answer.headers.get("location") != f"{ACCOUNT}?done=connected"
    assert LinkedAccount.select().count() == 0


def test_a25_a_trip_on_its_way_connects_nothing_once_its_session_was_ended(
    tunde: Visitor, account: Account, cast: Cast, sandbox: RunningSandbox
) -> None:
    """Whoever takes the account back, while Clever answers, shuts out who was in it."""
    way_back = set_out(tunde, cast.teachers["Maria Rivera"])
    sandbox.fail_next("slow", path_contains="/oauth/tokens", seconds=1)
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(tunde.get, way_back)
        wait_until(lambda: not sandbox.faults())
        write(lambda: Session.end_all(account))

    assert answer.result().headers["location"].startswith("/sign-in")
    assert LinkedAccount.select().count() == 0


@pytest.mark.parametrize("closed", [{"disabled_at": clock.now()}, {"merged_into": 1}])
def test_a44_an_account_that_is_closed_while_clever_answers_gets_no_identity(
    tunde: Visitor, cast: Cast, sandbox: RunningSandbox, closed: dict[str, object]
) -> None:
    way_back = set_out(tunde, cast.teachers["Maria Rivera"])
    sandbox.fail_next("slow", path_contains="/oauth/tokens", seconds=1)
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(tunde.get, way_back)
        wait_until(lambda: not sandbox.faults())
        Account.update(**closed).execute()

    assert answer.result().headers["location"] == f"{ACCOUNT}?problem=gone"
    assert LinkedAccount.select().count() == 0


def test_a29_a_callback_that_is_sent_twice_connects_once(
    tunde: Visitor, account: Account, cast: Cast
) -> None:
    way_back = set_out(tunde, cast.teachers["Maria Rivera"])
    tunde.get(way_back)
    again = tunde.get(way_back)

    assert again.headers["location"] == "/dashboard"
    assert identities(account) == [cast.teachers["Maria Rivera"]]


@pytest.mark.parametrize("claimed", ["purpose=connect", "intent=link", "account=1"])
def test_a30_a_trip_to_sign_in_never_connects_whatever_its_address_says(
    tunde: Visitor, account: Account, cast: Cast, claimed: str
) -> None:
    tunde.arrive_at_clever(cast.students["Ada Byrne"])
    way_back = tunde.come_back(f"/sign-in/clever?{claimed}")
    tunde.get(f"{way_back}&{claimed}")

    assert identities(account) == []
    assert "Ada B" in tunde.page("/home").text


def test_a30_a_trip_to_connect_never_signs_in_as_the_identity(
    tunde: Visitor, account: Account, cast: Cast
) -> None:
    connect(tunde, cast.teachers["Maria Rivera"])

    row = Session.find(tunde.token or "", clock.now())
    assert row is not None
    assert (row.account, row.signed_in_with, row.role) == (account, "password", "teacher")


def test_a31_an_identity_of_another_account_is_not_taken_over(
    tunde: Visitor, account: Account, cast: Cast
) -> None:
    hers = account_of(replace(RIVERA, sourced_id=cast.teachers["Maria Rivera"]))
    answer = connect(tunde, cast.teachers["Maria Rivera"])

    assert answer.headers["location"].startswith("/account/merge")
    assert identities(account) == []
    assert identities(hers) == [cast.teachers["Maria Rivera"]]
    refused = AuditEvent.get(AuditEvent.action == "link.refused")
    assert refused.actor == account.public_id


@pytest.mark.parametrize("who", ["Ada Byrne", "Grace Nakamura"])
def test_a33_a_students_identity_is_not_connected_to_a_teachers_account(
    tunde: Visitor, account: Account, cast: Cast, who: str
) -> None:
    answer = connect(tunde, cast.students[who])
    page = tunde.page(answer.headers["location"])

    assert "A student’s sign-in and a teacher’s account do not go together." in page.text
    assert LinkedAccount.select().count() == 0


def test_a33_a_teachers_identity_is_not_connected_to_a_students_account(
    visitor: Visitor, cast: Cast
) -> None:
    oduya(kind="student")
    sign_in(visitor)
    answer = connect(visitor, cast.teachers["Maria Rivera"])

    assert answer.headers["location"] == f"{ACCOUNT}?problem=kind"
    assert LinkedAccount.select().count() == 0


@pytest.mark.parametrize("field", ["role", "roles", "kind", "account", "purpose"])
def test_a33_a_role_that_the_client_sends_is_not_heard(
    tunde: Visitor, account: Account, cast: Cast, field: str
) -> None:
    tunde.arrive_at_clever(cast.students["Ada Byrne"])
    at_clever = tunde.submit(ACCOUNT, CONNECT, **{field: "district_admin"}).headers["location"]
    tunde.get(f"{tunde.get(at_clever).headers['location']}&{field}=district_admin")

    assert identities(account) == []
    assert tunde.get("/district").status_code == 404


def test_a36_the_last_way_in_stays(maria: Visitor, cast: Cast) -> None:
    mine = cast.teachers["Maria Rivera"]
    path = f"{CONNECT}/{mine}/disconnect"
    answer = maria.post(path)

    assert answer.headers["location"] == f"{ACCOUNT}?problem=last_way_in"
    assert "This is your only way to sign in." in maria.page(path).text
    assert LinkedAccount.select().count() == 1


def test_a36_a_way_in_goes_when_another_is_left_and_the_other_sessions_end(
    tunde: Visitor, new_visitor: NewVisitor, account: Account, cast: Cast
) -> None:
    connect(tunde, cast.teachers["Maria Rivera"])
    other = new_visitor()
    other.arrive(cast.teachers["Maria Rivera"])

    assert disconnect(tunde, cast.teachers["Maria Rivera"]) == f"{ACCOUNT}?done=disconnected"
    assert other.get(ACCOUNT).status_code == 303
    assert identities(account) == []


@pytest.mark.parametrize("path", [CONNECT, "/account/other/clever", "/account/other"])
def test_a36_a_change_asks_who_one_is_after_ten_minutes(
    tunde: Visitor, cast: Cast, path: str
) -> None:
    token = tunde.csrf_token()
    a_while_ago()
    before = contents(leaving_out=frozenset({"sessions"}))
    answer = tunde.client.post(path, data={"csrf_token": token})

    assert answer.headers["location"].startswith(f"{CONFIRM}?to=")
    assert contents(leaving_out=frozenset({"sessions"})) == before


def test_a36_disconnecting_asks_who_one_is_after_ten_minutes(
    tunde: Visitor, account: Account, cast: Cast
) -> None:
    connect(tunde, cast.teachers["Maria Rivera"])
    a_while_ago()
    answer = tunde.post(f"{CONNECT}/{cast.teachers['Maria Rivera']}/disconnect")

    assert answer.headers["location"].startswith(f"{CONFIRM}?to=")
    assert identities(account) == [cast.teachers["Maria Rivera"]]


def test_a36_the_password_confirms_for_ten_minutes(tunde: Visitor, cast: Cast) -> None:
    a_while_ago()
    answer = tunde.submit(CONFIRM, CONFIRM, email=ADDRESS, password=PASSWORD)

    assert answer.headers["location"] == ACCOUNT
    assert connect(tunde, cast.teachers["Maria Rivera"]).headers["location"].endswith("=connected")


def test_a36_anothers_password_confirms_nothing(tunde: Visitor) -> None:
    other = oduya("other@school.example")
    a_while_ago()
    answer = tunde.submit(CONFIRM, CONFIRM, email="other@school.example", password=PASSWORD)

    assert answer.status_code == 422
    assert not Session.select().where(Session.account == other).exists()
    assert not any(each.is_fresh(clock.now()) for each in Session.select())


@pytest.mark.parametrize(("who", "fresh"), [("Maria Rivera", True), ("Daniel Okafor", False)])
def test_a36_only_ones_own_identity_confirms(
    maria: Visitor, cast: Cast, who: str, fresh: bool
) -> None:
    a_while_ago()
    maria.arrive_at_clever(cast.teachers[who])
    at_clever = maria.submit(CONFIRM, f"{CONFIRM}/clever").headers["location"]
    maria.get(maria.get(at_clever).headers["location"])

    row = Session.find(maria.token or "", clock.now())
    assert row is not None
    assert (row.is_fresh(clock.now()), LinkedAccount.select().count()) == (fresh, 1)
    assert "Maria Rivera" in maria.page(ACCOUNT).text


def test_a58_nobody_disconnects_anothers_identity(
    tunde: Visitor, thief: Visitor, account: Account, cast: Cast
) -> None:
    connect(tunde, cast.teachers["Maria Rivera"])
    answer = thief.post(f"{CONNECT}/{cast.teachers['Maria Rivera']}/disconnect")

    assert answer.status_code == 404
    assert identities(account) == [cast.teachers["Maria Rivera"]]


def test_a44_a_disabled_account_gets_no_identity(
    tunde: Visitor, account: Account, cast: Cast
) -> None:
    way_back = set_out(tunde, cast.teachers["Maria Rivera"])
    Account.update(disabled_at=clock.now()).where(Account.id == account.id).execute()
    tunde.get(way_back)

    assert LinkedAccount.select().count() == 0


def test_v04_a_trip_holds_what_it_is_for_on_the_server_alone(tunde: Visitor, cast: Cast) -> None:
    tunde.arrive_at_clever(cast.teachers["Maria Rivera"])
    at_clever = tunde.submit(ACCOUNT, CONNECT).headers["location"]
    attempt = SignInAttempt.get(SignInAttempt.purpose == TripPurpose.CONNECT)

    assert "connect" not in at_clever.lower().partition("/oauth")[2]
    assert attempt.account.public_id not in at_clever
    assert query(at_clever)["redirect_uri"].endswith(CALLBACK)
