"""The sync buttons: ask for a run, follow it, stop it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from jobs import sync_section
from portal import clock
from portal.models.linking import is_connected
from portal.models.sections import Section
from portal.models.syncs.sync_runs import SYNC, OwnReason, RunSource, SyncRun, Wish
from portal.roster.records import Role
from portal.web.ground.access import (
    current_account,
    find_run,
    find_run_or_last_word,
    role_required,
    wants_fragment,
)
from portal.web.ground.limits import Limit, spend
from portal.web.ground.resting import district_pause, rests
from portal.web.sections.dashboard import cards_of
from portal.web.sections.panels import panel_of
from portal.web.sections.section_kinds import find_synced_section, page_of
from portal.web.sections.students_table import StudentsTable

bp = Blueprint("roster_syncs", __name__)


@bp.post("/sections/<section_id>/roster-syncs")
@role_required(Role.TEACHER)
def create(section_id: str) -> Response | str:
    return start(find_synced_section(section_id), SYNC)


@bp.get("/roster-syncs/<run_id>/panel")
@role_required(Role.TEACHER)
def panel(run_id: str) -> str:
    run = find_run_or_last_word(run_id)

    return _panel(run.section, run, told=request.args.get("told", ""))


@bp.get("/roster-syncs/<run_id>/card")
@role_required(Role.TEACHER)
def card(run_id: str) -> str:
    run = find_run_or_last_word(run_id)

    return _card(run.section) if _taught(run) else _lost_card(run.section)


@bp.post("/roster-syncs/<run_id>/stop")
@role_required(Role.TEACHER)
def stop(run_id: str) -> Response | str:
    run = find_run(run_id)

    run.stop(clock.now())
    return answer(run.section, SyncRun.get_by_id(run.id))


def start(section: Section, wish: Wish) -> Response | str:
    """Ask for a run that does what the button says, and show it; or say what is in the way."""
    if not wish.class_sourced_id and not is_connected(current_account(), section):
        return _ask_to_connect()
    if district_pause(section) if wish.class_sourced_id else rests(section):
        return answer(section, SyncRun.latest(section))
    spend(Limit.SYNCS, current_account().public_id)
    key = request.form.get("idempotency_key", "")[:64] or None
    run, is_new = SyncRun.request(
        section, RunSource.TEACHER, clock.now(), current_account(), key, wish=wish
    )
    if is_new:
        sync_section.ring(run)
    return answer(section, run, "started")


def answer(section: Section, run: SyncRun | None, announced: str = "") -> Response | str:
    """The part of the page that the button stands in, else the whole page anew."""
    if not wants_fragment():
        own_page = page_of(section)
        return redirect(url_for("dashboard.show") if _from_card() else own_page, 303)
    return _card(section) if _from_card() else _panel(section, run, announced=announced)


def _ask_to_connect() -> Response:
    """The list stays as it is; Account Settings says how it goes on (2.11)."""
    to = url_for("account.show", problem="not_connected")
    return Response(headers={"HX-Redirect": to}) if wants_fragment() else redirect(to, 303)


def _from_card() -> bool:
    return request.form.get("from") == "card"


def _taught(run: SyncRun) -> bool:
    """Whether the section is still this person's; only one kind of end can have taken it (F44)."""
    if run.reason != OwnReason.TEACHER_REMOVED:
        return True
    return Section.find(current_account(), run.section.public_id) is not None


def _lost_card(section: Section) -> str:
    return render_template("dashboard/_card_lost.html", section=section)


def _card(section: Section) -> str:
    return render_template("dashboard/_card.html", card=cards_of([section])[0])


def _panel(section: Section, run: SyncRun | None, told: str = "", announced: str = "") -> str:
    """The panel; a last answer brings the new student list along, so nothing is asked twice."""
    if run is None or run.finished:
        announced = ""
    panel = panel_of(section, run, current_account(), told, announced)
    show_list = panel.finished and not panel.shut_out and section.synced
    table = StudentsTable.of(section).facts() if show_list else {}
    return render_template("roster_syncs/_roster_sync.html", panel=panel, section=section, **table)
