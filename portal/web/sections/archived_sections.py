"""Sections that were put away: the question before, the list, and bringing one back (N9)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import archiving, clock
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.roster.records import Role
from portal.web.ground.access import (
    current_account,
    find_archived_section,
    find_section,
    role_required,
)

bp = Blueprint("archived_sections", __name__)


@bp.get("/sections/archived")
@role_required(Role.TEACHER)
def index() -> str:
    sections = list(Section.archived_of(current_account()).order_by(Section.archived_at.desc()))

    return render_template(
        "archived_sections/index.html",
        sections=sections,
        counts=Enrollment.counts(sections),
        done=request.args.get("archived") == "1",
    )


@bp.get("/sections/<section_id>/archive")
@role_required(Role.TEACHER)
def new(section_id: str) -> str:
    section = find_section(section_id)

    return render_template(
        "archived_sections/new.html",
        section=section,
        student_count=Enrollment.count(section),
        waiting=len(Hold.questions(section, clock.now())),
    )


@bp.post("/sections/<section_id>/archive")
@role_required(Role.TEACHER)
def create(section_id: str) -> Response:
    section = find_section(section_id)

    archiving.archive(section, current_account())
    return redirect(url_for("archived_sections.index", archived=1), 303)


@bp.post("/sections/<section_id>/restore")
@role_required(Role.TEACHER)
def destroy(section_id: str) -> Response:
    section = find_archived_section(section_id)

    archiving.restore(section, current_account())
    return redirect(url_for("sections.show", section_id=section.public_id), 303)
