"""The schools table, and the same as a file (AD1)."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from portal import clock
from portal.models.admins.school_reports import (
    SchoolFilter,
    SchoolOrder,
    SchoolReport,
    arranged,
    school_reports,
)
from portal.models.audit import AuditEvent
from portal.web.admins.paging import Paged
from portal.web.ground.access import current_account, role_required
from portal.web.ground.current import current_settings
from portal.web.ground.limits import Limit, spend
from portal.web.ground.reader_scope import ADMINS, admins_scope
from portal.web.ground.spreadsheets import OurText, csv_answer

bp = Blueprint("admin_schools", __name__)


@bp.get("/overview/schools")
@role_required(*ADMINS)
def index() -> str:
    order, chosen = _order(), _filter()
    reports = school_reports(admins_scope(), clock.now())

    return render_template(
        "admins/schools.html",
        found=Paged.of_list(arranged(reports, order, chosen)),
        order=order,
        chosen=chosen,
        school_count=len(reports),
    )


@bp.post("/overview/schools/download")
@role_required(*ADMINS)
def download() -> Response:
    """All of them, in the order and with the filter of the page (V08)."""
    admin = current_account()
    spend(Limit.EXPORTS, admin.public_id)
    reports = arranged(school_reports(admins_scope(), clock.now()), _order(), _filter())

    mine = admin.public_id
    AuditEvent.record(clock.now(), mine, "schools.exported", mine, schools=len(reports))
    return csv_answer("schools.csv", _rows(reports))


def _rows(reports: list[SchoolReport]) -> Iterator[tuple[object, ...]]:
    yield (
        gettext("School"),
        gettext("Shared today"),
        gettext("Shared classes"),
        gettext("Shared students"),
        gettext("Shared teachers"),
        gettext("Sections"),
        gettext("Students in sections"),
        gettext("Last sync"),
        gettext("On hold"),
        gettext("Failing"),
    )
    for each in reports:
        yield (
            each.name,
            gettext("Yes") if each.shared else gettext("No"),
            each.shared_classes,
            each.shared_students,
            each.shared_teachers,
            each.sections,
            each.students,
            _local_minute(each),
            each.held,
            each.failing,
        )


def _local_minute(school: SchoolReport) -> OurText:
    if school.last_sync is None:
        return OurText()
    local = school.last_sync.astimezone(current_settings().timezone)
    return OurText(local.strftime("%Y-%m-%d %H:%M"))


def _order() -> SchoolOrder:
    """What the address asks for; nonsense is the first of all."""
    asked = request.values.get("sort", "")
    return SchoolOrder(asked) if asked in {*SchoolOrder} else SchoolOrder.NAME


def _filter() -> SchoolFilter:
    asked = request.values.get("show", "")
    return SchoolFilter(asked) if asked in {*SchoolFilter} else SchoolFilter.ALL
