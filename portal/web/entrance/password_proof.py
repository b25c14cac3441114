"""Showing by email and password that an account is one's own, without signing in to it."""

from __future__ import annotations

from flask import request

from portal.models.accounts import Account
from portal.web.entrance.credentials import try_password, typed_address


def proved_by_password() -> Account | None:
    """The account that the address and password of the form at hand open, or None.

    Tries are counted as those of signing in are (A77).
    """
    address = typed_address()
    found = try_password(address, request.form.get("password", "")) if address else None
    return found.account if found else None
