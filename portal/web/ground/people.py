"""Who is signed in, as Flask-Login and the templates see them."""

from __future__ import annotations

from typing import cast

from flask import Flask, url_for
from flask_login import LoginManager, UserMixin, current_user

from portal.models.accounts import Account
from portal.roster.names import display_name, short_name
from portal.roster.records import Role
from portal.web.ground.sessions import browser_session

LANDINGS = {
    Role.STUDENT: "students.home",
    Role.TEACHER: "dashboard.show",
    Role.SCHOOL_ADMIN: "admins.school",
    Role.DISTRICT_ADMIN: "admins.district",
}


class SignedIn(UserMixin):  # type: ignore[misc]
    """An account, and the one of its roles that is in use (None until it is chosen, S7)."""

    def __init__(self, account: Account, role: str, roles: tuple[Role, ...]) -> None:
        self.account = account
        self.role = Role(role) if role else None
        self.roles = roles

    def get_id(self) -> str:
        return str(self.account.id)

    @property
    def name(self) -> str:
        """Children share screens with each other, so theirs is first name and initial (2.10)."""
        shown = short_name if self.account.is_student else display_name
        return shown(self.account.given_name, self.account.family_name)

    @property
    def landing(self) -> str:
        """The page this person starts on."""
        return url_for(LANDINGS[self.role] if self.role else "sign_in.choose_role")


def signed_in() -> SignedIn | None:
    """The person of this request, or None."""
    return cast(SignedIn, current_user) if current_user.is_authenticated else None


def init_app(app: Flask) -> None:
    """Flask-Login on our sessions; its own session check and remember-me stay off (F1)."""
    login = LoginManager()
    login.session_protection = None
    login.user_loader(_load)
    login.init_app(app, add_context_processor=False)
    app.context_processor(lambda: {"me": signed_in()})


def _load(account_id: str) -> SignedIn | None:
    browser = browser_session()
    account = browser.row.account if browser.row else None
    if browser.row is None or account is None or str(account.id) != account_id:
        return None
    return SignedIn(
        account, browser.row.role, tuple(Role(name) for name in browser.get("roles", ()))
    )
