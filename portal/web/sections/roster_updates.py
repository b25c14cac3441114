"""Update class rosters: ask for it, follow it (Y2)."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from jobs import update_rosters
from portal import clock
from portal.models.accounts import LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import OwnReason
from portal.providers.clever import PROVIDER
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required, wants_fragment
from portal.web.ground.limits import Limit, spend
from portal.web.ground.resting import own_pause
from portal.web.sections.dashboard import Card, cards_of
from portal.web.sections.update_panels import UpdatePanel, update_panel

bp = Blueprint("roster_updates", __name__)

PLACES = {"dashboard": "dashboard.show", "new": "dashboard.show", "clever": "clever.index"}
WITH_CARDS = ("dashboard", "new")


@bp.post("/roster-updates")
@role_required(Role.TEACHER)
def create() -> Response | str:
    account, place = current_account(), _place()
    if not LinkedAccount.of(account, PROVIDER).exists():
        return _go_to(url_for("account.show", problem="not_connected"))
    if own_pause():
        return _go_to(url_for(PLACES[place]))
    spend(Limit.SYNCS, account.public_id)
    key = request.form.get("idempotency_key", "")[:64] or secrets.token_urlsafe(12)
    update, is_new = RosterUpdate.request(account, key, clock.now())

    if is_new:
        update_rosters.ring(update)
    if not wants_fragment():
        return redirect(url_for(PLACES[place]), 303)
    return _answer(update_panel(update, place, announced="started"))


@bp.get("/roster-updates/<update_id>/panel")
@role_required(Role.TEACHER)
def panel(update_id: str) -> str:
    update = RosterUpdate.find(current_account(), update_id) or abort(404)

    return _answer(update_panel(update, _place(), told=request.args.get("told", "")))


def _answer(panel: UpdatePanel) -> str:
    """The panel; a last answer brings the cards of its sections, so nothing is asked twice."""
    if not panel.finished or panel.place not in WITH_CARDS:
        return render_template("roster_updates/_roster_update.html", panel=panel)
    lost = [run.section for run in panel.runs if run.reason == OwnReason.TEACHER_REMOVED]
    return render_template(
        "roster_updates/_roster_update.html", panel=panel, cards=_cards(panel, lost), lost=lost
    )


def _cards(panel: UpdatePanel, lost: list[Section]) -> list[Card]:
    return cards_of([run.section for run in panel.runs if run.section not in lost])


def _go_to(page: str) -> Response:
    """A whole page that says why nothing is updated, and how lists go on (2.11, Y14)."""
    return Response(headers={"HX-Redirect": page}) if wants_fragment() else redirect(page, 303)


def _place() -> str:
    """The page that shows the panel; its button and its polls say so."""
    place = request.values.get("place", "")
    return place if place in PLACES else "dashboard"
