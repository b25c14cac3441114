"""Where school and district admins land: how their sections do, and what waits for them (AD1)."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, session

from portal import clock
from portal.models.admins import attention
from portal.models.admins.admin_scopes import AdminScope
from portal.models.admins.overviews import Overview
from portal.models.districts import DistrictConnection
from portal.models.shared.school_names import school_names
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import OwnReason
from portal.providers.base import FailureReason
from portal.roster.records import Role
from portal.web.admins.district_runs import connection_facts
from portal.web.admins.paging import Paged
from portal.web.admins.waiting import waiting_for
from portal.web.ground.access import role_required
from portal.web.ground.reader_scope import ADMINS, admins_scope
from portal.web.ground.resting import pause_of

bp = Blueprint("admins", __name__)

WAITING_A_PAGE = 10
ANSWERED_SHOWN = 5
CAUSES = frozenset({*FailureReason, *OwnReason})


@bp.get("/school")
@role_required(Role.SCHOOL_ADMIN)
def school() -> str:
    return _overview_page()


@bp.get("/district")
@role_required(Role.DISTRICT_ADMIN)
def district() -> str:
    return _overview_page()


@bp.get("/overview/failing/<cause>")
@role_required(*ADMINS)
def failing(cause: str) -> str:
    """The sections that fail for one cause."""
    if cause not in CAUSES:
        abort(404)
    scope = admins_scope()
    found = Paged.of_query(attention.failing_for(scope, cause))

    names = school_names(scope.connection(), {each.school_sourced_id for each in found.rows})
    return render_template("admins/failing.html", cause=cause, found=found, names=names)


def _overview_page() -> str:
    scope, now = admins_scope(), clock.now()
    connection = scope.connection()
    waiting = Paged.of_list(waiting_for(scope, now), WAITING_A_PAGE)
    return render_template(
        "admins/overview.html",
        title=_title(scope, connection),
        **connection_facts(connection),
        overview=Overview.of(scope, now),
        pause=pause_of(connection),
        answered=list(Hold.told_lately(scope.sections, now).limit(ANSWERED_SHOWN + 1)),
        answered_shown=ANSWERED_SHOWN,
        waiting=waiting,
        names=school_names(connection, {each.school_sourced_id for each in waiting.rows}),
    )


def _title(scope: AdminScope, connection: DistrictConnection | None) -> str:
    """Clever's names for the place, as they were when the admin signed in."""
    if scope.is_whole_district:
        return session.get("district_name", "") or (connection.name if connection else "")
    return ", ".join(session.get("school_names", ()))
