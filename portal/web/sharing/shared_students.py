"""What is shared about one student: every field, where it came from, who can see it (K5)."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, overriding
from portal.database import write
from portal.models import own_students
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.shared import around, tabs
from portal.models.shared.records import SharedStudent
from portal.models.shared.scopes import Scope
from portal.models.shared.standings import Standing, standings
from portal.models.syncs.overrides import OverrideKind
from portal.roster.records import Role
from portal.roster.sharing import Kind
from portal.web.ground.access import current_account, find_section, role_required
from portal.web.ground.reader_scope import READERS
from portal.web.sections.override_forms import OverrideForm
from portal.web.sharing.another_section import AnotherSection
from portal.web.sharing.page import freshness_facts
from portal.web.sharing.rows import class_facts
from portal.web.sharing.scope import find_scope, reader

bp = Blueprint("shared_students", __name__)


@bp.get("/clever/students/<shared_id>")
@role_required(*READERS)
def show(shared_id: str) -> str:
    scope = find_scope()

    return _page(scope, _find_student(scope, shared_id))


@bp.post("/clever/students/<shared_id>/sections")
@role_required(Role.TEACHER)
def put_in(shared_id: str) -> ResponseReturnValue:
    """Into one more section of the reader's own: a local addition, which no sync undoes (K5).

    The list of one with Clever keeps the student until a day, as any that a teacher keeps (Y10).
    """
    scope = find_scope()
    student = _find_student(scope, shared_id)
    section = find_section(request.form.get("section", ""))
    another, form = AnotherSection.of(scope, shared_id), OverrideForm.sent(OverrideKind.IN)

    if another and section.synced and form.problem:
        return _page(scope, student, form), 422
    done = "added" if another and _put_in(another, section, form) else "full"
    return redirect(url_for("shared_students.show", shared_id=shared_id, done=done), 303)


def _page(scope: Scope, student: SharedStudent, form: OverrideForm | None = None) -> str:
    """`form` is one that could not be saved; it says why."""
    shared_id = student.sourced_id
    classes = around.classes_of_student(scope, shared_id)
    return render_template(
        "clever/student.html",
        student=student,
        standing=standings(reader(), [student]).get(shared_id, Standing()),
        another=AnotherSection.of(scope, shared_id),
        form=form,
        done=request.args.get("done") if form is None else None,
        class_count=around.class_count(scope, shared_id),
        schools=around.schools_of(scope, [shared_id]).get(shared_id, []),
        teachers=around.teachers_of(scope, classes),
        classes=classes,
        **class_facts(scope, classes),
        **freshness_facts(scope),
    )


def _put_in(another: AnotherSection, section: Section, form: OverrideForm) -> bool:
    """Whether the student is in the section now."""
    if section not in another.all:
        abort(404)
    if not section.synced:
        return write(lambda: _take_in(another.student, section))
    overriding.keep(section, another.student, form.decision())
    return True


def _take_in(student: Account, section: Section) -> bool:
    now, teacher = clock.now(), current_account()
    if not own_students.take_in(section, student, now):
        return False
    AuditEvent.record(now, teacher.public_id, "student.put_in", section.public_id, students=1)
    return True


def _find_student(scope: Scope, shared_id: str) -> SharedStudent:
    """A student the reader may see, or 404."""
    found: SharedStudent = tabs.find(scope, Kind.STUDENTS, shared_id) or abort(404)
    return found
