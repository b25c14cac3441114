"""One student of a section: the page answers by the section's kind."""

from __future__ import annotations

from flask import Blueprint

from portal.roster.records import Role
from portal.web.ground.access import find_section, role_required
from portal.web.sections.own_students import own_student_page
from portal.web.sections.section_kinds import find_place
from portal.web.sections.synced_students import synced_student_page

bp = Blueprint("section_students", __name__)


@bp.get("/sections/<section_id>/students/<student_id>")
@role_required(Role.TEACHER)
def show(section_id: str, student_id: str) -> str:
    place = find_place(find_section(section_id), student_id)

    return synced_student_page(place) if place.section.synced else own_student_page(place)
