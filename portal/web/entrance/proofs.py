"""That the person at this browser owns another account too: shown, and kept a while (AC4)."""

from __future__ import annotations

from flask import session

from portal import clock
from portal.models.accounts import Account
from portal.models.base import from_microseconds, to_microseconds
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.sessions import FRESH_FOR

KEY = "proved"


def keep(account: Account) -> None:
    """They have just shown that this account is theirs."""
    session[KEY] = {"account": account.id, "at": to_microseconds(clock.now())}


def proved() -> Account | None:
    """The other account of theirs, for ten minutes, while it is signed in to as it was then.

    Who takes an account back by a new password shuts out whoever knew the old one (A25).
    """
    kept = session.get(KEY)
    at = from_microseconds(kept["at"]) if kept else None
    if kept is None or at is None or clock.now() - at > FRESH_FOR:
        return None
    found: Account | None = Account.get_or_none(
        (Account.id == kept["account"]) & Account.disabled_at.is_null()
    )
    return found if found and not AccountNotice.made_since(found, at) else None
