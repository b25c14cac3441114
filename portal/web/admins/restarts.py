"""After a pause: what would change in each list, saved by an admin or looked at once more (Y14)."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from jobs import sync_district, sync_section
from portal import clock, pausing
from portal.models.admins.restarts import Counts, Restart
from portal.models.sections import Section
from portal.models.shared.school_names import school_names
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.sync_runs import SyncRun
from portal.web.admins.district_runs import connection_facts
from portal.web.admins.finders import find_section
from portal.web.admins.paging import Paged
from portal.web.ground.access import current_account, role_required
from portal.web.ground.limits import Limit, spend
from portal.web.ground.reader_scope import ADMINS, admins_scope
from portal.web.ground.resting import rests
from portal.web.sections.panels import Preview

bp = Blueprint("restarts", __name__)


@bp.get("/overview/restart")
@role_required(*ADMINS)
def index() -> str:
    return _page(Restart.of(admins_scope()))


@bp.post("/overview/restart")
@role_required(*ADMINS)
def save_all() -> ResponseReturnValue:
    """Exactly what was on the page, or nothing; lists that differ by then are shown anew."""
    restart = Restart.of(admins_scope())
    if request.form.get("asked") != restart.digest:
        return _page(restart, outdated=True), 422

    awake = [each for each in restart.waiting if not rests(each.section)]
    _save(awake)
    return redirect(url_for("restarts.index", done=len(awake)), 303)


@bp.post("/overview/restart/check")
@role_required(*ADMINS)
def check() -> Response:
    """Read the district now, and show of each list what would change by that."""
    scope, admin = admins_scope(), current_account()
    connection = scope.connection()
    if connection is None or connection.revoked_at is not None:
        abort(404)
    spend(Limit.DISTRICT_READS, admin.public_id)

    pausing.show_again(connection, scope.sections)
    run, is_new = DistrictRun.request(connection, DistrictRunSource.ADMIN, clock.now(), admin)
    if is_new:
        sync_district.ring(run)
    return redirect(url_for("restarts.index"), 303)


@bp.get("/overview/restart/<section_id>")
@role_required(*ADMINS)
def show(section_id: str) -> str:
    return _section_page(find_section(section_id))


@bp.post("/overview/restart/<section_id>")
@role_required(*ADMINS)
def save(section_id: str) -> ResponseReturnValue:
    section = find_section(section_id)
    preview = Restart.preview_of(section)
    if preview is None or request.form.get("asked") != preview.public_id:
        return _section_page(section, outdated=True), 422

    if not rests(section):
        _save([preview])
    return redirect(url_for("restarts.index", done=1), 303)


def _save(previews: Collection[SyncRun]) -> None:
    for run in pausing.save_shown(previews, current_account()):
        sync_section.ring(run)


def _page(restart: Restart, outdated: bool = False) -> str:
    connection = admins_scope().connection()
    shown = Paged.of_list(restart.previews)
    schools = {each.section.school_sourced_id for each in shown.rows}
    return render_template(
        "admins/restart.html",
        restart=restart,
        shown=shown,
        of_school={
            school: Counts.of(
                each for each in restart.previews if each.section.school_sourced_id == school
            )
            for school in schools
        },
        names=school_names(connection, schools),
        **connection_facts(connection),
        outdated=outdated,
        done=request.args.get("done", 0, type=int),
    )


def _section_page(section: Section, outdated: bool = False) -> str:
    run = Restart.preview_of(section)
    return render_template(
        "admins/restart_section.html",
        section=section,
        run=run,
        preview=Preview.of(run) if run else None,
        busy=SyncRun.in_flight(section) is not None,
        names=school_names(admins_scope().connection(), [section.school_sourced_id]),
        outdated=outdated,
    )
