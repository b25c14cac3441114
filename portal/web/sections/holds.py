"""A teacher's answer to what the guard has held."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import holds
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.records import Role
from portal.web.ground.access import current_account, find_hold, role_required, wants_fragment
from portal.web.sections.panels import panel_of
from portal.web.sections.students_table import StudentsTable

bp = Blueprint("holds", __name__)


@bp.post("/holds/<hold_id>/answer")
@role_required(Role.TEACHER)
def answer(hold_id: str) -> Response | str:
    """One to a question that has changed since does nothing: the page shows what is asked now."""
    hold, said = find_hold(hold_id), request.form.get("answer", "")
    if said not in holds.ANSWERS:
        abort(400)

    done = holds.answer(hold, current_account(), said, request.form.get("asked", hold.digest))
    section, late = hold.section, None if done else 1
    if not wants_fragment():
        return redirect(url_for("sections.show", section_id=section.public_id, late=late), 303)
    return render_template(
        "roster_syncs/_roster_sync.html",
        panel=panel_of(section, SyncRun.latest(section), current_account()),
        section=section,
        late=late,
        **StudentsTable.of(section).facts(),
    )
