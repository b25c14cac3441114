"""Where somebody is signed in, and signing them out there (trust.md A25, ASVS 7.5.2)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from portal import clock
from portal.database import write
from portal.models.audit import AuditEvent
from portal.models.entrance.sessions import Session
from portal.web.ground.access import (
    current_account,
    current_session,
    find_session_elsewhere,
    signed_in_required,
)

bp = Blueprint("signed_in_devices", __name__)

ENDED = frozenset({"one", "others"})


@bp.get("/account/sessions")
@signed_in_required
def index() -> ResponseReturnValue:
    here = current_session()
    elsewhere = Session.of(current_account(), clock.now(), but=here)
    ended = request.args.get("ended")

    return render_template(
        "signed_in_devices/index.html",
        here=here,
        elsewhere=list(elsewhere),
        ended=ended if ended in ENDED else None,
    )


@bp.post("/account/sessions/<session_id>/sign-out")
@signed_in_required
def sign_out(session_id: str) -> Response:
    """End one of the person's other sessions; a session that is not theirs does not exist."""
    elsewhere = find_session_elsewhere(session_id)

    write(lambda: _note(elsewhere.stop()))
    return redirect(url_for("signed_in_devices.index", ended="one"), 303)


@bp.post("/account/sessions/sign-out-others")
@signed_in_required
def sign_out_others() -> Response:
    """End all but the one that asks."""
    here = current_session()

    write(lambda: _note(Session.end_all(current_account(), but=here)))
    return redirect(url_for("signed_in_devices.index", ended="others"), 303)


def _note(ended: int) -> None:
    mine = current_account().public_id
    AuditEvent.record(clock.now(), mine, "sign_out_elsewhere", mine, sessions=ended)
