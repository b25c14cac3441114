"""The students of a section without Clever: added, renamed, removed, brought back (S3, Y7)."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.database import write
from portal.models import own_students
from portal.models.audit import AuditEvent
from portal.models.own_students import Refused
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.names import clean_name
from portal.roster.records import Role
from portal.roster.secrets import LoginType
from portal.roster.typed_names import LONGEST_PART, TypedName, typed_names
from portal.web.entrance.sealed_secrets import sealed_secrets
from portal.web.ground.access import current_account, role_required
from portal.web.sections.own_lists import back_to_list, own_list_page
from portal.web.sections.section_kinds import (
    find_own_section,
    find_place,
    find_section_with_secrets,
)

bp = Blueprint("own_students", __name__)

MOST_AT_ONCE = 50
LONGEST_TEXT = 20_000
LONGEST_NUMBER = 64


@bp.post("/sections/<section_id>/students")
@role_required(Role.TEACHER)
def create(section_id: str) -> ResponseReturnValue:
    """Add the students of the list that was typed, all of them or nobody."""
    section = find_section_with_secrets(section_id)
    typed = request.form.get("names", "")[:LONGEST_TEXT]
    names = typed_names(typed)

    if not 0 < len(names) <= MOST_AT_ONCE:
        return own_list_page(section, typed=typed, refused=Refused((), MOST_AT_ONCE)), 422
    refused = write(lambda: _add(section, names))
    if refused:
        return own_list_page(section, typed=typed, refused=refused), 422
    return back_to_list(section, "added")


@bp.post("/sections/<section_id>/students/<student_id>")
@role_required(Role.TEACHER)
def update(section_id: str, student_id: str) -> ResponseReturnValue:
    """Correct the name, and note the school id number."""
    section = find_own_section(section_id)
    place = find_place(section, student_id)
    if not own_students.is_named_here(place.account):
        abort(404)

    name = TypedName(*(_name_part(part) for part in ("given_name", "family_name")))
    problem = "" if name.key else "name"
    number = clean_name(request.form.get("school_number", ""))[:LONGEST_NUMBER].strip()
    if not problem and not write(lambda: _describe(place, name, number)):
        problem = "taken"
    if problem:
        return own_student_page(place, name, problem, number), 422
    return back_to_list(section, "renamed")


@bp.post("/sections/<section_id>/students/<student_id>/removal")
@role_required(Role.TEACHER)
def remove(section_id: str, student_id: str) -> Response:
    section = find_own_section(section_id)
    place = find_place(section, student_id)

    write(lambda: _remove(place))
    return back_to_list(section, "removed")


@bp.post("/sections/<section_id>/students/<student_id>/return")
@role_required(Role.TEACHER)
def restore(section_id: str, student_id: str) -> Response:
    """The same place again, with the work and the secret of before (Y7)."""
    section = find_own_section(section_id)
    place = find_place(section, student_id)

    write(lambda: _restore(place))
    return back_to_list(section, "restored")


def own_student_page(
    place: Enrollment,
    typed: TypedName | None = None,
    problem: str = "",
    number: str | None = None,
) -> str:
    """One student's page: the name, the secret, the way off the list."""
    account = place.account
    return render_template(
        "own_sections/student.html",
        section=place.section,
        place=place,
        student=account,
        typed=typed or TypedName(account.given_name, account.family_name),
        school_number=place.school_number if number is None else number,
        problem=problem,
        named_here=own_students.is_named_here(account),
        has_secret=LoginType(place.section.login_type).has_secrets,
    )


def _add(section: Section, names: list[TypedName]) -> Refused | None:
    now = clock.now()
    sealed = sealed_secrets(LoginType(section.login_type), len(names))
    refused = own_students.add(section, names, sealed, now)
    if not refused:
        _record("students.added", section.public_id, students=len(names))
    return refused


def _describe(place: Enrollment, name: TypedName, number: str) -> bool:
    renamed = own_students.describe(place, name, number, clock.now())
    if renamed:
        _record("student.renamed", place.account.public_id)
    return renamed


def _remove(place: Enrollment) -> None:
    if own_students.remove(place, clock.now()):
        _record("student.removed", place.account.public_id)


def _restore(place: Enrollment) -> None:
    if own_students.bring_back(place):
        _record("student.restored", place.account.public_id)


def _record(action: str, subject: str, **counts: int) -> None:
    teacher = current_account().public_id
    AuditEvent.record(clock.now(), teacher, action, subject, **counts)


def _name_part(field: str) -> str:
    return clean_name(request.form.get(field, ""))[:LONGEST_PART].strip()
