"""Signing in with Clever, choosing a role, signing out (S1, S2, S5 to S8)."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import (
    Blueprint,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from werkzeug import Response
from werkzeug.exceptions import MethodNotAllowed

from portal import clock
from portal.models.arrivals import ArrivalRefused
from portal.models.audit import AuditEvent
from portal.models.entrance.sign_in_attempts import SignInAttempt
from portal.providers.clever_sign_in import PendingSignIn, SignInError, SignInProblem
from portal.web.entrance import arriving
from portal.web.entrance.returning import come_back
from portal.web.entrance.trips import RESTARTED, set_out
from portal.web.ground.access import current_person, sign_in_page, why_signed_out
from portal.web.ground.current import current_clever
from portal.web.ground.device import remembered_district
from portal.web.ground.people import signed_in
from portal.web.ground.sessions import browser_session
from portal.web.ground.wanted import arrival_page, wanted_page

logger = logging.getLogger(__name__)
bp = Blueprint("sign_in", __name__)

PROBLEMS = frozenset({*SignInProblem, "cookies", "signed_out", "taken_apart", "ended_elsewhere"})
RESTARTS_PER_MINUTE = 3
NO_ACCESS = "unauthorized-user"
# Clever's pages name the error but not its key; its clients read either (clever-platform 1.3).
ERROR_KEYS = frozenset({"error", "error_reason"})


@bp.get("/sign-in")
def show() -> ResponseReturnValue:
    """The sign-in page, with what went wrong the last time; the signed-in are sent home."""
    problem = request.args.get("problem")
    person = signed_in()
    if person and not problem:
        return redirect(person.landing, 303)

    wanted = wanted_page(request.args.get("to"))
    return sign_in_page(problem if problem in PROBLEMS else why_signed_out(), wanted)


@bp.get("/sign-in/clever")
def start() -> ResponseReturnValue:
    """Off to Clever; `district_id=` without a value asks for the school anew (S1)."""
    district_id = request.args.get("district_id", remembered_district())

    return set_out(district_id, wanted=wanted_page(request.args.get("to")))


@bp.get("/sign-in/clever/callback")
def callback() -> ResponseReturnValue:
    """Back from Clever. Only a trip of this browser's own, and only once, leads to an exchange."""
    if request.method != "GET":
        raise MethodNotAllowed(["GET"])  # A23: Flask would answer HEAD as it answers GET.
    state = request.args.get("state")
    if not state:
        return _restart() if ERROR_KEYS.isdisjoint(request.args) else _declined()

    attempt = _attempt(state)
    if attempt is None:
        return _unknown_trip()
    if not attempt.use(clock.now()):
        return _return_again()
    return _finish(attempt) if "code" in request.args else _declined()


@bp.route("/sign-in/role", methods=["GET", "POST"])
def choose_role() -> ResponseReturnValue:
    """Which of their roles a person with several uses now; switching is the same page (S7)."""
    person = signed_in()
    if person is None:
        return redirect(url_for("sign_in.show"), 303)
    if request.method == "GET":
        return render_template("sign_in/role.html", roles=person.roles)

    role = next((role for role in person.roles if role == request.form.get("role")), None)
    if role is None:
        abort(400)
    browser_session().take_role(role)
    return redirect(arrival_page(role, session.pop("wanted", None)), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """The session dies here and in the database; Clever's own goes on, as it asks (1.11)."""
    account = current_person().account

    logout_user()
    browser_session().end()
    AuditEvent.record(clock.now(), account.public_id, "sign_out", account.public_id)

    response = redirect(url_for("sign_in.show", problem="signed_out"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _restart() -> Response:
    """A code without a state is thrown away and the trip made again as ours (decision 1)."""
    row = browser_session().row
    a_minute_ago = clock.now() - timedelta(minutes=1)
    if row and SignInAttempt.restarts_since(row, a_minute_ago) >= RESTARTS_PER_MINUTE:
        return _refuse("refused")
    return set_out(None, restarted=True)


def _attempt(state: str) -> SignInAttempt | None:
    row = browser_session().row
    return SignInAttempt.find(row, state) if row else None


def _unknown_trip() -> Response:
    """Back with a state that this browser's session does not know; its code is thrown away."""
    browser = browser_session()
    if browser.row is not None and not browser.was_replaced():
        return _refuse("refused")
    # Its session has ended on the way, or another copy of this answer has just replaced it (A03).
    # Once: a browser that sends an old cookie and takes no new one would go round for ever.
    first_time = not request.args["state"].startswith(RESTARTED)
    return _restart() if browser.cookie_token and first_time else _refuse("cookies")


def _return_again() -> Response:
    """The same address a second time, from a reload or the Back button (A03)."""
    person = signed_in()
    if person is None and arriving.held():
        return redirect(url_for("first_run.show"), 303)
    return redirect(person.landing, 303) if person else _restart()


def _declined() -> Response:
    """Back without a code: the person did not go on, or may not. Clever's words stay out (A21)."""
    unshared = NO_ACCESS in {request.args.get(key) for key in ERROR_KEYS}
    return _refuse("not_shared" if unshared else "cancelled")


def _finish(attempt: SignInAttempt) -> Response:
    """Exchange the code for a person and let them in, or say why not on a page without the code."""
    code, issuer = request.args.get("code", ""), request.args.get("iss")
    pending = PendingSignIn(request.args["state"], attempt.code_verifier, attempt.nonce)
    try:
        return come_back(attempt, current_clever().finish(pending, code, issuer))
    except SignInError as error:
        problem, detail = error.reason, error.detail
    except ArrivalRefused:
        problem, detail = SignInProblem.REFUSED, "disabled, or a student under a staff member's id"
    logger.warning("Sign-in failed", extra={"problem": problem, "detail": detail})
    return redirect(url_for("sign_in.show", problem=problem), 303)


def _refuse(problem: str) -> Response:
    """The sign-in page with the reason; nothing was exchanged and no session changed (A02)."""
    logger.warning("Sign-in refused", extra={"problem": problem})
    response = make_response(sign_in_page(problem), 400)
    response.headers["Referrer-Policy"] = "no-referrer"  # The address still holds what came (V04).
    return response
