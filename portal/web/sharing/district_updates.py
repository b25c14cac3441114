"""Update class rosters for admins: the whole district is read, live (Y2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from jobs import sync_district
from portal import clock
from portal.models.audit import AuditEvent
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource, DistrictStep
from portal.models.syncs.sync_runs import RunState
from portal.providers.base import FailureReason
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required, wants_fragment
from portal.web.ground.limits import Limit, spend
from portal.web.sections.panels import poll_seconds
from portal.web.sections.update_panels import SHOWN_FOR
from portal.web.sharing.scope import readers_scope

bp = Blueprint("district_updates", __name__)

ADMINS = (Role.SCHOOL_ADMIN, Role.DISTRICT_ADMIN)


@dataclass(frozen=True, slots=True)
class DistrictPanel:
    """Everything `roster_updates/_district_update.html` shows; no `run`: none lately."""

    run: DistrictRun | None
    now: datetime
    announced: str = ""

    @property
    def finished(self) -> bool:
        return self.run is None or self.run.finished

    @property
    def state(self) -> str:
        """`idle`, `waiting`, `reading`, `saving`, `sections`, `paused`, `failed` or `done`."""
        run = self.run
        if run is None:
            return "idle"
        if run.finished:
            failed = run.state != RunState.DONE
            paused = run.reason == FailureReason.DISTRICT_PAUSED
            return "paused" if paused else "failed" if failed else "done"
        if run.step == DistrictStep.SECTIONS:
            return "sections"
        if run.started_at is None:
            return "waiting"
        return "saving" if run.step == DistrictStep.SAVING else "reading"

    @property
    def poll_seconds(self) -> int:
        return poll_seconds(self.run, self.now) if self.run else 1

    @property
    def milestone(self) -> str:
        """What a screen reader is told by this answer: started, finished, or ""."""
        return self.announced or ("finished" if self.finished else "")


@bp.post("/district-updates")
@role_required(*ADMINS)
def create() -> Response | str:
    """A district that has not connected has nothing to read: the Clever page says so."""
    connection = _connection()
    if connection is None:
        return redirect(url_for("clever.index"), 303)
    admin, now = current_account(), clock.now()
    spend(Limit.DISTRICT_READS, admin.public_id)
    run, is_new = DistrictRun.request(connection, DistrictRunSource.ADMIN, now, admin)

    if is_new:
        AuditEvent.record(now, admin.public_id, "district.read_asked", run.public_id)
        sync_district.ring(run)
    if not wants_fragment():
        return redirect(url_for("clever.index"), 303)
    return _answer(DistrictPanel(run, clock.now(), announced="started"))


@bp.get("/district-updates/<district_run_id>/panel")
@role_required(*ADMINS)
def panel(district_run_id: str) -> str:
    theirs = DistrictRun.connection == _connection()
    run = DistrictRun.get_or_none(theirs & (DistrictRun.public_id == district_run_id)) or abort(404)

    return _answer(DistrictPanel(run, clock.now()))


def district_panel(connection: DistrictConnection) -> DistrictPanel:
    """The panel that an admin's page opens with: what goes on, or what has just ended."""
    run, now = DistrictRun.latest(connection), clock.now()
    if run is not None and run.finished_at and now - run.finished_at > SHOWN_FOR:
        run = None
    return DistrictPanel(run, now)


def _connection() -> DistrictConnection | None:
    """The reader's district; nobody administers Clever Library."""
    scope = readers_scope()
    return None if scope is None or scope.connection.is_library else scope.connection


def _answer(panel: DistrictPanel) -> str:
    return render_template("roster_updates/_district_update.html", panel=panel)
