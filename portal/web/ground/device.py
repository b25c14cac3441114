"""What a device may remember of a sign-in, the district and never the person (S1), and what it
is called on the page of one's own sign-ins."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import current_app, request
from werkzeug import Response
from werkzeug.user_agent import UserAgent

DISTRICT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
KEPT_FOR = timedelta(days=180)
# In this order: most browsers also claim to be those further down.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("CrOS", "Chromebook"),
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def device_in_words(agent: UserAgent) -> str:
    """ "Chrome, Windows": enough to know one's own devices by; "" for one that says nothing."""
    known = (_first_of(BROWSERS, agent.string), _first_of(SYSTEMS, agent.string))
    return ", ".join(word for word in known if word)


def remembered_district() -> str | None:
    """The district of the last sign-in on this device, or None."""
    found = request.cookies.get(_cookie_name(), "")
    return found if DISTRICT_ID.fullmatch(found) else None


def remember_district(response: Response, district_sourced_id: str | None) -> None:
    """Spare the next person on this device the school search."""
    if not district_sourced_id or not DISTRICT_ID.fullmatch(district_sourced_id):
        return
    response.set_cookie(
        _cookie_name(),
        district_sourced_id,
        max_age=KEPT_FOR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _first_of(marks: tuple[tuple[str, str], ...], text: str) -> str:
    return next((word for mark, word in marks if mark in text), "")


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-district"
