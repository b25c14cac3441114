"""Why don't I see …? One box, and an answer that stops at the first "no" (HP1)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal import diagnosis
from portal.diagnosis import Asker, Finding, Outcome
from portal.models.sections import Section
from portal.models.shared.scopes import Scope
from portal.roster.records import Role
from portal.roster.sharing import Kind
from portal.web.ground.access import current_account, current_person, role_required
from portal.web.ground.reader_scope import READERS, readers_sections
from portal.web.sections.update_panels import update_panel
from portal.web.sharing.page import LONGEST_SEARCH, freshness_facts, school_day
from portal.web.sharing.scope import reader, readers_connection, readers_scope

bp = Blueprint("diagnosis", __name__)

KINDS = (Kind.STUDENTS, Kind.CLASSES, Kind.TEACHERS, Kind.SCHOOLS)


@bp.get("/missing")
@role_required(*READERS)
def show() -> ResponseReturnValue:
    return _page()


@bp.post("/missing")
@role_required(*READERS)
def answer() -> ResponseReturnValue:
    """What is typed is a name: it is sent by POST and stands in no address (decision 8)."""
    scope, search, chosen = readers_scope(), _search(), request.form.get("chosen", "")
    if scope is None:
        return _page()
    if not search and not chosen:
        return _page(error="empty"), 422

    asker = Asker(current_account(), scope, reader(), school_day())
    if chosen:
        return _page(finding=_diagnosed(asker, chosen), **freshness_facts(scope))
    return _answer(asker, scope, search)


def _answer(asker: Asker, scope: Scope, search: str) -> str:
    found = diagnosis.find(asker, _kind(), search)
    if len(found) > 1:
        return _page(found=found)
    finding = _diagnosed(asker, found[0].sourced_id) if found else None
    return _page(finding=finding or Finding(_kind(), Outcome.NOT_FOUND), **freshness_facts(scope))


def _diagnosed(asker: Asker, sourced_id: str) -> Finding:
    """One that the reader knows nothing of is answered as one that does not exist."""
    finding = diagnosis.diagnose(asker, _kind(), sourced_id, _section())
    return finding or Finding(_kind(), Outcome.NOT_FOUND)


def _page(error: str = "", **facts: Any) -> str:
    return render_template(
        "diagnosis/show.html",
        kinds=KINDS,
        kind=_kind(),
        search=_search(),
        sections=_synced_sections(),
        section=_section(),
        error=error,
        panel=update_panel(None, "clever"),
        **({"connection": readers_connection(), "scope": readers_scope()} | facts),
    )


def _kind() -> Kind:
    sent = request.values.get("kind", "")
    return Kind(sent) if sent in KINDS else Kind.STUDENTS


def _search() -> str:
    return request.form.get("search", "").strip()[:LONGEST_SEARCH]


def _section() -> Section | None:
    """The section that the reader asks about, if it is one of theirs that is synced."""
    wanted = request.values.get("section", "")
    return next((each for each in _synced_sections() if each.public_id == wanted), None)


def _synced_sections() -> list[Section]:
    """A teacher's own; an admin has too many to choose from, and needs none."""
    if current_person().role != Role.TEACHER:
        return []
    synced = readers_sections().where(Section.provider != "")
    return list(synced.order_by(Section.name, Section.id))
