"""One page of a tab: which records, how many there are of each kind, and how current they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import render_template, request

from portal import clock
from portal.models.shared import tabs
from portal.models.shared.freshness import Freshness
from portal.models.shared.scopes import SHOWN, Scope
from portal.models.shared.tabs import Place
from portal.models.syncs.roster_updates import RosterUpdate
from portal.roster.records import Role
from portal.roster.sharing import Kind
from portal.web.ground.access import current_account, current_person
from portal.web.ground.current import current_settings
from portal.web.ground.reader_scope import readers_sections
from portal.web.sections.update_panels import UpdatePanel, panel_for
from portal.web.sharing.district_updates import DistrictPanel, district_panel
from portal.web.sharing.rows import class_facts, school_facts, student_facts, teacher_facts
from portal.web.sharing.scope import readers_connection, readers_scope

LONGEST_SEARCH = 100
FACTS: dict[Kind, Callable[..., dict[str, Any]]] = {
    Kind.SCHOOLS: school_facts,
    Kind.TEACHERS: teacher_facts,
    Kind.CLASSES: class_facts,
    Kind.STUDENTS: student_facts,
}


def tab_page(kind: Kind, among: Any = None, **facts: Any) -> str:
    """The tab as the request asks for it; `among` narrows its list."""
    scope = readers_scope()
    if scope is None:
        return render_template("clever/unread.html", connection=readers_connection())
    place = sent_place()
    listed = tabs.listed(scope, kind, place, among)
    return render_template(
        f"clever/{kind}.html",
        kind=kind,
        kinds=list(SHOWN),
        counts=tabs.counts(scope),
        listed=listed,
        place=place,
        panel=_update_panel(scope),
        **FACTS[kind](scope, listed.rows),
        **freshness_facts(scope),
        **facts,
    )


def _update_panel(scope: Scope) -> UpdatePanel | DistrictPanel:
    """Of Update class rosters: a teacher's classes, or an admin's whole district (Y2)."""
    if current_person().role == Role.TEACHER:
        return panel_for(current_account(), "clever")
    return district_panel(scope.connection)


def freshness_facts(scope: Scope) -> dict[str, Any]:
    return {
        "connection": scope.connection,
        "freshness": Freshness.of(
            scope, readers_sections(), clock.now(), school_day(), _own_read_at()
        ),
    }


def _own_read_at() -> datetime | None:
    """When a teacher's own classes were last read, between the whole reads of the district."""
    if current_person().role != Role.TEACHER:
        return None
    return RosterUpdate.last_read_at(current_account())


def sent_place() -> Place:
    """Names are looked for by POST alone, so that none stands in an address (decision 8)."""
    return Place(
        request.form.get("search", "").strip()[:LONGEST_SEARCH],
        request.values.get("after", ""),
        request.values.get("before", ""),
    )


def school_day() -> date:
    return clock.now().astimezone(current_settings().timezone).date()
