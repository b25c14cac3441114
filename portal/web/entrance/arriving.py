"""Somebody Clever vouches for who has no account yet, kept until they have answered (S4)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from flask import session

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.entrance.sessions import Session
from portal.models.entrance.sign_in_attempts import SignInAttempt
from portal.roster.records import PersonRecord, StaffPlaces
from portal.sealing import Purpose, seal, unseal
from portal.web.ground import handover
from portal.web.ground.current import current_settings
from portal.web.ground.people import signed_in
from portal.web.ground.sessions import browser_session, new_token

KEY = "arriving"
HELD_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Arriving:
    """Who stands at the door, where they work, and the page they were on the way to."""

    person: PersonRecord
    places: StaffPlaces
    wanted: str


def hold(attempt: SignInAttempt, arriving: Arriving) -> None:
    """Keep them for this browser alone, in a session of nobody's under a new token (A38).

    Sealed, since a session's values hold no names. Whoever was signed in here is signed out.
    """
    former, browser, token = _whoever_was_here(), browser_session(), new_token()

    def save() -> Session:
        row = Session.start(token, clock.now())
        attempt.move_all_to(row)
        Session.end(browser.cookie_token or "")
        return row

    browser.adopt(token, write(save))
    session["csrf_token"] = secrets.token_hex(32)
    session[KEY] = _sealed(arriving)
    handover.remember(former)


def held() -> Arriving | None:
    """Who stands at the door in this browser, or None; what Clever said of them grows old."""
    row = browser_session().row
    if signed_in() is not None or KEY not in session or row is None:
        return None
    if clock.now() - row.created_at > HELD_FOR:
        return None
    text = unseal(session[KEY], current_settings().secret_keys, Purpose.ARRIVALS)
    return msgspec.json.decode(text, type=Arriving) if text else None


def _sealed(arriving: Arriving) -> str:
    text = msgspec.json.encode(arriving).decode()
    return seal(text, current_settings().secret_keys, Purpose.ARRIVALS)


def _whoever_was_here() -> Account | None:
    person = signed_in()
    return person.account if person else None
