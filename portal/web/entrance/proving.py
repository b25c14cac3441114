"""Showing that another account is one's own too, before it is linked or brought together (AC4)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from portal.models.accounts import LinkedAccount
from portal.models.entrance.sign_in_attempts import SignInAttempt, TripPurpose
from portal.providers.clever import PROVIDER
from portal.roster.records import PersonRecord
from portal.web.entrance import arriving, first_run, proofs
from portal.web.entrance.password_proof import proved_by_password
from portal.web.entrance.trips import set_out_from_a_form
from portal.web.ground.access import current_account, fresh_required, staff_required
from portal.web.ground.current import current_settings

bp = Blueprint("proving", __name__)

PROBLEMS = ("password", "no_account", "same")


@bp.get("/account/other")
@staff_required
@fresh_required
def show() -> str:
    """ "I made a second account by mistake": sign in to the other one, without leaving this one."""
    return _page(request.args.get("problem"))


@bp.post("/account/other")
@staff_required
@fresh_required
def by_password() -> ResponseReturnValue:
    proved = proved_by_password()

    if proved is None or proved == current_account():
        return _page("same" if proved else "password"), 422
    proofs.keep(proved)
    return redirect(url_for("merges.preview"), 303)


@bp.post("/account/other/clever")
@staff_required
@fresh_required
def by_clever() -> Response:
    return set_out_from_a_form(TripPurpose.PROVE, current_account())


def come_back(attempt: SignInAttempt, person: PersonRecord) -> Response:
    """The identity's account is proved: for who is signed in, or for who is on the way in."""
    linked = LinkedAccount.find(PROVIDER, current_settings().clever_issuer, person.sourced_id)
    if attempt.account_id is None:
        return _for_a_guest(attempt, linked)
    if linked is None or linked.account_id == attempt.account_id:
        problem = "no_account" if linked is None else "same"
        return redirect(url_for("proving.show", problem=problem), 303)
    proofs.keep(linked.account)
    return redirect(url_for("merges.preview"), 303)


def _for_a_guest(attempt: SignInAttempt, linked: LinkedAccount | None) -> Response:
    guest = arriving.held()
    if guest is None:
        return redirect(url_for("sign_in.show", problem="refused"), 303)
    if linked is None:
        return redirect(url_for("first_run.prove", problem="no_account"), 303)
    return first_run.link_to(linked.account, guest, attempt)


def _page(problem: str | None) -> str:
    return render_template(
        "account/other.html",
        problem=problem if problem in PROBLEMS else None,
        email=request.form.get("email", ""),
    )
