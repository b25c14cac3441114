"""The password of one's own account: set, changed, taken off (AC3)."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from jobs import send_letter
from portal import clock, passwords
from portal.addresses import address_key
from portal.database import write
from portal.models.entrance.emailed_links import EmailedLink, LinkPurpose
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.password_changes import add_password, change_password, remove_password
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from portal.models.entrance.ways_in import WaysIn
from portal.web.entrance.credentials import (
    Problems,
    new_password_problems,
    try_password,
    typed_address,
)
from portal.web.entrance.opened_links import link_required
from portal.web.entrance.posting import mail_required, post_letter
from portal.web.ground.access import current_account, fresh_required
from portal.web.ground.sessions import browser_session

bp = Blueprint("passwords", __name__)


@bp.get("/account/password")
@fresh_required
def edit() -> ResponseReturnValue:
    if _own():
        return _change_form({})
    _may_have_one()
    return redirect(url_for("passwords.new"), 303)


@bp.post("/account/password")
@fresh_required
def update() -> ResponseReturnValue:
    """A new password for the old one, which is asked for once more (ASVS 6.2.3)."""
    password = _chosen()
    if try_password(password.email, request.form.get("current", "")) != password:
        return _change_form({"current": "wrong_current"}), 422
    problems = new_password_problems(password.email)
    if problems:
        return _change_form(problems), 422

    password_hash = passwords.hash_password(request.form["password"])
    letters = write(lambda: change_password(password, password_hash, clock.now(), _this_session()))
    if letters is None:
        return _change_form({"current": "wrong_current"}), 422
    return _changed(letters)


@bp.get("/account/password/new")
@fresh_required
@mail_required
def new() -> ResponseReturnValue:
    _may_have_one()
    return render_template("passwords/new.html", problems={}, email="")


@bp.post("/account/password/new")
@fresh_required
@mail_required
def ask() -> ResponseReturnValue:
    """A link goes to the address, and opens in this session alone (trojan identifier)."""
    _may_have_one()
    address = typed_address()
    if address is None:
        typed = request.form.get("email", "")
        problems = {"email": "no_address"}
        return render_template("passwords/new.html", problems=problems, email=typed), 422

    post_letter(LetterKind.ADD_PASSWORD, address, current_account(), session=_this_session())
    return redirect(url_for("letters.sent", about=LinkPurpose.ADD_PASSWORD), 303)


@bp.get("/account/password/first")
@fresh_required
@link_required(LinkPurpose.ADD_PASSWORD)
def first(link: EmailedLink) -> ResponseReturnValue:
    return render_template("passwords/first.html", problems={}, email=link.email)


@bp.post("/account/password/first")
@fresh_required
@link_required(LinkPurpose.ADD_PASSWORD)
def create(link: EmailedLink) -> ResponseReturnValue:
    problems = new_password_problems(link.email)
    if problems:
        return render_template("passwords/first.html", problems=problems, email=link.email), 422

    password_hash = passwords.hash_password(request.form["password"])
    account, here = current_account(), _this_session()
    return _changed(write(lambda: add_password(account, link, password_hash, clock.now(), here)))


@bp.get("/account/password/removal")
@fresh_required
def removal() -> ResponseReturnValue:
    return _removal_form()


@bp.post("/account/password/removal")
@fresh_required
def destroy() -> ResponseReturnValue:
    """Not the last way in: judged with the account held, whatever the page showed (A36)."""
    password = _chosen()
    letters = write(lambda: remove_password(password, clock.now(), _this_session()))
    return (_removal_form(), 422) if letters is None else _changed(letters)


def _changed(letters: list[Letter]) -> ResponseReturnValue:
    """Back to the account, which says what was changed, as the mails do."""
    send_letter.ring_all(letters)
    return redirect(url_for("account.show", done=letters[0].kind), 303)


def _own() -> list[PasswordSignIn]:
    return list(PasswordSignIn.of(current_account()))


def _chosen() -> PasswordSignIn:
    """The password this form is about: an account that was brought together may have two.

    A form may be older than the account: it never means the other one (two tabs).
    """
    own, key = _own(), address_key(request.form.get("email", ""))
    if len(own) == 1 and not key:
        return own[0]
    return next((each for each in own if each.email_key == key), None) or abort(404)


def _may_have_one() -> None:
    """We ask no student for an address (experience.md 2.9); and one password is enough."""
    if current_account().is_student or _own():
        abort(404)


def _change_form(problems: Problems) -> str:
    email = request.form.get("email", "")
    return render_template("passwords/edit.html", problems=problems, own=_own(), email=email)


def _removal_form() -> str:
    ways = WaysIn.of(current_account())
    if not ways.passwords:
        abort(404)
    return render_template("passwords/removal.html", ways=ways)


def _this_session() -> Session:
    row = browser_session().row
    assert row is not None  # `fresh_required` has looked.
    return row
