"""A sign-in over somebody else's, on a shared device: who was signed out is said once (S6)."""

from __future__ import annotations

from flask import Flask, session

from portal.models.accounts import Account
from portal.roster.names import short_name

KEY = "signed_out_account"


def remember(former: Account | None, account: Account) -> None:
    """Keep whom to name, as an id: a session's values hold no names."""
    if former is not None and former.id != account.id:
        session[KEY] = former.id


def signed_out_name() -> str | None:
    """First name and initial of who was signed out, for the first page that asks; then None."""
    if KEY not in session:
        return None
    former = Account.get_or_none(Account.id == session.pop(KEY))
    return short_name(former.given_name, former.family_name) if former else None


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(signed_out_name=signed_out_name)
