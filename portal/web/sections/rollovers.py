"""From one term to the next: what is over is archived, what is new is added, on her yes (N9)."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from jobs import sync_section
from portal import clock, starting
from portal.database import write
from portal.models.sections import SectionTeacher
from portal.models.syncs.roster_updates import RosterUpdate
from portal.providers.base import ProviderError
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required
from portal.web.sections.term_ends import TermEnd, ended_sections

bp = Blueprint("rollovers", __name__)


@bp.get("/sections/rollover")
@role_required(Role.TEACHER)
def show() -> str:
    return _page(TermEnd.now())


@bp.post("/sections/rollover")
@role_required(Role.TEACHER)
def create() -> ResponseReturnValue:
    key = request.form.get("idempotency_key", "")[:64] or secrets.token_urlsafe(12)
    made = RosterUpdate.of_click(current_account(), key)
    if made is not None:
        return _made(made)
    wanted = request.form.getlist("class")
    end = TermEnd.now() if wanted else TermEnd.without_clever()
    if wanted and isinstance(end.unread, ProviderError):
        return _unread(end.unread)
    archived, kept = end.parted(request.form.getlist("archive"))
    news, left_out = end.new_sections(wanted, request.form)
    if not archived and not news:
        return _page(TermEnd.now(), problem="gone" if left_out else "choose"), 422

    made = starting.roll_over(current_account(), news, key, archived, kept)
    if made is None:
        return redirect(url_for("archived_sections.index"), 303)
    for run in list(made.runs()):
        sync_section.ring(run)
    return _made(made, left_out)


@bp.post("/sections/rollover/not-now")
@role_required(Role.TEACHER)
def dismiss() -> Response:
    """Nothing is offered again until another class ends."""
    account, now = current_account(), clock.now()
    ended = ended_sections()

    write(lambda: SectionTeacher.put_off(account, ended, now))
    return redirect(url_for("dashboard.show"), 303)


def _page(end: TermEnd, problem: str = "") -> str:
    return render_template(
        "rollovers/show.html",
        end=end,
        problem=problem,
        sent=request.form if problem else None,
        idempotency_key=secrets.token_urlsafe(12),
    )


def _unread(error: ProviderError) -> ResponseReturnValue:
    """Clever did not answer; what was ticked goes along with the next try."""
    page = render_template(
        "several_classes/unread.html",
        failure=error.reason,
        sent=request.form,
        again=url_for("rollovers.create"),
    )
    return page, 503


def _made(update: RosterUpdate, left_out: int = 0) -> Response:
    told = left_out or None
    there = url_for("several_classes.show", update_id=update.public_id, left_out=told)
    return redirect(there, 303)
