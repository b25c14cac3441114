"""Whether the header leads to the Clever page: for staff whom Clever vouches for (K1)."""

from __future__ import annotations

from flask import Flask

from portal.models.accounts import LinkedAccount
from portal.models.prepared import Prepared
from portal.providers.clever import PROVIDER
from portal.roster.records import Role
from portal.web.ground.people import SignedIn

ADMINS = (Role.SCHOOL_ADMIN, Role.DISTRICT_ADMIN)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["has_clever_page"] = has_clever_page


def has_clever_page(person: SignedIn) -> bool:
    """Admins are so by Clever's word; a teacher may also sign in with a password alone."""
    if person.role in ADMINS:
        return True
    if person.role != Role.TEACHER:
        return False
    return _IDENTITY.first(account=person.account, provider=PROVIDER) is not None


_IDENTITY = Prepared(lambda account, provider: LinkedAccount.of(account, provider).limit(1))
