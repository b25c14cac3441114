"""Reading the whole district now, because its admin asks (Y3), and how far that has come."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template
from werkzeug import Response

from jobs import sync_district
from portal import clock
from portal.models.audit import AuditEvent
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.roster.records import Role
from portal.web.ground.access import current_account, current_person, role_required
from portal.web.ground.limits import Limit, spend
from portal.web.ground.reader_scope import ADMINS, admins_scope

bp = Blueprint("admin_district_runs", __name__)


@bp.post("/overview/district-runs")
@role_required(Role.DISTRICT_ADMIN)
def create() -> Response:
    """A second press joins the run in flight; a district that has left cannot be read."""
    connection, admin = admins_scope().connection(), current_account()
    if connection is None or connection.revoked_at is not None:
        abort(404)
    spend(Limit.DISTRICT_READS, admin.public_id)

    now = clock.now()
    run, is_new = DistrictRun.request(connection, DistrictRunSource.ADMIN, now, admin)
    if is_new:
        AuditEvent.record(now, admin.public_id, "district.read_asked", run.public_id)
        sync_district.ring(run)
    return redirect(current_person().landing, 303)


@bp.get("/overview/district-runs/panel")
@role_required(*ADMINS)
def panel() -> str:
    """What a page asks for while the district is read."""
    return render_template(
        "admins/_connection.html", **connection_facts(admins_scope().connection())
    )


def connection_facts(connection: DistrictConnection | None) -> dict[str, Any]:
    """The district's connection and the newest read of it."""
    run = DistrictRun.latest(connection) if connection else None
    return {"connection": connection, "run": run}
