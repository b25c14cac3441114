"""Sections: made from a class, shown with their students."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from jobs import sync_section
from portal import clock, starting
from portal.database import write
from portal.models.accounts import LinkedAccount
from portal.models.linking import is_connected
from portal.models.sections import Section
from portal.models.shared.freshness import records_at
from portal.models.syncs.sync_runs import SyncRun
from portal.providers.base import ProviderError
from portal.roster.names import clean_name
from portal.roster.records import ClassRecord, Role, TermRecord
from portal.starting import NewSection
from portal.web.ground.access import (
    current_account,
    current_linked_account,
    find_last_word,
    find_section,
    role_required,
)
from portal.web.ground.current import current_courses
from portal.web.sections.classes import chosen_class
from portal.web.sections.login_types import LoginTypes
from portal.web.sections.own_lists import own_list_page
from portal.web.sections.panels import panel_of
from portal.web.sections.student_questions import StudentQuestions
from portal.web.sections.students_table import StudentsTable

bp = Blueprint("sections", __name__)

LONGEST_NAME = 100


@bp.get("/sections/new")
@role_required(Role.TEACHER)
def new() -> ResponseReturnValue:
    login_types = LoginTypes.of(current_account())
    chosen = login_types.tile(request.args.get("login_type", ""))

    if chosen is None:
        return render_template("sections/new.html", login_types=login_types, chosen=None)
    if chosen.problem:
        return render_template("sections/new.html", login_types=login_types, chosen=chosen), 422
    return redirect(chosen.next_page)


@bp.get("/sections/new/clever/details")
@role_required(Role.TEACHER)
def details() -> ResponseReturnValue:
    found = chosen_class(request.args.get("class", ""))
    if isinstance(found, ProviderError):
        return _unreadable(found)

    return _details_page(*found, _Form(name=found[0].name))


@bp.post("/sections")
@role_required(Role.TEACHER)
def create() -> ResponseReturnValue:
    form = _Form.sent()
    made = SyncRun.of_click(current_account(), form.idempotency_key)
    if made is not None:
        return redirect(url_for("sections.ready", section_id=made.section.public_id), 303)

    found = chosen_class(request.form.get("class", ""))
    if isinstance(found, ProviderError):
        return _unreadable(found)
    error = form.error()
    if error:
        return _details_page(*found, form, error), 422

    section, run = write(lambda: _save(current_linked_account(), *found, form))
    sync_section.ring(run)
    return redirect(url_for("sections.ready", section_id=section.public_id), 303)


@bp.get("/sections/<section_id>/ready")
@role_required(Role.TEACHER)
def ready(section_id: str) -> str:
    section = Section.find(current_account(), section_id)
    if section is None:
        return _last_word(section_id)

    if not section.synced:
        abort(404)
    panel = panel_of(section, SyncRun.latest(section), current_account())
    return render_template("sections/ready.html", section=section, panel=panel)


@bp.get("/sections/<section_id>")
@role_required(Role.TEACHER)
def show(section_id: str) -> str:
    section = Section.find(current_account(), section_id)
    if section is None:
        return _last_word(section_id)

    return _students_page(section, _page(request.args))


@bp.post("/sections/<section_id>/search")
@role_required(Role.TEACHER)
def search(section_id: str) -> str:
    section = find_section(section_id)

    return _students_page(section, _page(request.form), request.form.get("search", ""))


def _page(sent: MultiDict[str, str]) -> int:
    return sent.get("page", 1, type=int)


def _last_word(section_id: str) -> str:
    """The panel alone, for whoever followed their sync here without JavaScript (F44)."""
    run = find_last_word(section_id)

    panel = panel_of(run.section, run, current_account())
    return render_template("sections/last_word.html", panel=panel)


def _students_page(section: Section, page: int, search: str = "") -> str:
    if not section.synced:
        return own_list_page(section, page, search)
    panel = panel_of(section, SyncRun.latest(section), current_account())
    return render_template(
        "sections/show.html",
        section=section,
        panel=panel,
        records_at=records_at(section),
        class_gone=section.class_gone_at is not None,
        connected=is_connected(current_account(), section),
        questions=StudentQuestions.of(current_account(), [section])[section.id],
        **StudentsTable.of(section, page, search).facts(),
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """What the details page sends; nothing else in the request is looked at (A61)."""

    name: str
    course: str = ""
    idempotency_key: str = ""

    @classmethod
    def sent(cls) -> _Form:
        return cls(
            name=clean_name(request.form.get("name", ""))[:LONGEST_NAME],
            course=request.form.get("course", ""),
            idempotency_key=request.form.get("idempotency_key", "")[:64],
        )

    def error(self) -> str | None:
        if not self.name:
            return "name"
        if self.course and self.course not in current_courses():
            return "course"
        return None


def _details_page(
    roster_class: ClassRecord, term: TermRecord | None, form: _Form, error: str | None = None
) -> str:
    names = Section.visible_to(current_account()).select(Section.name)
    return render_template(
        "sections/details.html",
        roster_class=roster_class,
        term=term,
        student_count=len(roster_class.student_sourced_ids),
        courses=list(current_courses().values()),
        form=form,
        error=error,
        same_name=names.where(Section.name == form.name).exists(),
        idempotency_key=form.idempotency_key or secrets.token_urlsafe(12),
    )


def _unreadable(error: ProviderError) -> tuple[str, int]:
    return (
        render_template("classrooms/index.html", failure=error.reason, picker=None, search=""),
        503,
    )


def _save(
    identity: LinkedAccount, roster_class: ClassRecord, term: TermRecord | None, form: _Form
) -> tuple[Section, SyncRun]:
    """The one commit point (N4): the section, its teachers and its first run, or nothing.

    The same form sent twice at once makes one section: the second finds the first one's.
    """
    now, teacher = clock.now(), current_account()
    made = SyncRun.of_click(teacher, form.idempotency_key)
    if made is not None:
        return made.section, made
    new = NewSection(identity, roster_class, term, form.name, form.course)
    run = starting.start(teacher, new, form.idempotency_key or None, now)
    return run.section, run
