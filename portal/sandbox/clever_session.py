"""Who is signed in to Clever in this browser, and which district the browser last stood in."""

from __future__ import annotations

from flask import session

from portal.sandbox import records
from portal.sandbox.context import store
from portal.sandbox.records import Record

LIFETIME = 2 * 3_600


def person() -> Record | None:
    """The signed-in person; a Clever session ends after two hours (clever-platform 1.5)."""
    if session.get("until", 0) <= store().now().timestamp():
        return None
    return records.find(store(), session.get("person", ""), "user")


def district() -> Record | None:
    return records.find(store(), session.get("district", ""), "district")


def sign_in(who: Record, impersonated: bool = False) -> None:
    session.clear()
    session["person"] = who.id
    session["district"] = who.district
    session["until"] = store().now().timestamp() + LIFETIME
    session["impersonated"] = impersonated


def stand_in(district_id: str) -> None:
    session["district"] = district_id


def impersonated() -> bool:
    return bool(session.get("impersonated"))


def sign_out() -> None:
    """Leave Clever, but not the district: its login page comes next."""
    where = session.get("district", "")
    session.clear()
    session["district"] = where
