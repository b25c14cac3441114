"""See changes first: what a sync would change, saved exactly so or left (Y5)."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from portal import clock
from portal.database import write
from portal.models.syncs.sync_runs import RunState, SyncRun, Wish
from portal.roster.records import Role
from portal.web.ground.access import find_run, role_required
from portal.web.sections.chosen_classes import asks
from portal.web.sections.roster_syncs import answer, start
from portal.web.sections.section_kinds import find_synced_section

bp = Blueprint("previews", __name__)


@bp.post("/sections/<section_id>/previews")
@role_required(Role.TEACHER)
def create(section_id: str) -> Response | str:
    return start(find_synced_section(section_id), Wish(preview=True))


@bp.post("/roster-syncs/<run_id>/save")
@role_required(Role.TEACHER)
def save(run_id: str) -> Response | str:
    """Save the plan that was shown; one that was left or saved meanwhile is just shown as it is."""
    run = find_run(run_id)
    if run.state != RunState.PREVIEWED:
        return answer(run.section, SyncRun.latest(run.section))
    if asks(run):
        return redirect(url_for("class_matches.show", run_id=run.public_id), 303)
    return start(run.section, Wish(shown=run, class_sourced_id=run.class_sourced_id))


@bp.post("/roster-syncs/<run_id>/not-now")
@role_required(Role.TEACHER)
def dismiss(run_id: str) -> Response | str:
    run = find_run(run_id)

    write(lambda: run.dismiss(clock.now()))
    return answer(run.section, SyncRun.latest(run.section))
