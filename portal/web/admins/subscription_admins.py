"""Who sees all teachers by a plan for several schools: a district admin names them (K3)."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.admins.found_people import FoundPerson, find_people
from portal.models.admins.person_reports import PersonReport
from portal.models.audit import AuditEvent
from portal.models.districts import DistrictConnection
from portal.models.plans import SubscriptionAdmin
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required
from portal.web.ground.plan_lines import subscribed_connection
from portal.web.ground.reader_scope import admins_scope

bp = Blueprint("subscription_admins", __name__)


@bp.route("/district/subscription", methods=["GET", "POST"])
@role_required(Role.DISTRICT_ADMIN)
def index() -> ResponseReturnValue:
    """A search is a POST, so that no name stands in an address (trust.md decision 8)."""
    connection = _connection()
    search = request.form.get("search", "").strip()
    error = request.method == "POST" and not search
    page = render_template(
        "subscription_admins/index.html",
        named=list(SubscriptionAdmin.of(connection)),
        search=search,
        found=_staff(search) if search else [],
        error=error,
    )
    return (page, 422) if error else page


@bp.post("/district/subscription/<staff_id>")
@role_required(Role.DISTRICT_ADMIN)
def create(staff_id: str) -> ResponseReturnValue:
    connection, account = _connection(), _find(staff_id)

    def step() -> None:
        now, mine = clock.now(), current_account()
        SubscriptionAdmin.name(account, connection, mine, now)
        AuditEvent.record(now, mine.public_id, "subscription.named", account.public_id)

    write(step)
    return redirect(url_for("subscription_admins.index"), 303)


@bp.post("/district/subscription/<named_id>/removal")
@role_required(Role.DISTRICT_ADMIN)
def destroy(named_id: str) -> ResponseReturnValue:
    """By the account, since somebody who left the district has no place in it to be found by."""
    named = SubscriptionAdmin.find(_connection(), named_id) or abort(404)

    def step() -> None:
        now, mine = clock.now(), current_account().public_id
        SubscriptionAdmin.dismiss(named.account, named.connection)
        AuditEvent.record(now, mine, "subscription.dismissed", named.account.public_id)

    write(step)
    return redirect(url_for("subscription_admins.index"), 303)


def _connection() -> DistrictConnection:
    """The admin's district, where a plan of it has subscription admins at all; or 404."""
    return subscribed_connection() or abort(404)


def _staff(search: str) -> list[FoundPerson]:
    """Only who has been here can be named: a name alone sees nothing."""
    found = find_people(admins_scope(), search).people
    return [each for each in found if each.identity is not None and Role.STUDENT not in each.roles]


def _find(person_id: str) -> Account:
    report = PersonReport.of(admins_scope(), person_id) or abort(404)
    if report.account is None or report.is_student:
        abort(404)
    account: Account = report.account
    return account
