"""A forgotten password: the mail that proves who asks, a new password, and a look around (A25)."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from jobs import send_letter
from portal import passwords
from portal.models.accounts import Account
from portal.models.entrance.emailed_links import EmailedLink, LinkPurpose
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.password_changes import reset_password
from portal.models.entrance.sessions import SignInWay
from portal.models.entrance.ways_in import WaysIn
from portal.web.entrance.credentials import Problems, new_password_problems, roles_of, typed_address
from portal.web.entrance.entering import enter
from portal.web.entrance.opened_links import link_required
from portal.web.entrance.posting import mail_required, post_letter
from portal.web.entrance.visiting import visitors_only
from portal.web.ground.access import current_account, signed_in_required

bp = Blueprint("resets", __name__)


@bp.get("/reset")
@mail_required
@visitors_only
def new() -> ResponseReturnValue:
    return _form({})


@bp.post("/reset")
@mail_required
@visitors_only
def create() -> ResponseReturnValue:
    """The same answer whether the address has an account or not (A64)."""
    address = typed_address()
    if address is None:
        return _form({"email": "no_address"}), 422

    post_letter(LetterKind.RESET, address)
    return redirect(url_for("letters.sent", about=LinkPurpose.RESET), 303)


@bp.get("/reset/password")
@link_required(LinkPurpose.RESET)
def edit(link: EmailedLink) -> ResponseReturnValue:
    return _new_password(link, {})


@bp.post("/reset/password")
@link_required(LinkPurpose.RESET)
def update(link: EmailedLink) -> ResponseReturnValue:
    """Everybody else is signed out, and whoever reads the mail is signed in."""
    problems = new_password_problems(link.email)
    if problems:
        return _new_password(link, problems), 422

    _take_back(link, passwords.hash_password(request.form["password"]))
    return redirect(url_for("resets.done"), 303)


@bp.get("/reset/done")
@signed_in_required
def done() -> ResponseReturnValue:
    """Every way into the account, in case somebody else has left one there (A26)."""
    return render_template("resets/done.html", ways=WaysIn.of(current_account()))


def _take_back(link: EmailedLink, password_hash: str) -> None:
    letters: list[Letter] = []

    def step(now: datetime) -> Account:
        account, letters[:] = reset_password(link, password_hash, now)
        return account

    kind = link.account.kind if link.account else ""
    enter(step, roles_of(kind), SignInWay.PASSWORD)
    send_letter.ring_all(letters)


def _form(problems: Problems) -> str:
    email = request.form.get("email", "")
    return render_template("resets/new.html", problems=problems, email=email)


def _new_password(link: EmailedLink, problems: Problems) -> str:
    return render_template("resets/edit.html", problems=problems, email=link.email)
