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

ANSWERS = {"keep": holds.keep, "remove": holds.apply}


@bp.post("/holds/<hold_id>/answer")
@role_required(Role.TEACHER)
def answer(hold_id: str) -> Response | str:
    hold = find_hold(hold_id)
    given = ANSWERS.get(request.form.get("answer", "")) or abort(400)

    given(hold, current_account())
    section = hold.section
    if not wants_fragment():
        return redirect(url_for("sections.show", section_id=section.public_id), 303)
    return render_template(
        "roster_syncs/_roster_sync.html",
        panel=panel_of(section, SyncRun.latest(section), current_account()),
        section=section,
        **StudentsTable.of(section).facts(),
    )
