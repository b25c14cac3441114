"""What a section's teachers call a student over Clever's name (Y9)."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from portal import clock
from portal.database import write
from portal.models.audit import AuditEvent
from portal.models.syncs.enrollments import Enrollment
from portal.roster.names import clean_name
from portal.roster.records import Role
from portal.roster.typed_names import LONGEST_PART
from portal.web.ground.access import current_account, role_required
from portal.web.sections.section_kinds import find_place, find_synced_section
from portal.web.sections.synced_students import back_to_student

bp = Blueprint("display_names", __name__)


@bp.post("/sections/<section_id>/students/<student_id>/display-name")
@role_required(Role.TEACHER)
def update(section_id: str, student_id: str) -> Response:
    """No name, or the one that Clever has, is Clever's from now on."""
    place = find_place(find_synced_section(section_id), student_id)
    name = clean_name(request.form.get("display_name", ""))[:LONGEST_PART].strip()

    write(lambda: _display(place, name))
    return back_to_student(place, "named" if name else "clevers_name")


def _display(place: Enrollment, name: str) -> None:
    place.display(name)
    teacher, student = current_account().public_id, place.account.public_id
    AuditEvent.record(clock.now(), teacher, "student.display_named", student)
