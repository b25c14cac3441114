"""Whether a district's lists rest today: nothing syncs then, and each page says so (Y14)."""

from __future__ import annotations

from datetime import date

from flask import Flask, g

from portal import clock
from portal.models.district_pauses import DistrictPause
from portal.models.districts import DistrictConnection
from portal.models.sections import Section, SectionMode
from portal.models.syncs.roster_updates import synced_sections
from portal.web.ground.access import current_account
from portal.web.ground.current import current_settings


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(district_pause=district_pause, own_pause=own_pause)


def district_pause(section: Section) -> DistrictPause | None:
    """The pause that this section rests by today; each district is asked about once a request."""
    known: dict[str, DistrictPause | None] = g.setdefault("district_pauses", {})
    district = section.district_sourced_id
    if district not in known:
        known[district] = DistrictPause.over([section], _today()).get(section.id)
    return known[district]


def pause_of(connection: DistrictConnection | None) -> DistrictPause | None:
    """The one that stands in this district today."""
    return DistrictPause.standing(connection, _today()) if connection else None


def own_pause() -> DistrictPause | None:
    """The one by which all sections of the teacher rest who reads; None if any is awake."""
    theirs = list(synced_sections(current_account()))
    resting = DistrictPause.over(theirs, _today())
    return next(iter(resting.values())) if theirs and len(resting) == len(theirs) else None


def rests(section: Section) -> bool:
    """Whether nobody syncs it today, be it by its teacher's word or its district's."""
    return section.mode == SectionMode.PAUSED or district_pause(section) is not None


def _today() -> date:
    return clock.today(current_settings().timezone)
