"""Sections without Clever: made by their teacher, with a class code (N1, N11)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.database import write
from portal.models import own_sections
from portal.models.audit import AuditEvent
from portal.models.own_sections import OwnDetails
from portal.models.sections import Section
from portal.roster.names import clean_name
from portal.roster.records import Role
from portal.roster.secrets import LoginType
from portal.web.ground.access import current_account, role_required
from portal.web.ground.current import current_courses
from portal.web.sections.login_types import LoginTypes, Tile
from portal.web.sections.own_lists import back_to_list
from portal.web.sections.section_kinds import find_own_section

bp = Blueprint("own_sections", __name__)

LONGEST_NAME = 100
GRADES = ("PreKindergarten", "Kindergarten", *(str(grade) for grade in range(1, 13)))


@bp.route("/sections/new/own", methods=["GET", "POST"])
@role_required(Role.TEACHER)
def new() -> ResponseReturnValue:
    """The details of a section of one's own; nothing is saved before Save."""
    tile = LoginTypes.of(current_account()).tile(request.values.get("login_type", ""))
    if tile is None or tile.problem or tile.login_type is LoginType.CLEVER:
        return redirect(url_for("sections.new", login_type=tile and tile.login_type), 303)
    if request.method == "GET":
        return _details_page(_Form(OwnDetails(tile.login_type, "")))

    form = _Form.sent(tile)
    if form.problem:
        return _details_page(form), 422
    section = write(lambda: _save(form))
    return redirect(url_for("sections.show", section_id=section.public_id), 303)


@bp.post("/sections/<section_id>/class-code")
@role_required(Role.TEACHER)
def renew_code(section_id: str) -> Response:
    section = find_own_section(section_id)

    write(lambda: _renew_code(section))
    return back_to_list(section, "code")


@dataclass(frozen=True, slots=True)
class _Form:
    """What the details page sends; nothing else in the request is looked at (A61)."""

    details: OwnDetails
    idempotency_key: str = ""
    problem: str = ""

    @classmethod
    def sent(cls, tile: Tile) -> _Form:
        details = OwnDetails(
            tile.login_type,
            clean_name(request.form.get("name", ""))[:LONGEST_NAME],
            request.form.get("grade", ""),
            request.form.get("course", ""),
        )
        return cls(details, request.form.get("idempotency_key", "")[:64], _problem(details))


def _problem(details: OwnDetails) -> str:
    """The field that cannot stay as it is, or ""."""
    if not details.name:
        return "name"
    if details.grade and details.grade not in GRADES:
        return "grade"
    if details.course_slug and details.course_slug not in current_courses():
        return "course"
    return ""


def _details_page(form: _Form) -> str:
    return render_template(
        "own_sections/details.html",
        details=form.details,
        problem=form.problem,
        grades=GRADES,
        courses=list(current_courses().values()),
        idempotency_key=form.idempotency_key or secrets.token_urlsafe(12),
    )


def _save(form: _Form) -> Section:
    """The one commit point (N4): the same form sent twice finds the first one's section."""
    teacher, now = current_account(), clock.now()
    made = own_sections.of_click(teacher, form.idempotency_key)
    if made is not None:
        return made
    section = own_sections.start(teacher, form.details, form.idempotency_key, now)
    AuditEvent.record(now, teacher.public_id, "section.created", section.public_id)
    return section


def _renew_code(section: Section) -> None:
    own_sections.take_new_code(section)
    teacher = current_account().public_id
    AuditEvent.record(clock.now(), teacher, "section.code_renewed", section.public_id)
