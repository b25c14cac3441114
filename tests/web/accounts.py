"""People with an email and a password."""

from __future__ import annotations

from portal import clock, passwords
from portal.models.accounts import Account, AccountKind
from portal.models.entrance.password_sign_ins import PasswordSignIn
from tests.web.browsing import Visitor
from tests.web.mail import fill_in

ADDRESS, PASSWORD = "t.oduya@school.example", "blue kettle seven"
OTHER_PASSWORD = "green kettle eight"
HASH = passwords.hash_password(PASSWORD)  # Once for all: it is slow on purpose.


def oduya(address: str = ADDRESS, kind: AccountKind = AccountKind.STAFF) -> Account:
    """Tunde Oduya, who has proved this address and chosen PASSWORD."""
    now = clock.now()
    account = Account.make(kind, "Tunde", "Oduya", now)
    PasswordSignIn.add(account, address, HASH, now)
    return account


def sign_in(visitor: Visitor, address: str = ADDRESS, password: str = PASSWORD) -> str:
    """Where the sign-in page sends this visitor, or what it says."""
    return fill_in(visitor, "/sign-in/password", email=address, password=password)
