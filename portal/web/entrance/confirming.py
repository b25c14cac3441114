"""Who are you once more: asked before a way in is changed (AC3, A36, ASVS 7.5.1)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from portal import clock
from portal.models.accounts import LinkedAccount
from portal.models.entrance.sign_in_attempts import SignInAttempt, TripPurpose
from portal.models.entrance.ways_in import WaysIn
from portal.providers.clever import PROVIDER
from portal.roster.records import PersonRecord
from portal.web.entrance.library_sign_in import renew_library_token
from portal.web.entrance.password_proof import proved_by_password
from portal.web.entrance.trips import set_out_from_a_form
from portal.web.ground.access import current_account, current_person, signed_in_required
from portal.web.ground.current import current_settings
from portal.web.ground.sessions import browser_session
from portal.web.ground.wanted import wanted_page

bp = Blueprint("confirming", __name__)


@bp.get("/account/confirm")
@signed_in_required
def show() -> ResponseReturnValue:
    return _page(request.args.get("to"), request.args.get("problem"))


@bp.post("/account/confirm")
@signed_in_required
def by_password() -> ResponseReturnValue:
    """The password of one of the person's own addresses."""
    proved = proved_by_password()

    if proved != current_account():
        return _page(request.form.get("to"), "password"), 422
    return _confirmed(request.form.get("to"))


@bp.post("/account/confirm/clever")
@signed_in_required
def by_clever() -> Response:
    wanted = wanted_page(request.form.get("to"))

    return set_out_from_a_form(TripPurpose.CONFIRM, current_account(), wanted)


def come_back(attempt: SignInAttempt, person: PersonRecord) -> Response:
    """Only the person's own identity confirms; any other leaves everything as it was (A30)."""
    linked = LinkedAccount.find(PROVIDER, current_settings().clever_issuer, person.sourced_id)
    if linked is None or linked.account != current_account():
        return redirect(url_for("confirming.show", to=attempt.wanted, problem="somebody_else"), 303)
    renew_library_token(person)
    return _confirmed(attempt.wanted)


def _confirmed(to: str | None) -> Response:
    row = browser_session().row
    if row is not None:
        row.confirm(clock.now())
    return redirect(wanted_page(to) or url_for("account.show"), 303)


def _page(to: str | None, problem: str | None) -> str:
    return render_template(
        "account/confirm.html",
        to=wanted_page(to) or "",
        ways=WaysIn.of(current_account()),
        problem=problem if problem in ("password", "somebody_else") else None,
        email=request.form.get("email", ""),
        landing=current_person().landing,
    )
