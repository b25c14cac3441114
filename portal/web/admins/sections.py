"""One section as an admin of its school sees it, and "Sync now" (AD1)."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug import Response

from jobs import sync_section
from portal import clock
from portal.models.admins.section_reports import SectionReport
from portal.models.sections import Section
from portal.models.shared.school_names import school_names
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.web.admins.finders import find_run, find_section
from portal.web.ground.access import current_account, role_required
from portal.web.ground.limits import Limit, spend
from portal.web.ground.reader_scope import ADMINS, admins_scope
from portal.web.ground.resting import rests
from portal.web.sections.histories import run_facts

bp = Blueprint("admin_sections", __name__)


@bp.get("/overview/sections/<section_id>")
@role_required(*ADMINS)
def show(section_id: str) -> str:
    section = find_section(section_id)

    names = school_names(admins_scope().connection(), [section.school_sourced_id])
    return render_template("admins/section.html", names=names, **_facts(section))


@bp.get("/overview/sections/<section_id>/report")
@role_required(*ADMINS)
def report(section_id: str) -> str:
    """What a page asks for while a run is under way."""
    return render_template("admins/_section_report.html", **_facts(find_section(section_id)))


@bp.get("/overview/roster-syncs/<run_id>")
@role_required(*ADMINS)
def run(run_id: str) -> str:
    """One sync whole, as the section's teachers read it, without what only they can do."""
    found = find_run(run_id)

    return render_template("histories/run.html", **run_facts(found))


@bp.post("/overview/sections/<section_id>/roster-syncs")
@role_required(*ADMINS)
def sync(section_id: str) -> Response:
    """The same run as a teacher's button; who of the class is listed does not matter here."""
    section, admin = find_section(section_id), current_account()
    if rests(section):
        return _back(section)
    spend(Limit.SYNCS, admin.public_id)
    key = request.form.get("idempotency_key", "")[:64] or None
    asked, is_new = SyncRun.request(section, RunSource.ADMIN, clock.now(), admin, key)

    if is_new:
        sync_section.ring(asked)
    return _back(section)


def _back(section: Section) -> Response:
    return redirect(url_for("admin_sections.show", section_id=section.public_id), 303)


def _facts(section: Section) -> dict[str, Any]:
    """The key is new for each button drawn: one click is one run however often it is sent."""
    report = SectionReport.of(section, clock.now())
    return {"report": report, "key": secrets.token_urlsafe(12)}
