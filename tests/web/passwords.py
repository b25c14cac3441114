"""Accounts that have a password, for pages that ask for one."""

from __future__ import annotations

from portal import clock
from portal.models.accounts import Account, AccountKind
from portal.models.password_sign_ins import PasswordSignIn
from portal.passwords import hash_password

EMAIL = "m.rivera@school.example"
PASSWORD = "three blue herons"


def teacher_with_a_password(kind: str = AccountKind.STAFF) -> Account:
    """Somebody who signed up with an address of hers, and uses no Clever."""
    now = clock.now()
    account: Account = Account.create(
        kind=kind, given_name="Maria", family_name="Rivera", created_at=now
    )
    PasswordSignIn.add(account, EMAIL, hash_password(PASSWORD), now)
    return account
