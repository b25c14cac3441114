"""Update class rosters in tests: the press, and what the workers then do."""

from __future__ import annotations

import re
import secrets
from functools import partial

from jobs.update_rosters import read_classes
from portal import clock, districts
from portal.models.accounts import LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.roster_updates import RosterUpdate
from portal.roster.records import ClassRecord
from portal.roster_updates import ClassesReader, update_rosters
from portal.settings import Settings
from portal.sync import RosterReader, sync_section
from tests.rosters import section_of
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.syncs import PARTIAL

UPDATE_IN_ADDRESS = re.compile(r"/roster-updates/([\w-]+)/panel")


def has_section(linked: LinkedAccount, class_id: str, name: str = "Algebra I") -> Section:
    """A section of this teacher's that was never synced."""
    district = linked.district_sourced_id
    roster_class = ClassRecord(class_id, district, name, (linked.sourced_id,), ())
    return section_of(roster_class, linked.account)


def presses(visitor: Visitor, key: str = "") -> RosterUpdate:
    """Press Update class rosters as htmx sends it; the update that the answer shows."""
    sent = {"idempotency_key": key or secrets.token_urlsafe(12), "csrf_token": visitor.csrf_token()}
    answer = visitor.client.post("/roster-updates", data=sent, headers=PARTIAL)
    found = UPDATE_IN_ADDRESS.search(answer.text)
    assert found, answer.text
    update: RosterUpdate = RosterUpdate.get(RosterUpdate.public_id == found[1])
    return update


def asks(linked: LinkedAccount) -> RosterUpdate:
    """The same without a browser."""
    update, _ = RosterUpdate.request(linked.account, secrets.token_urlsafe(12), clock.now())
    return update


def carried_out(update: RosterUpdate, settings: Settings) -> RosterUpdate:
    """What the workers do, read from the sandbox; the update as it is then."""
    synced(update, partial(read_classes, settings), partial(districts.read_roster, settings))
    return as_it_is_now(update)


def synced(update: RosterUpdate, classes: ClassesReader, roster: RosterReader) -> None:
    for run in update_rosters(update, classes):
        sync_section(run, roster)


def as_it_is_now(update: RosterUpdate) -> RosterUpdate:
    found: RosterUpdate = RosterUpdate.get_by_id(update.id)
    return found


def panel_of(visitor: Visitor, update: RosterUpdate) -> str:
    """The words that a page which followed it is answered, those for screen readers included."""
    answer = visitor.get(f"/roster-updates/{update.public_id}/panel", headers=PARTIAL)
    return Page.of(answer.text).text
