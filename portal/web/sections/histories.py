"""What happened to a section's list: its runs, one run whole, one student's part, a file (Y8)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from portal import clock
from portal.models.audit import AuditEvent
from portal.models.syncs import change_lists
from portal.models.syncs.histories import HistoryPlace, PastRun, history_page
from portal.models.syncs.holds import Hold
from portal.models.syncs.run_changes import RunChanges
from portal.models.syncs.sync_runs import SyncRun
from portal.models.syncs.timelines import Timeline
from portal.roster.records import Role
from portal.web.ground.access import current_account, find_run, role_required
from portal.web.ground.limits import Limit, spend
from portal.web.ground.spreadsheets import csv_answer
from portal.web.sections.history_files import lines_of
from portal.web.sections.section_kinds import find_past_student, find_synced_section

bp = Blueprint("histories", __name__)

ONLY_CHANGES = "changes"


@bp.get("/sections/<section_id>/history")
@role_required(Role.TEACHER)
def show(section_id: str) -> str:
    section, place = find_synced_section(section_id), _place()

    found = history_page(section, place, clock.now())
    return render_template("histories/show.html", section=section, place=place, found=found)


@bp.get("/roster-syncs/<run_id>")
@role_required(Role.TEACHER)
def run(run_id: str) -> str:
    found = find_run(run_id)

    return render_template("histories/run.html", **run_facts(found))


@bp.get("/sections/<section_id>/students/<student_id>/history")
@role_required(Role.TEACHER)
def student(section_id: str, student_id: str) -> str:
    section = find_synced_section(section_id)
    account = find_past_student(section, student_id)

    timeline = Timeline.of(section, account, clock.now())
    return render_template("histories/student.html", section=section, timeline=timeline)


@bp.post("/sections/<section_id>/history/download")
@role_required(Role.TEACHER)
def download(section_id: str) -> Response:
    """All changes there ever were, whatever the page shows of them (V08)."""
    section, teacher = find_synced_section(section_id), current_account()
    spend(Limit.EXPORTS, teacher.public_id)

    count = change_lists.change_count(section)
    AuditEvent.record(
        clock.now(), teacher.public_id, "history.exported", section.public_id, changes=count
    )
    return csv_answer("sync-history.csv", lines_of(change_lists.listed_changes(section)))


def run_facts(run: SyncRun) -> dict[str, Any]:
    """What the page of one run shows, to a teacher or to an admin."""
    return {
        "section": run.section,
        "past": PastRun.of(run, clock.now()),
        "questions": Hold.put_by(run),
        "changes": RunChanges.of(run, request.args.get("page", 1, type=int)),
    }


def _place() -> HistoryPlace:
    return HistoryPlace(
        only_changes=request.args.get("show") == ONLY_CHANGES,
        older_than=request.args.get("older", ""),
        newer_than=request.args.get("newer", ""),
    )
