"""What an admin asks for by its id, found among their own alone; anything else is 404 (A58)."""

from __future__ import annotations

from typing import Any

from flask import abort
from peewee import ModelSelect

from portal.models.sections import Section
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun
from portal.web.ground.reader_scope import admins_scope


def find_section(public_id: str) -> Section:
    theirs = admins_scope().sections & (Section.public_id == public_id)
    section: Section = _one(Section.select().where(theirs))
    return section


def find_run(public_id: str) -> SyncRun:
    """A run of a section of theirs."""
    runs = SyncRun.select(SyncRun, Section).join(Section)
    run: SyncRun = _one(runs.where(admins_scope().sections & (SyncRun.public_id == public_id)))
    return run


def find_hold(public_id: str) -> Hold:
    """A question about a section of theirs, answered or not."""
    asked = Hold.select(Hold, Section).join(Section)
    theirs = admins_scope().sections & (Hold.public_id == public_id)
    hold: Hold = _one(asked.where(theirs))
    return hold


def find_sharing_hold(public_id: str) -> SharingHold:
    """A question about what a school of theirs shares, answered or not."""
    scope = admins_scope()
    asked = (SharingHold.connection == scope.connection()) & (SharingHold.public_id == public_id)
    theirs = scope.within(asked, SharingHold.school_sourced_id)
    hold: SharingHold = _one(SharingHold.select().where(theirs))
    return hold


def _one(query: ModelSelect[Any]) -> Any:
    return query.get_or_none() or abort(404)
