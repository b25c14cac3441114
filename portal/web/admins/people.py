"""Find a person: one page for each, with all that is known of them and what may be done (AD1)."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.admins.found_people import FoundPeople, find_people
from portal.models.admins.person_reports import PersonReport
from portal.models.audit import AuditEvent
from portal.models.entrance.sessions import Session
from portal.roster.records import Role
from portal.web.ground.access import current_account, current_person, role_required
from portal.web.ground.reader_scope import ADMINS, admins_scope, readers_duplicates

bp = Blueprint("admin_people", __name__)

NOBODY = FoundPeople((), more=False)


@bp.route("/overview/people", methods=["GET", "POST"])
@role_required(*ADMINS)
def index() -> ResponseReturnValue:
    """A search is a POST, so that no name stands in an address (trust.md decision 8)."""
    if request.method == "GET":
        return _search_page("", NOBODY)
    search = request.form.get("search", "").strip()
    if not search:
        return _search_page("", NOBODY, error=True), 422

    return _search_page(search, find_people(admins_scope(), search))


@bp.get("/overview/people/<person_id>")
@role_required(*ADMINS)
def show(person_id: str) -> str:
    return _person_page(_find(person_id), signed_out="done" in request.args)


@bp.post("/overview/people/<person_id>/sign-out")
@role_required(*ADMINS)
def sign_out(person_id: str) -> ResponseReturnValue:
    """Everywhere, at once (A44)."""
    report = _find(person_id)
    if not may_sign_out(report):
        abort(404)

    if report.account is not None:
        _end_all_sessions(report.account)
    return redirect(url_for("admin_people.show", person_id=person_id, done=1), 303)


def _end_all_sessions(account: Account) -> None:
    admin = current_account().public_id

    def step() -> None:
        ended = Session.end_all(account)
        AuditEvent.record(clock.now(), admin, "sign_out_person", account.public_id, sessions=ended)

    write(step)


def may_sign_out(report: PersonReport) -> bool:
    """Not themselves, and nobody who looks after more than they do."""
    if report.account is None or report.account == current_account():
        return False
    return current_person().role == Role.DISTRICT_ADMIN or Role.DISTRICT_ADMIN not in report.roles


def _find(person_id: str) -> PersonReport:
    return PersonReport.of(admins_scope(), person_id) or abort(404)


def _search_page(search: str, found: FoundPeople, error: bool = False) -> str:
    return render_template("admins/people.html", search=search, found=found, error=error)


def _person_page(report: PersonReport, signed_out: bool) -> str:
    account = report.account
    pairs = readers_duplicates() if account and account.is_student else []
    return render_template(
        "admins/person.html",
        report=report,
        duplicates=[each for each in pairs if account in (each.first, each.second)],
        may_sign_out=may_sign_out(report),
        signed_out=signed_out,
    )
