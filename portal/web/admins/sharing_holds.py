"""A school of which much is no longer shared: an admin keeps everything, or lets it go (F24)."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, sharing
from portal.models.shared.school_names import school_names
from portal.models.shared.sharing_holds import SharingHold
from portal.web.admins.finders import find_sharing_hold
from portal.web.admins.paging import Paged
from portal.web.ground.access import current_account, role_required
from portal.web.ground.reader_scope import ADMINS

bp = Blueprint("admin_sharing_holds", __name__)

ANSWERS = {"keep": sharing.keep, "approve": sharing.approve}


@bp.get("/overview/sharing-holds/<sharing_hold_id>")
@role_required(*ADMINS)
def show(sharing_hold_id: str) -> str:
    """The question with its classes and names; afterwards what came of it, and who said so."""
    return _page(find_sharing_hold(sharing_hold_id))


@bp.post("/overview/sharing-holds/<sharing_hold_id>")
@role_required(*ADMINS)
def answer(sharing_hold_id: str) -> ResponseReturnValue:
    """What went or came back since the page was opened makes the answer stale."""
    hold = find_sharing_hold(sharing_hold_id)
    given = ANSWERS.get(request.form.get("answer", "")) or abort(400)

    done = given(hold, current_account(), request.form.get("asked", ""))
    hold = find_sharing_hold(sharing_hold_id)
    if not done and hold.waits(clock.now()):
        return _page(hold, outdated=True), 422
    return redirect(url_for("admin_sharing_holds.show", sharing_hold_id=sharing_hold_id), 303)


def _page(hold: SharingHold, outdated: bool = False) -> str:
    names = school_names(hold.connection, [hold.school_sourced_id])
    return render_template(
        "admins/sharing_hold.html",
        hold=hold,
        waits=hold.waits(clock.now()),
        name=names.get(hold.school_sourced_id, ""),
        sections=Paged.of_query(hold.sections_without_class(), asked_by="sections"),
        classes=Paged.of_query(hold.classes()),
        students=Paged.of_query(hold.students(), asked_by="students"),
        places=Paged.of_query(hold.places(), asked_by="places"),
        outdated=outdated,
    )
