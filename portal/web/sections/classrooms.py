"""The picker: which Clever class becomes the section (N2, N3)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.database import write
from portal.models.hidden_classes import HiddenClass
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.providers.base import ProviderError
from portal.roster.lookalikes import arrange
from portal.roster.picker import ExistingSection, Picker, find
from portal.roster.questions import question_for
from portal.roster.records import Role, TeacherClasses
from portal.web.ground.access import current_account, current_linked_account, role_required
from portal.web.ground.current import current_settings
from portal.web.sections.classes import chosen_class, own_classes

bp = Blueprint("classrooms", __name__)

LONGEST_SEARCH = 100


@bp.route("/sections/new/clever", methods=["GET", "POST"])
@role_required(Role.TEACHER)
def index() -> ResponseReturnValue:
    return _picker_page(search=request.form.get("search", "").strip()[:LONGEST_SEARCH])


@bp.get("/sections/new/clever/question")
@role_required(Role.TEACHER)
def question() -> ResponseReturnValue:
    chosen = request.args.get("class", "")
    if not chosen:
        return _picker_page(error="choose")
    found = own_classes()
    if isinstance(found, ProviderError):
        return _failure_page(found)
    if chosen not in {each.sourced_id for each in found.classes}:
        abort(404)

    asked = question_for(_picker_of(found), chosen)
    if asked is None:
        return redirect(f"{url_for('sections.details')}?{urlencode({'class': chosen})}")
    return render_template("classrooms/question.html", question=asked)


@bp.post("/sections/join")
@role_required(Role.TEACHER)
def join() -> ResponseReturnValue:
    """Open the section of a class that a co-teacher has made already (Y11)."""
    found = chosen_class(request.form.get("class", ""))
    if isinstance(found, ProviderError):
        return _failure_page(found)
    roster_class, _ = found
    identity = current_linked_account()
    section = Section.of_classes(
        identity.provider, identity.issuer, [roster_class.sourced_id]
    ).order_by(Section.id).first() or abort(404)

    write(lambda: section.revise_teachers(roster_class, clock.now()))
    return redirect(url_for("sections.show", section_id=section.public_id), 303)


def _picker_page(search: str = "", error: str | None = None) -> ResponseReturnValue:
    found = own_classes()
    if isinstance(found, ProviderError):
        return _failure_page(found)
    picker = _without_hidden(found)
    shown = find(picker, search) if search else picker
    page = render_template(
        "classrooms/index.html",
        picker=shown,
        total=picker.total,
        search=search,
        error=error,
        failure=None,
    )
    return (page, 422) if error else page


def _failure_page(error: ProviderError) -> ResponseReturnValue:
    page = render_template("classrooms/index.html", picker=None, search="", failure=error.reason)
    return page, 503


def _picker_of(found: TeacherClasses) -> Picker:
    identity = current_linked_account()
    today = clock.now().astimezone(current_settings().timezone).date()
    return arrange(found, identity.sourced_id, _existing_sections(found), today)


def _without_hidden(found: TeacherClasses) -> Picker:
    """What the teacher has hidden is folded away; nothing warns of a twin among it (Y12)."""
    hidden = HiddenClass.of(current_account())
    kept = tuple(each for each in found.classes if each.sourced_id not in hidden)
    away = tuple(each for each in found.classes if each.sourced_id in hidden)
    picker = _picker_of(replace(found, classes=kept))
    return replace(picker, hidden=_picker_of(replace(found, classes=away)).groups)


def _existing_sections(found: TeacherClasses) -> dict[str, ExistingSection]:
    """The section of each class that has one already; the person's own before a colleague's."""
    identity, ids = current_linked_account(), [each.sourced_id for each in found.classes]
    sections = list(Section.of_classes(identity.provider, identity.issuer, ids))
    mine = {section.id for section in Section.visible_to(current_account())}
    counts = Enrollment.counts(sections)
    return {
        section.class_sourced_id: ExistingSection(
            section.public_id, section.name, counts.get(section.id, 0), section.id in mine
        )
        for section in sorted(sections, key=lambda each: (each.id in mine, -each.id))
    }
