"""The one question a teacher or an admin new to us is asked; nothing is made before (S4, 2.2)."""

from __future__ import annotations

import logging
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from jobs import send_letter
from portal.models.accounts import Account
from portal.models.arrivals import ArrivalRefused
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.sessions import SignInWay
from portal.models.entrance.sign_in_attempts import SignInAttempt, TripPurpose
from portal.models.entrance.ways_in import note_change
from portal.models.linking import LinkRefusal, link
from portal.models.sections import Section
from portal.providers.clever import PROVIDER
from portal.web.entrance import arriving
from portal.web.entrance.arrivals import let_in, note_places
from portal.web.entrance.arriving import Arriving
from portal.web.entrance.entering import enter
from portal.web.entrance.password_proof import proved_by_password
from portal.web.entrance.trips import set_out_from_a_form
from portal.web.ground.access import current_person, signed_in_required
from portal.web.ground.current import current_settings
from portal.web.ground.sessions import browser_session

logger = logging.getLogger(__name__)
bp = Blueprint("first_run", __name__)

PROBLEMS = frozenset({*LinkRefusal, "password", "no_account"})


class NotLinked(Exception):
    """The proved account cannot take this identity; the message is the reason."""


@bp.get("/sign-in/question")
def show() -> ResponseReturnValue:
    guest = arriving.held()
    return _question(guest) if guest else _nobody_there()


@bp.post("/sign-in/question")
def answer() -> ResponseReturnValue:
    """The first thing that is written about this person, or a page that asks for proof."""
    guest = arriving.held()
    if guest is None:
        return _nobody_there()

    match request.form.get("account"):
        case "new":
            return _make_account(guest)
        case "mine":
            return redirect(url_for("first_run.prove"), 303)
    return _question(guest, error=True), 422


@bp.post("/sign-in/question/leave")
def leave() -> Response:
    """Not you? Nothing of the guest is kept."""
    if arriving.held() is None:
        return _nobody_there()
    browser_session().end()
    return redirect(url_for("sign_in.show"), 303)


@bp.get("/sign-in/proof")
def prove() -> ResponseReturnValue:
    guest = arriving.held()
    return _proof(request.args.get("problem")) if guest else _nobody_there()


@bp.post("/sign-in/proof")
def prove_by_password() -> ResponseReturnValue:
    guest = arriving.held()
    if guest is None:
        return _nobody_there()
    proved = proved_by_password()

    if proved is None:
        return _proof("password"), 422
    return link_to(proved, guest)


@bp.post("/sign-in/proof/clever")
def prove_by_clever() -> Response:
    """Another Clever sign-in: somebody may come back under a new Clever id (AC8)."""
    return set_out_from_a_form(TripPurpose.PROVE) if arriving.held() else _nobody_there()


@bp.get("/account/linked")
@signed_in_required
def linked() -> str:
    """What came of it: the sections that are here now."""
    person = current_person()
    return render_template(
        "first_run/linked.html",
        section_count=Section.visible_to(person.account).count(),
        landing=person.landing,
    )


def link_to(account: Account, guest: Arriving, attempt: SignInAttempt | None = None) -> Response:
    """Give the proved account this identity, and sign its person in; `attempt` was the proof."""
    issuer = current_settings().clever_issuer
    letters: list[Letter] = []

    def step(now: datetime) -> Account:
        refusal = link(account, PROVIDER, issuer, guest.person, now)
        if isinstance(refusal, LinkRefusal):
            raise NotLinked(refusal)
        letters[:] = note_change(account, LetterKind.CONNECTED, now, but=None)
        return account

    try:
        enter(step, guest.person.roles, SignInWay.CLEVER, attempt, guest.person)
    except NotLinked as error:
        logger.warning("Identity not linked", extra={"reason": str(error)})
        return redirect(url_for("first_run.prove", problem=str(error)), 303)
    note_places(guest.places)
    send_letter.ring_all(letters)
    return redirect(url_for("first_run.linked"), 303)


def _make_account(guest: Arriving) -> Response:
    """Their own, or the one that this identity has got in another browser meanwhile."""
    try:
        return let_in(guest)
    except ArrivalRefused:
        logger.warning("Arrival refused")
        browser_session().end()
        return redirect(url_for("sign_in.show", problem="refused"), 303)


def _nobody_there() -> Response:
    """Answered already, in another tab perhaps, or longer ago than a visitor's session lasts."""
    return redirect(url_for("root.show"), 303)


def _question(guest: Arriving, error: bool = False) -> str:
    return render_template("first_run/question.html", guest=guest, error=error)


def _proof(problem: str | None) -> str:
    return render_template(
        "first_run/proof.html",
        problem=problem if problem in PROBLEMS else None,
        email=request.form.get("email", ""),
    )
