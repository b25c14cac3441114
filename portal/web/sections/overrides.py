"""Keeping a student on a section's list, or off it, until a day (Y10)."""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import overriding
from portal.models.syncs.overrides import RosterOverride
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required
from portal.web.sections.override_forms import OverrideForm
from portal.web.sections.section_kinds import find_place, find_synced_section
from portal.web.sections.synced_students import back_to_student, synced_student_page

bp = Blueprint("overrides", __name__)


@bp.post("/sections/<section_id>/students/<student_id>/override")
@role_required(Role.TEACHER)
def create(section_id: str, student_id: str) -> ResponseReturnValue:
    place = find_place(find_synced_section(section_id), student_id)
    if not overriding.can_be_kept(place):
        abort(404)
    form = OverrideForm.sent()

    if form.problem:
        return synced_student_page(place, form), 422
    overriding.keep(place.section, place.account, form.decision())
    return back_to_student(place, "kept")


@bp.post("/sections/<section_id>/students/<student_id>/override/end")
@role_required(Role.TEACHER)
def destroy(section_id: str, student_id: str) -> Response:
    """Clever decides again; whoever was quicker has ended it already."""
    place = find_place(find_synced_section(section_id), student_id)
    override = RosterOverride.of_student(place.section, place.account)

    if override is not None:
        overriding.end(override, current_account())
    return back_to_student(place, "ended")
