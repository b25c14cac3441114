"""The picker: which Clever class becomes the section (N2, N3)."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.database import write
from portal.models.sections import Section
from portal.providers.base import ProviderError
from portal.roster.picker import find
from portal.roster.questions import question_for
from portal.roster.records import Role
from portal.web.ground.access import current_linked_account, role_required
from portal.web.sections.classes import chosen_class, own_classes
from portal.web.sections.pickers import picker_of, without_hidden

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

    asked = question_for(picker_of(found), chosen)
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
    picker = without_hidden(found)
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
