"""A teacher takes back what a run changed, and answers what is asked because of it (Y8)."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, holds
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.roster.records import Role
from portal.undoing import Refusal, undo
from portal.web.ground.access import current_account, find_run, role_required, wants_fragment
from portal.web.sections.panels import panel_of
from portal.web.sections.students_table import StudentsTable
from portal.web.sections.undo_pages import UndoPage, scope_of

bp = Blueprint("undos", __name__)

ANSWERS = {"keep": holds.keep_all, "save": holds.apply_all}


@bp.get("/roster-syncs/<run_id>/undo")
@role_required(Role.TEACHER)
def ask(run_id: str) -> str:
    run = find_run(run_id)
    scope = scope_of(request.args.get("what", ""), request.args.get("student", "")) or abort(404)

    return render_template("undos/ask.html", undo=UndoPage.of(run, scope, clock.now()))


@bp.post("/roster-syncs/<run_id>/undo")
@role_required(Role.TEACHER)
def create(run_id: str) -> ResponseReturnValue:
    run = find_run(run_id)
    scope = scope_of(request.form.get("what", ""), request.form.get("student", "")) or abort(400)
    key = request.form.get("idempotency_key", "")[:64] or None

    undone = undo(run, current_account(), scope, key)
    if isinstance(undone, Refusal):
        page = UndoPage.of(run, scope, clock.now(), undone)
        return render_template("undos/ask.html", undo=page), 422
    return redirect(url_for("sections.show", section_id=run.section.public_id), 303)


@bp.post("/roster-syncs/<run_id>/undo/answer")
@role_required(Role.TEACHER)
def answer(run_id: str) -> ResponseReturnValue:
    """Save after all what this undo took back, or keep the list: all of it in one answer."""
    run = find_run(run_id)
    if run.source != RunSource.UNDO:
        abort(404)
    given = ANSWERS.get(request.form.get("answer", "")) or abort(400)

    given(run, current_account())
    section = run.section
    if not wants_fragment():
        return redirect(url_for("sections.show", section_id=section.public_id), 303)
    return render_template(
        "roster_syncs/_roster_sync.html",
        panel=panel_of(section, SyncRun.latest(section), current_account()),
        section=section,
        **StudentsTable.of(section).facts(),
    )
