"""An admin's answer to what the guard has held: of one section, or of a whole school (AD1).

What follows is that of a teacher's answer (`portal.holds`); only who may give it is wider.
"""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, holds
from portal.models.admins.held_schools import HeldSchool, held_changes
from portal.models.shared.school_names import school_names
from portal.models.syncs.holds import Hold
from portal.web.admins.finders import find_hold
from portal.web.admins.paging import Paged
from portal.web.ground.access import current_account, role_required
from portal.web.ground.reader_scope import ADMINS, admins_scope

bp = Blueprint("admin_holds", __name__)

HOLDS_A_PAGE = 10
NO_SCHOOL = "-"  # Stands in an address for "", the school of a class that names none.


@bp.get("/overview/holds/<hold_id>")
@role_required(*ADMINS)
def show(hold_id: str) -> str:
    """The question with its names; afterwards what came of it, and who said so."""
    hold = find_hold(hold_id)

    waits = hold.waits(clock.now())
    return render_template(
        "admins/hold.html",
        hold=hold,
        changes=held_changes([hold])[hold.id],
        names=school_names(admins_scope().connection(), [hold.section.school_sourced_id]),
        waits=waits,
        next_hold=None if waits else Hold.next_after(hold, clock.now()),
        late="late" in request.args,
    )


@bp.post("/overview/holds/<hold_id>")
@role_required(*ADMINS)
def answer(hold_id: str) -> ResponseReturnValue:
    """One that was answered meanwhile keeps its answer: the page says whose it was."""
    hold, said = find_hold(hold_id), _said()

    done = holds.answer(hold, current_account(), said, request.form.get("asked", hold.digest))
    late = None if done else 1
    return redirect(url_for("admin_holds.show", hold_id=hold_id, late=late), 303)


@bp.get("/overview/schools/<school_id>/holds")
@role_required(*ADMINS)
def of_school(school_id: str) -> str:
    return _school_page(school_id, _held(school_id))


@bp.post("/overview/schools/<school_id>/holds")
@role_required(*ADMINS)
def answer_all(school_id: str) -> ResponseReturnValue:
    """Each in a transaction of its own, or none: the answer is to what stood on the page."""
    held, said = _held(school_id), _said()
    if request.form.get("asked") != held.digest:
        return _school_page(school_id, held, outdated=True), 422

    for hold in held.holds:
        holds.answer(hold, current_account(), said, hold.digest)
    return redirect(
        url_for("admin_holds.of_school", school_id=school_id, done=len(held.holds)), 303
    )


@bp.get("/overview/holds")
@role_required(*ADMINS)
def index() -> str:
    """How questions about their lists ended lately: who answered what, and when (2.16)."""
    found = Paged.of_query(Hold.told_lately(admins_scope().sections, clock.now()))
    names = school_names(
        admins_scope().connection(), {each.section.school_sourced_id for each in found.rows}
    )
    return render_template("admins/answered.html", found=found, names=names)


def _said() -> str:
    """What was answered; nothing else is an answer."""
    said = request.form.get("answer", "")
    return said if said in holds.ANSWERS else abort(400)


def _held(school_id: str) -> HeldSchool:
    """The school's questions; a school that is none of theirs is not there."""
    scope = admins_scope()
    sourced_id = "" if school_id == NO_SCHOOL else school_id
    if not scope.has_school(sourced_id):
        abort(404)
    return HeldSchool.of(scope, sourced_id, clock.now())


def _school_page(school_id: str, held: HeldSchool, outdated: bool = False) -> str:
    names = school_names(admins_scope().connection(), [school_id])
    shown = Paged.of_list(held.holds, HOLDS_A_PAGE)
    return render_template(
        "admins/held_school.html",
        school_id=school_id,
        name=names.get(school_id, ""),
        held=held,
        shown=shown,
        held_names=held_changes(shown.rows),
        outdated=outdated,
        done=request.args.get("done", 0, type=int),
    )
