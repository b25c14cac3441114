"""Several classes at once: choose them, check them on one page, make them all (N6)."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from jobs import sync_section
from portal import starting
from portal.models.sections import Section
from portal.models.syncs.roster_updates import RosterUpdate
from portal.providers.base import ProviderError
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required
from portal.web.ground.current import current_courses
from portal.web.sections.checked_classes import CheckedClasses
from portal.web.sections.class_offers import offer_of
from portal.web.sections.classes import own_classes
from portal.web.sections.dashboard import cards_of
from portal.web.sections.update_panels import update_panel

bp = Blueprint("several_classes", __name__)


@bp.get("/sections/new/clever/offer")
@role_required(Role.TEACHER)
def offer() -> str:
    """What My Dashboard shows of the classes of a teacher who has no section yet."""
    found = own_classes()
    if isinstance(found, ProviderError):
        return render_template("several_classes/_offer.html", failure=found.reason, offered=())

    return render_template("several_classes/_offer.html", **offer_of(found))


@bp.get("/sections/new/clever/several")
@role_required(Role.TEACHER)
def index() -> ResponseReturnValue:
    return _choice_page()


@bp.get("/sections/new/clever/several/details")
@role_required(Role.TEACHER)
def details() -> ResponseReturnValue:
    chosen = request.args.getlist("class")
    if not chosen:
        return _choice_page(error="choose")
    found = own_classes()
    if isinstance(found, ProviderError):
        return _unread_page(found)

    checked = CheckedClasses.chosen(found, chosen)
    return _details_page(checked) if checked.rows else abort(404)


@bp.post("/sections/new/clever/several/details")
@role_required(Role.TEACHER)
def create() -> ResponseReturnValue:
    key = request.form.get("idempotency_key", "")[:64] or secrets.token_urlsafe(12)
    made = RosterUpdate.of_click(current_account(), key)
    if made is not None:
        return _made(made)
    found = own_classes()
    if isinstance(found, ProviderError):
        return _unread_page(found, sent=request.form)

    checked = CheckedClasses.sent(found, request.form)
    if not checked.rows:
        return _choice_page(error="gone")
    if checked.problems:
        return _details_page(checked, key), 422
    made = starting.start_all(current_account(), checked.new_sections(), key)
    for run in list(made.runs()):  # Read to its end first: each ring writes.
        sync_section.ring(run)
    return _made(made, checked.left_out)


@bp.get("/sections/new/clever/several/<update_id>")
@role_required(Role.TEACHER)
def show(update_id: str) -> str:
    """All that were made together, each live."""
    update = RosterUpdate.find(current_account(), update_id) or abort(404)
    theirs = [run.section_id for run in update.runs()]
    sections = Section.visible_to(current_account()).where(Section.id.in_(theirs))

    return render_template(
        "several_classes/show.html",
        panel=update_panel(update, "new"),
        cards=cards_of(list(sections.order_by(Section.name, Section.id))),
        left_out=request.args.get("left_out", 0, type=int),
    )


def _choice_page(error: str = "") -> ResponseReturnValue:
    found = own_classes()
    if isinstance(found, ProviderError):
        return _unread_page(found)
    page = render_template("several_classes/index.html", error=error, **offer_of(found))
    return (page, 422) if error else page


def _details_page(checked: CheckedClasses, key: str = "") -> str:
    return render_template(
        "several_classes/details.html",
        checked=checked,
        courses=list(current_courses().values()),
        idempotency_key=key or secrets.token_urlsafe(12),
    )


def _unread_page(error: ProviderError, sent: object = None) -> ResponseReturnValue:
    """Clever did not answer; what was typed goes along with the next try."""
    page = render_template(
        "several_classes/unread.html",
        failure=error.reason,
        sent=sent,
        again=url_for("several_classes.create"),
    )
    return page, 503


def _made(update: RosterUpdate, left_out: int = 0) -> ResponseReturnValue:
    told = left_out or None
    there = url_for("several_classes.show", update_id=update.public_id, left_out=told)
    return redirect(there, 303)
