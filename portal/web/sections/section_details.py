"""A section's details: its name, its course, how far it follows its class (Y9, Y14)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.database import write
from portal.models import section_choices
from portal.models.audit import AuditEvent
from portal.models.districts import DistrictConnection
from portal.models.sections import Section, SectionMode
from portal.models.shared.school_names import school_names
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.names import clean_name
from portal.roster.records import Role, TermRecord
from portal.web.ground.access import current_account, find_section, role_required
from portal.web.ground.current import current_courses

bp = Blueprint("section_details", __name__)

LONGEST_NAME = 100
DONE = frozenset({"saved", "class_name", "resumed", *SectionMode})


@bp.route("/sections/<section_id>/details", methods=["GET", "POST"])
@role_required(Role.TEACHER)
def show(section_id: str) -> ResponseReturnValue:
    section = find_section(section_id)
    if request.method == "GET":
        return _page(section, _Form.of(section))
    if "use_class_name" in request.form and section.synced:
        return _use_class_name(section)

    form = _Form.sent(section)
    problem = form.problem()
    if problem:
        return _page(section, form, problem), 422
    return _back(section, write(lambda: _save(section, form)))


@dataclass(frozen=True, slots=True)
class _Form:
    """What the page sends; nothing else in the request is looked at (A61)."""

    name: str
    course: str
    mode: str

    @classmethod
    def of(cls, section: Section) -> _Form:
        return cls(section.name, section.course_slug, section.mode)

    @classmethod
    def sent(cls, section: Section) -> _Form:
        """A section without Clever has no mode; a course that is offered no longer may stay."""
        sent = request.form
        return cls(
            clean_name(sent.get("name", ""))[:LONGEST_NAME].strip(),
            sent.get("course", section.course_slug),
            sent.get("mode", section.mode) if section.synced else section.mode,
        )

    def problem(self) -> str:
        """The field that cannot stay as it is, or ""."""
        if not self.name:
            return "name"
        if self.course and self.course not in current_courses():
            return "course"
        return "" if self.mode in list(SectionMode) else "mode"


def _save(section: Section, form: _Form) -> str:
    """What is said of it afterwards: what happens next, if the section follows otherwise now."""
    section, now, mode = section.lock(), clock.now(), SectionMode(form.mode)
    section_choices.describe(section, form.name, form.course)
    _record("section.described", section)
    if mode == section.mode:
        return "saved"
    section_choices.follow(section, mode, now)
    if mode is SectionMode.PAUSED:
        SyncRun.rest(section, now)
    _record(f"section.mode_{mode}", section)
    was_paused = section.mode == SectionMode.PAUSED
    return "resumed" if was_paused and mode is not SectionMode.MANUAL else mode


def _use_class_name(section: Section) -> Response:
    def step() -> None:
        section_choices.use_class_name(section.lock())
        _record("section.described", section)

    write(step)
    return _back(section, "class_name")


def _back(section: Section, done: str) -> Response:
    return redirect(url_for("section_details.show", section_id=section.public_id, done=done), 303)


def _page(section: Section, form: _Form, problem: str = "") -> str:
    done = request.args.get("done")
    return render_template(
        "section_details/show.html",
        section=section,
        form=form,
        problem=problem,
        done=done if done in DONE and request.method == "GET" else None,
        modes=list(SectionMode),
        courses=list(current_courses().values()),
        term=TermRecord("", section.term_name, section.term_starts_on, section.term_ends_on),
        school_name=_school_name(section),
    )


def _school_name(section: Section) -> str:
    school = section.school_sourced_id
    connection = DistrictConnection.of(section.provider, section.district_sourced_id)
    return school_names(connection, [school]).get(school, "")


def _record(action: str, section: Section) -> None:
    AuditEvent.record(clock.now(), current_account().public_id, action, section.public_id)
