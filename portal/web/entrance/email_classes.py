"""Students of 13 and over join a section with an email address of their own (S3)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.database import write
from portal.models.audit import AuditEvent
from portal.models.entrance.sessions import SECRET_WAYS
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import Role
from portal.roster.secrets import LoginType
from portal.web.entrance import joining
from portal.web.entrance.class_codes import chosen_class
from portal.web.ground.access import current_account
from portal.web.ground.people import signed_in
from portal.web.ground.sessions import signed_in_with

bp = Blueprint("email_classes", __name__)


@bp.post("/join/place")
def create() -> ResponseReturnValue:
    """Take a place in the class whose code was given, or go and make an account first."""
    section = chosen_class()
    if section is None:
        return redirect(url_for("class_codes.ask"), 303)
    if section.login_type != LoginType.EMAIL:
        return redirect(url_for("class_sign_in.index"), 303)
    if signed_in() and not has_own_account():
        return joining_page(section), 422
    if has_own_account():
        write(lambda: _join(section))
        return redirect(url_for("students.section", section_id=section.public_id), 303)

    if request.form.get("age") != "13":
        return joining_page(section, problem=True), 422
    joining.remember(section)
    return redirect(url_for("sign_ups.new"), 303)


def joining_page(section: Section, problem: bool = False) -> str:
    teacher = Section.main_teachers([section]).get(section.id, "")
    return render_template(
        "class_codes/join.html",
        section=section,
        teacher_name=teacher,
        own_account=has_own_account(),
        problem=problem,
    )


def has_own_account() -> bool:
    """Whether a student is here who has shown more than what their teacher knows as well."""
    person = signed_in()
    is_student = person is not None and person.role == Role.STUDENT
    return is_student and signed_in_with() not in SECRET_WAYS


def _join(section: Section) -> None:
    student, now = current_account(), clock.now()
    Enrollment.join(section, student, now)
    AuditEvent.record(now, student.public_id, "student.joined", section.public_id)
