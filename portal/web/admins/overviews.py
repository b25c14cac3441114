"""Where school and district admins land: how their sections are doing, in counts (S7)."""

from __future__ import annotations

from flask import Blueprint, render_template, session
from flask.typing import ResponseReturnValue

from portal import clock
from portal.models.overviews import Overview
from portal.roster.records import Role
from portal.web.ground.access import current_linked_account, role_required
from portal.web.ground.reader_scope import readers_duplicates

bp = Blueprint("admins", __name__)


@bp.get("/school")
@role_required(Role.SCHOOL_ADMIN)
def school() -> ResponseReturnValue:
    name = ", ".join(session.get("school_names", ()))
    overview = Overview.of_schools(current_linked_account(), name, clock.now())

    return render_template(
        "admins/school.html", overview=overview, duplicate_count=len(readers_duplicates())
    )


@bp.get("/district")
@role_required(Role.DISTRICT_ADMIN)
def district() -> ResponseReturnValue:
    name = session.get("district_name", "")
    overview = Overview.of_district(current_linked_account(), name, clock.now())

    return render_template(
        "admins/district.html", overview=overview, duplicate_count=len(readers_duplicates())
    )
