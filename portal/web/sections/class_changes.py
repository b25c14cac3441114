"""Another Clever class behind a section, or the first one behind it: chosen, then shown (N7)."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from jobs import sync_section
from portal import clock
from portal.database import write
from portal.models.accounts import LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.class_changes import ClassChange, columns_of
from portal.models.syncs.sync_runs import RunSource, SyncRun, Wish
from portal.providers.base import ProviderError
from portal.providers.clever import PROVIDER
from portal.roster.picker import find
from portal.roster.questions import RedFlag, question_for
from portal.roster.records import ClassRecord, Role, TeacherClasses
from portal.web.ground.access import (
    current_account,
    current_linked_account,
    find_section,
    role_required,
)
from portal.web.ground.limits import Limit, spend
from portal.web.ground.resting import district_pause
from portal.web.sections.classes import own_classes
from portal.web.sections.panels import panel_of
from portal.web.sections.pickers import picker_of, without_hidden
from portal.web.sections.section_kinds import page_of

bp = Blueprint("class_changes", __name__)

LONGEST_SEARCH = 100


@bp.get("/sections/<section_id>/class")
@role_required(Role.TEACHER)
def choose(section_id: str) -> ResponseReturnValue:
    section = find_section(section_id)
    if not LinkedAccount.of(current_account(), PROVIDER).exists():
        return redirect(url_for("account.show", problem="not_connected"))

    return _picker_page(section)


@bp.post("/sections/<section_id>/class/search")
@role_required(Role.TEACHER)
def search(section_id: str) -> ResponseReturnValue:
    """Find a class; the search word stays out of the address."""
    section = find_section(section_id)

    return _picker_page(section, search=request.form.get("search", "").strip()[:LONGEST_SEARCH])


@bp.post("/sections/<section_id>/class")
@role_required(Role.TEACHER)
def preview(section_id: str) -> ResponseReturnValue:
    """Show what following this class would change; nothing is saved by it."""
    section = find_section(section_id)
    if district_pause(section):
        return redirect(page_of(section), 303)
    chosen = request.form.get("class", "")
    if not chosen or chosen == _follows(section):
        return _picker_page(section, error="same" if chosen else "choose")
    found = own_classes()
    if isinstance(found, ProviderError):
        return _failure_page(section, found)
    roster_class = _one_of(found, chosen)

    spend(Limit.SYNCS, current_account().public_id)
    run, is_new = write(lambda: _request(section, found, roster_class))
    if is_new:
        sync_section.ring(run)
    return redirect(page_of(section), 303)


@bp.get("/sections/<section_id>/class/change")
@role_required(Role.TEACHER)
def show(section_id: str) -> ResponseReturnValue:
    """How a section without Clever is getting on with its class; once it follows it, its list."""
    section = find_section(section_id)
    run = SyncRun.latest(section)
    if section.synced or run is None:
        return redirect(url_for("sections.show", section_id=section.public_id))

    panel = panel_of(section, run, current_account())
    return render_template("class_changes/show.html", section=section, panel=panel)


def _follows(section: Section) -> str:
    """The class it follows today, if there still is one."""
    return section.class_sourced_id if section.class_gone_at is None else ""


def _one_of(found: TeacherClasses, chosen: str) -> ClassRecord:
    """Whether she teaches it is Clever's word, never the browser's (Y11)."""
    return next((each for each in found.classes if each.sourced_id == chosen), None) or abort(404)


def _request(section: Section, found: TeacherClasses, chosen: ClassRecord) -> tuple[SyncRun, bool]:
    identity, now = current_linked_account(), clock.now()
    key = request.form.get("idempotency_key", "")[:64] or None
    wish = Wish(preview=True, class_sourced_id=chosen.sourced_id)
    run, is_new = SyncRun.request(
        section, RunSource.TEACHER, now, current_account(), key, wish=wish
    )
    if is_new:
        term = found.terms.get(chosen.term_sourced_id)
        columns = columns_of(section, identity.provider, identity.issuer, chosen, term)
        ClassChange.wish(run, columns, _flags(section, found, chosen))
    return run, is_new


def _flags(section: Section, found: TeacherClasses, chosen: ClassRecord) -> tuple[RedFlag, ...]:
    """What speaks against the class, as the picker of a new section would say it."""
    asked = question_for(picker_of(found, section), chosen.sourced_id)
    return asked.flags if asked else ()


def _picker_page(
    section: Section, search: str = "", error: str | None = None
) -> ResponseReturnValue:
    found = own_classes()
    if isinstance(found, ProviderError):
        return _failure_page(section, found)
    picker = without_hidden(found, section)
    page = _page(section, find(picker, search) if search else picker, picker.total, search, error)
    return (page, 422) if error else page


def _failure_page(section: Section, found: ProviderError) -> ResponseReturnValue:
    return _page(section, None, failure=found.reason), 503


def _page(
    section: Section,
    picker: object,
    total: int = 0,
    search: str = "",
    error: str | None = None,
    failure: str | None = None,
) -> str:
    return render_template(
        "class_changes/choose.html",
        section=section,
        picker=picker,
        total=total,
        search=search,
        error=error,
        failure=failure,
        follows=_follows(section),
        idempotency_key=secrets.token_urlsafe(12),
    )
