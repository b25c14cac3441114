"""What is shared about one student: every field, where it came from, who can see it (K5)."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from portal.models.shared import around, tabs
from portal.roster.sharing import Kind
from portal.web.ground.access import role_required
from portal.web.ground.reader_scope import READERS
from portal.web.sharing.page import freshness_facts
from portal.web.sharing.rows import class_facts, student_facts
from portal.web.sharing.scope import find_scope

bp = Blueprint("shared_students", __name__)


@bp.get("/clever/students/<shared_id>")
@role_required(*READERS)
def show(shared_id: str) -> str:
    scope = find_scope()
    student = tabs.find(scope, Kind.STUDENTS, shared_id) or abort(404)

    facts = student_facts(scope, [student])
    classes = facts["classes"].get(shared_id, [])
    return render_template(
        "clever/student.html",
        student=student,
        standing=facts["standings"][shared_id],
        classes=classes,
        **class_facts(scope, classes),
        class_count=around.class_count(scope, shared_id),
        schools=around.schools_of(scope, [shared_id]).get(shared_id, []),
        teachers=around.teachers_of(scope, classes),
        **freshness_facts(scope),
    )
