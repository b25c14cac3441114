"""What younger students sign in with: on cards to print, and made anew (S3, experience 2.15)."""

from __future__ import annotations

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from portal import clock
from portal.database import write
from portal.models.audit import AuditEvent
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import Role
from portal.roster.secrets import LoginType
from portal.web.entrance.sealed_secrets import opened, sealed_secrets
from portal.web.ground.access import current_account, role_required
from portal.web.sections.own_lists import back_to_list, class_address
from portal.web.sections.section_kinds import find_place, find_section_with_secrets

bp = Blueprint("student_secrets", __name__)


@bp.get("/sections/<section_id>/cards")
@role_required(Role.TEACHER)
def cards(section_id: str) -> str:
    """The one page that shows them; each is two pictures or two words, none if its key is gone."""
    section = find_section_with_secrets(section_id)

    kept = [(each, opened(each.sealed_secret).split()) for each in StudentSecret.kept(section)]
    return render_template(
        "student_secrets/cards.html",
        section=section,
        cards=kept,
        class_address=class_address(section),
    )


@bp.post("/sections/<section_id>/secrets")
@role_required(Role.TEACHER)
def reset_all(section_id: str) -> Response:
    """New ones for everybody on the list."""
    section = find_section_with_secrets(section_id)

    write(lambda: _reset(section, list(Enrollment.active(section)), section.public_id))
    return back_to_list(section, "reset")


@bp.post("/sections/<section_id>/students/<student_id>/secret")
@role_required(Role.TEACHER)
def reset(section_id: str, student_id: str) -> Response:
    section = find_section_with_secrets(section_id)
    place = find_place(section, student_id)

    write(lambda: _reset(section, [place], place.account.public_id))
    return back_to_list(section, "reset")


def _reset(section: Section, places: list[Enrollment], subject: str) -> None:
    now, sealed = clock.now(), sealed_secrets(LoginType(section.login_type), len(places))
    StudentSecret.reset(places, sealed, now)
    teacher = current_account().public_id
    AuditEvent.record(now, teacher, "secrets.reset", subject, students=len(places))
