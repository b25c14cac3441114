"""Signing in with an email address and a password (S3)."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import passwords
from portal.models.accounts import Account
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import SignInWay
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.web.entrance.credentials import Problems, roles_of, try_password, typed_address
from portal.web.entrance.entering import enter, onward
from portal.web.entrance.joining import joining_section
from portal.web.entrance.visiting import visitors_only
from portal.web.ground.wanted import wanted_page

bp = Blueprint("password_sign_ins", __name__)


class PasswordOutdated(Exception):
    """It was changed between being shown and letting somebody in."""


@bp.get("/sign-in/password")
@visitors_only
def new() -> ResponseReturnValue:
    return _form({})


@bp.post("/sign-in/password")
@visitors_only
def create() -> ResponseReturnValue:
    """Wrong and unknown are one answer, after the same work (A64)."""
    address, shown = typed_address(), request.form.get("password", "")
    if address is None:
        return _form({"email": "no_address"}), 422
    password = try_password(address, shown)
    if password is None:
        return _form({"password": "wrong"}), 422

    try:
        _let_in(password, shown)
    except PasswordOutdated:
        return _form({"password": "wrong"}), 422
    return onward(_wanted() or "")


def _let_in(password: PasswordSignIn, shown: str) -> None:
    section = joining_section()
    outdated = passwords.is_outdated(password.password_hash)
    newer = passwords.hash_password(shown) if outdated else None

    def step(now: datetime) -> Account:
        account = password.account.lock()
        if not account.is_open or not password.use(now, newer):
            raise PasswordOutdated
        _join(section, account, now)
        return account

    enter(step, roles_of(password.account.kind), SignInWay.PASSWORD)


def _join(section: Section | None, account: Account, now: datetime) -> None:
    """A student who came with a class code is in the class from now on."""
    if section is not None and account.is_student:
        Enrollment.join(section, account, now)


def _form(problems: Problems) -> str:
    return render_template(
        "password_sign_ins/new.html",
        problems=problems,
        email=request.form.get("email", ""),
        wanted=_wanted(),
    )


def _wanted() -> str | None:
    return wanted_page(request.values.get("to"))
