"""A sign-in over somebody else's, on a shared device: who was signed out is said once (S6)."""

from __future__ import annotations

from flask import Flask, session

from portal.models.accounts import Account
from portal.roster.names import short_name

KEY = "signed_out_account"


def remember(former: Account | None, account: Account | None = None) -> None:
    """Keep whom to name, as an id: a session's values hold no names."""
    if former is not None and former != account:
        session[KEY] = former.id


def former() -> Account | None:
    """Whom this browser's session has signed out and not named yet."""
    return Account.get_or_none(Account.id == session[KEY]) if KEY in session else None


def signed_out_name() -> str | None:
    """First name and initial of who was signed out, for the first page that asks; then None."""
    gone = former()
    session.pop(KEY, None)
    return short_name(gone.given_name, gone.family_name) if gone else None


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(signed_out_name=signed_out_name)
