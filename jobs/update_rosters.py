"""The job behind Update class rosters."""

from __future__ import annotations

from functools import partial

from jobs import queue, sync_section
from portal import districts, leaving, library, roster_updates
from portal.database import connected
from portal.models.accounts import LinkedAccount
from portal.models.syncs.roster_updates import RosterUpdate
from portal.providers.base import ReadProgress
from portal.roster.sharing import OwnClasses
from portal.settings import Settings


def ring(update: RosterUpdate, again: bool = False) -> bool:
    """Ring for a committed update; the sweeper rings again when this fails or is lost."""
    return queue.ring("jobs.update_rosters.perform", update.public_id, at_front=True, again=again)


def perform(update_id: str) -> None:
    """Read the classes of whoever asked for this update, and ring for a sync of each section."""
    with connected():
        update = RosterUpdate.get_or_none(RosterUpdate.public_id == update_id)
        if update is not None:
            settings = Settings.from_env()
            read = partial(read_classes, settings)
            for run in roster_updates.update_rosters(update, read, settings.timezone):
                sync_section.ring(run)
            if leaving.told():
                ring(update, again=True)  # What was begun goes on elsewhere (F55).


def read_classes(settings: Settings, identity: LinkedAccount, progress: ReadProgress) -> OwnClasses:
    """A teacher's classes, with the token of their district, else with their own (K7)."""
    district = identity.district_sourced_id
    if district is None:
        return library.read_own_classes(settings, identity, progress)
    return districts.read_own_classes(settings, district, identity.sourced_id, progress)
