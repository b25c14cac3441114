"""What is shared about one student: every field, where it came from, who can see it (K5)."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import clock
from portal.database import write
from portal.models import own_students
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.shared import around, tabs
from portal.models.shared.records import SharedStudent
from portal.models.shared.scopes import Scope
from portal.models.shared.standings import Standing, standings
from portal.roster.records import Role
from portal.roster.sharing import Kind
from portal.web.ground.access import current_account, role_required
from portal.web.ground.reader_scope import READERS
from portal.web.sections.section_kinds import find_own_section
from portal.web.sharing.another_section import AnotherSection
from portal.web.sharing.page import freshness_facts
from portal.web.sharing.rows import class_facts
from portal.web.sharing.scope import find_scope, reader

bp = Blueprint("shared_students", __name__)


@bp.get("/clever/students/<shared_id>")
@role_required(*READERS)
def show(shared_id: str) -> str:
    scope = find_scope()
    student = _find_student(scope, shared_id)

    classes = around.classes_of_student(scope, shared_id)
    return render_template(
        "clever/student.html",
        student=student,
        standing=standings(reader(), [student]).get(shared_id, Standing()),
        another=AnotherSection.of(scope, shared_id),
        done=request.args.get("done"),
        class_count=around.class_count(scope, shared_id),
        schools=around.schools_of(scope, [shared_id]).get(shared_id, []),
        teachers=around.teachers_of(scope, classes),
        classes=classes,
        **class_facts(scope, classes),
        **freshness_facts(scope),
    )


@bp.post("/clever/students/<shared_id>/sections")
@role_required(Role.TEACHER)
def put_in(shared_id: str) -> Response:
    """Into one more section of the reader's own: a local addition, which no sync undoes (K5)."""
    scope = find_scope()
    _find_student(scope, shared_id)
    section = find_own_section(request.form.get("section", ""))

    another = AnotherSection.of(scope, shared_id)
    done = "added" if another and _put_in(another, section) else "full"
    return redirect(url_for("shared_students.show", shared_id=shared_id, done=done), 303)


def _put_in(another: AnotherSection, section: Section) -> bool:
    """Whether the student is in the section now."""
    student, now, teacher = another.student, clock.now(), current_account()

    def step() -> bool:
        if not own_students.take_in(section, student, now):
            return False
        AuditEvent.record(now, teacher.public_id, "student.put_in", section.public_id, students=1)
        return True

    return write(step)


def _find_student(scope: Scope, shared_id: str) -> SharedStudent:
    """A student the reader may see, or 404."""
    found: SharedStudent = tabs.find(scope, Kind.STUDENTS, shared_id) or abort(404)
    return found
