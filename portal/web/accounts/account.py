"""Account Settings with Manage Linked Accounts (AC1 to AC3)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from jobs import send_letter
from portal import clock
from portal.database import write
from portal.models.accounts import LinkedAccount
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.sign_in_attempts import TripPurpose
from portal.models.entrance.ways_in import WaysIn, note_change
from portal.models.linking import (
    MISTAKES_SHOW_WITHIN,
    LinkRefusal,
    UnlinkRefusal,
    sections_through,
    unlink,
    unlink_refusal,
)
from portal.models.merging.merges import Merge
from portal.providers.clever import PROVIDER
from portal.web.entrance.connecting import connected_as
from portal.web.entrance.entering import leave_roles
from portal.web.entrance.trips import set_out_from_a_form
from portal.web.ground.access import (
    current_account,
    fresh_required,
    own_sign_in_required,
    signed_in_required,
)
from portal.web.ground.sessions import browser_session

bp = Blueprint("account", __name__)

PASSWORDS = {"password_added", "password_changed", "password_removed"}
RESULTS = frozenset({"connected", "disconnected"} | PASSWORDS)
PROBLEMS = frozenset({*LinkRefusal, *UnlinkRefusal, "not_connected", "teacher_looks_after_it"})


@dataclass(frozen=True, slots=True)
class LinkedRow:
    """An identity as the table shows it; `stays` is why it may not be taken off."""

    linked: LinkedAccount
    stays: UnlinkRefusal | None


@bp.get("/account")
@signed_in_required
def show() -> str:
    return _page(request.args.get("done"), request.args.get("problem"))


@bp.post("/account/clever")
@own_sign_in_required
@fresh_required
def connect() -> Response:
    """Off to Clever for an identity; the trip is bound to who is signed in (A29)."""
    return set_out_from_a_form(TripPurpose.CONNECT, current_account())


@bp.get("/account/clever/<sourced_id>/disconnect")
@fresh_required
def ask_disconnect(sourced_id: str) -> str:
    linked = _own(sourced_id)
    return render_template(
        "account/disconnect.html",
        linked=linked,
        stays=unlink_refusal(linked),
        section_count=sections_through(linked),
        is_new=clock.now() - linked.linked_at < MISTAKES_SHOW_WITHIN,
        ways=WaysIn.of(current_account()).without(linked),
    )


@bp.post("/account/clever/<sourced_id>/disconnect")
@fresh_required
def disconnect(sourced_id: str) -> ResponseReturnValue:
    linked = _own(sourced_id)

    outcome = write(lambda: _disconnect(linked))
    if isinstance(outcome, UnlinkRefusal):
        return redirect(url_for("account.show", problem=outcome), 303)
    leave_roles()
    send_letter.ring_all(outcome)
    return redirect(url_for("account.show", done="disconnected"), 303)


def _disconnect(linked: LinkedAccount) -> list[Letter] | UnlinkRefusal:
    """Call inside a transaction."""
    now, here = clock.now(), browser_session().row
    refusal = unlink(linked, now)
    if refusal is not None:
        return refusal
    return note_change(linked.account, LetterKind.DISCONNECTED, now, but=here)


def _own(sourced_id: str) -> LinkedAccount:
    """One of the person's own Clever identities, or 404."""
    own = LinkedAccount.of(current_account(), PROVIDER)
    return own.where(LinkedAccount.sourced_id == sourced_id).get_or_none() or abort(404)


def _page(done: str | None, problem: str | None) -> str:
    account = current_account()
    ways = WaysIn.of(account)
    return render_template(
        "account/show.html",
        rows=[LinkedRow(each, unlink_refusal(each)) for each in ways.linked_accounts],
        ways=ways,
        merges=Merge.own(account),
        done=done if done in RESULTS else None,
        connected_as=connected_as() if done == "connected" else "",
        problem=problem if problem in PROBLEMS else None,
    )
