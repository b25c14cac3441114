"""Sessions live on the server and die when they should (S6, trust.md A38 to A44, V05)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.entrance.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT, Session
from portal.settings import Settings
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor, made_app

NewVisitor = Callable[[], Visitor]


KEPT = {"_user_id", "_fresh", "csrf_token", "roles", "district_name", "school_names"}


def holding(visitor: Visitor, token: str | None) -> Visitor:
    """The visitor with somebody else's cookie."""
    visitor.client.cookies.set("rosterly", token or "", domain="127.0.0.1")
    return visitor


def aged(by: timedelta) -> None:
    """Every session as if it had begun and rested that long."""
    for session in Session.select():
        session.created_at -= by
        session.seen_at -= by
        session.expires_at -= by
        session.save()


def test_a38_signing_in_gives_a_new_token_and_kills_the_old_one(
    visitor: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    visitor.get("/sign-in/clever")
    planted = visitor.token
    visitor.sign_in(cast.teachers["Maria Rivera"])
    thief = holding(new_visitor(), planted)

    assert visitor.token != planted
    assert thief.get("/dashboard").status_code == 303


def test_a38_a_token_nobody_gave_out_is_not_adopted(visitor: Visitor, cast: Cast) -> None:
    holding(visitor, "chosen-by-the-attacker")
    visitor.sign_in(cast.teachers["Maria Rivera"])

    assert visitor.token != "chosen-by-the-attacker"


def test_a39_a_cookie_kept_from_before_the_sign_out_opens_nothing(
    maria: Visitor, new_visitor: NewVisitor
) -> None:
    kept = maria.token
    maria.post("/sign-out")
    thief = holding(new_visitor(), kept)

    assert maria.token is None
    assert thief.get("/dashboard").headers["location"] == "/sign-in?to=/dashboard"


def test_a41_the_next_person_on_the_device_ends_the_last_ones_session(
    maria: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    hers = maria.token
    maria.sign_in(cast.students["Ada Byrne"])
    thief = holding(new_visitor(), hers)

    assert thief.get("/dashboard").status_code == 303
    assert maria.get("/dashboard").status_code == 404
    assert Session.select().where(Session.account.is_null(False)).count() == 1


def test_a44_a_disabled_account_is_signed_out_everywhere_at_once(maria: Visitor) -> None:
    Account.update(disabled_at=clock.now()).execute()

    assert maria.get("/dashboard").status_code == 303


def test_a44_a_disabled_account_cannot_sign_in(maria: Visitor, cast: Cast) -> None:
    Account.update(disabled_at=clock.now()).execute()
    answer = maria.sign_in(cast.teachers["Maria Rivera"])

    assert answer.headers["location"] == "/sign-in?problem=refused"


@pytest.mark.parametrize("limit", [IDLE_LIMIT, ABSOLUTE_LIMIT])
def test_a_session_past_a_limit_counts_as_none(maria: Visitor, limit: timedelta) -> None:
    aged(limit)

    assert maria.get("/dashboard").status_code == 303


def test_a_request_moves_the_idle_limit_but_never_past_the_absolute_one(maria: Visitor) -> None:
    session = Session.get(Session.account.is_null(False))
    session.see(session.created_at + IDLE_LIMIT - timedelta(minutes=1))
    moved = Session.get_by_id(session.id).expires_at
    session.see(session.created_at + ABSOLUTE_LIMIT - timedelta(minutes=1))

    assert moved == session.created_at + 2 * IDLE_LIMIT - timedelta(minutes=1)
    assert Session.get_by_id(session.id).expires_at == session.created_at + ABSOLUTE_LIMIT


def test_the_sweeper_deletes_what_has_expired_and_nothing_else(
    maria: Visitor, visitor: Visitor
) -> None:
    Session.start("long gone", clock.now() - timedelta(days=1))

    assert Session.purge(clock.now()) == 1
    assert maria.get("/dashboard").status_code == 200


def test_a_late_answer_cannot_write_into_a_session_that_has_ended(maria: Visitor) -> None:
    session = Session.get(Session.account.is_null(False))
    Session.end(maria.token or "")
    session.keep({"roles": ["district_admin"]}, "district_admin", clock.now())

    assert Session.select().count() == 0


@pytest.mark.parametrize(
    "unreadable",
    [
        pytest.param("Zoë", id="text"),
        pytest.param("", id="nothing"),
        pytest.param("[1]", id="list"),
        pytest.param("null", id="null"),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_session_that_cannot_be_read_is_a_visitor_who_is_not_signed_in(
    maria: Visitor, cast: Cast, caplog: pytest.LogCaptureFixture, unreadable: str
) -> None:
    Session.update(values=unreadable).execute()
    answer = maria.get("/dashboard")

    assert answer.headers["location"] == "/sign-in?to=/dashboard"
    assert answer.headers["cache-control"] == "no-store"
    assert "Session not readable" in caplog.text
    assert "Zoë" not in caplog.text
    assert maria.sign_in(cast.teachers["Maria Rivera"]).status_code == 303


def test_the_table_holds_neither_token_nor_name(maria: Visitor) -> None:
    session = Session.get(Session.account.is_null(False))

    assert maria.token not in (session.token_digest, session.values)
    assert "Rivera" not in session.values
    assert set(json.loads(session.values)) == KEPT


def test_a42_the_production_cookie_is_bound_to_its_host(
    environment: dict[str, str], portal_url: str
) -> None:
    address = portal_url.replace("http://127.0.0.1", "https://rosterly.example")
    changed = environment | {"PORTAL_ENV": "production", "PORTAL_URL": address}
    with made_app(Settings.from_env(changed)) as app:
        answer = app.test_client().get("/sign-in/clever", base_url=address)
    cookie = answer.headers["Set-Cookie"]

    token, *flags = cookie.split("; ")
    assert token.startswith("__Host-rosterly=")
    assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert len(cookie) < 4096


def test_v05_sign_out_clears_what_the_browser_keeps(maria: Visitor) -> None:
    answer = maria.post("/sign-out")

    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert answer.headers["location"] == "/sign-in?problem=signed_out"
