"""What a device may remember of a sign-in: the district, never the person (S1)."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import current_app, request
from werkzeug import Response

DISTRICT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
KEPT_FOR = timedelta(days=180)


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


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-district"
