"""A teacher at her browser: makes sections, presses the button, reads what the page says."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import httpx

from portal.models.sections import Section
from portal.models.syncs.sync_runs import LEASE, SyncRun
from tests.servers import wait_until
from tests.web.browsing import Visitor
from tests.web.html import Page

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
RUN_IN_ADDRESS = re.compile(r"/roster-syncs/([\w-]+)/panel")
DONE_WITHIN = 60.0
MICROSECOND = timedelta(microseconds=1)


class Teacher(Visitor):
    """Reads what is in the tables only to wait; everything she does goes over HTTP."""

    def makes_a_section(self, class_id: str, course: str = "") -> Section:
        """Save a section of this class; its first sync is queued when this returns."""
        key = secrets.token_urlsafe(12)
        sent = {"class": class_id, "name": f"My {key}", "course": course, "idempotency_key": key}
        answer = self.post("/sections", **sent)
        assert answer.status_code == 303, answer.text
        section: Section = Section.get(
            Section.public_id == answer.headers["location"].split("/")[2]
        )
        return section

    def has_a_section(self, class_id: str, course: str = "") -> Section:
        """The same, with its first sync done."""
        section = self.makes_a_section(class_id, course)
        ended(latest(section), DONE_WITHIN)
        return section

    def presses_sync(self, section: Section, key: str = "") -> SyncRun:
        """Press the button as htmx sends it and return the run its answer shows."""
        return run_in(self.sends_sync(section, key or secrets.token_urlsafe(12), self.csrf_token()))

    def sends_sync(self, section: Section, key: str, csrf_token: str) -> httpx.Response:
        """One click, with what the page had ready for it."""
        sent = {"idempotency_key": key, "csrf_token": csrf_token}
        path = f"/sections/{section.public_id}/roster-syncs"
        return self.client.post(path, data=sent, headers=PARTIAL)

    def polls(self, run: SyncRun) -> httpx.Response:
        return self.get(f"/roster-syncs/{run.public_id}/panel", headers=PARTIAL)

    def reads(self, section: Section) -> str:
        """The words on the section's page."""
        return self.page(f"/sections/{section.public_id}").text

    def reads_the_panel(self, run: SyncRun) -> str:
        return Page.of(self.polls(run).text).text


def run_in(answer: httpx.Response) -> SyncRun:
    """The run that a panel shows and polls for."""
    found = RUN_IN_ADDRESS.search(answer.text)
    assert found, answer.text
    run: SyncRun = SyncRun.get(SyncRun.public_id == found[1])
    return run


def latest(section: Section) -> SyncRun:
    run = SyncRun.latest(section)
    assert run is not None
    return run


def as_it_is_now(run: SyncRun) -> SyncRun:
    found: SyncRun = SyncRun.get_by_id(run.id)
    return found


def ended(run: SyncRun, seconds: float = DONE_WITHIN) -> SyncRun:
    """The run in its final state, which it must reach in time (I4)."""
    wait_until(lambda: as_it_is_now(run).finished, seconds)
    return as_it_is_now(run)


def lease_runs_out(run: SyncRun) -> None:
    """A lease's time passes in which its worker gives no sign of life."""
    micros = LEASE // MICROSECOND
    SyncRun.update(
        lease_until=SyncRun.lease_until - micros, rang_at=SyncRun.rang_at - micros
    ).where(SyncRun.id == run.id).execute()


def claimed(run: SyncRun, attempt: int = 1, seconds: float = 15) -> SyncRun:
    """The run once a worker holds it for the given time."""
    wait_until(lambda: as_it_is_now(run).attempt >= attempt, seconds)
    return as_it_is_now(run)
