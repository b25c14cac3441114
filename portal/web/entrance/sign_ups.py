"""A new account: an address, the mail that proves it, then a name and a password (S3, A24)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import passwords
from portal.models.entrance.emailed_links import EmailedLink, LinkPurpose
from portal.models.entrance.letters import LetterKind
from portal.models.entrance.sessions import SignInWay
from portal.models.entrance.sign_ups import NewAccount, sign_up
from portal.roster.names import clean_name
from portal.web.entrance.credentials import Problems, new_password_problems, roles_of, typed_address
from portal.web.entrance.entering import enter, onward
from portal.web.entrance.joining import joining_section
from portal.web.entrance.opened_links import link_required
from portal.web.entrance.posting import mail_required, post_letter
from portal.web.entrance.visiting import visitors_only

bp = Blueprint("sign_ups", __name__)


@bp.get("/sign-up")
@mail_required
@visitors_only
def new() -> ResponseReturnValue:
    return _form({})


@bp.post("/sign-up")
@mail_required
@visitors_only
def create() -> ResponseReturnValue:
    """The same answer whether the address has an account or not; its reader is told (A64)."""
    address = typed_address()
    if address is None:
        return _form({"email": "no_address"}), 422

    post_letter(LetterKind.SIGN_UP, address, section=joining_section())
    return redirect(url_for("letters.sent", about=LinkPurpose.SIGN_UP), 303)


@bp.get("/sign-up/name")
@link_required(LinkPurpose.SIGN_UP)
def details(link: EmailedLink) -> ResponseReturnValue:
    return _details(link, {})


@bp.post("/sign-up/name")
@link_required(LinkPurpose.SIGN_UP)
def finish(link: EmailedLink) -> ResponseReturnValue:
    """Only now is anything kept: the address is proved, by the one who reads its mail."""
    given_name, family_name = _typed_name("given_name"), _typed_name("family_name")
    problems: Problems = {} if given_name else {"given_name": "no_name"}
    problems |= new_password_problems(link.email)
    if problems:
        return _details(link, problems), 422

    password_hash = passwords.hash_password(request.form["password"])
    new = NewAccount(given_name, family_name, password_hash)
    roles = roles_of(link.makes)
    enter(lambda now: sign_up(link, new, now), roles, SignInWay.PASSWORD)
    if link.section and link.open_section is None:
        return redirect(url_for("students.home", code="old"), 303)
    return onward("")


def _form(problems: Problems) -> str:
    return render_template(
        "sign_ups/new.html",
        problems=problems,
        email=request.form.get("email", ""),
        section=joining_section(),
    )


def _details(link: EmailedLink, problems: Problems) -> str:
    return render_template(
        "sign_ups/details.html",
        problems=problems,
        email=link.email,
        given_name=_typed_name("given_name"),
        family_name=_typed_name("family_name"),
        section=link.section,
    )


def _typed_name(field: str) -> str:
    return clean_name(request.form.get(field, ""))
