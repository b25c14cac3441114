"""Showing by email and password that an account is one's own, without signing in to it."""

from __future__ import annotations

from portal import passwords
from portal.models.accounts import Account
from portal.models.password_sign_ins import PasswordSignIn


def proved_by_password(email: str, password: str) -> Account | None:
    """The account that this address and password open, or None."""
    found = PasswordSignIn.find(email) if email.isascii() else None
    matches = passwords.verify(found.password_hash if found else None, password)
    return found.account if found and matches else None
