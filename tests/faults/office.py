"""A teacher's portal beside a hostile Clever: her class of 250 comes in three pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from flask.testing import FlaskClient

from portal import districts
from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from portal.providers.http import ReadLimits
from portal.settings import Settings
from portal.sync import sync_section
from tests.healthy_district import CLASS, student, student_id
from tests.hostile_clever import HostileClever, hostile_clever
from tests.providers.signing_in import someone_signs_in
from tests.web.browsing import CALLBACK, QUESTION, made_app, query
from tests.web.html import Page
from tests.web.tables import Contents, contents

QUICK = ReadLimits(page_seconds=2.0, read_seconds=20.0, backoff_seconds=0.01)
# What a fault may write: that a run was asked for and failed, and that a browser was seen.
NOT_THE_LIST = frozenset(
    {"sync_runs", "sessions", "sign_in_attempts", "district_connections", "sections", "breakers"}
)


@dataclass(frozen=True)
class Office:
    """Ms Rivera's browser, the job that her button starts, and the Clever it reads."""

    clever: HostileClever
    browser: FlaskClient
    settings: Settings

    def sync(self, limits: ReadLimits = QUICK) -> SyncRun:
        """Press the button and do what the worker does; the run as it ended."""
        path = f"/sections/{self.section.public_id}/roster-syncs"
        self.browser.post(path, data={"csrf_token": self._csrf_token()})
        run = SyncRun.in_flight(self.section)
        assert run is not None
        sync_section(run, partial(districts.read_roster, self.settings, limits=limits))
        ended: SyncRun = SyncRun.get_by_id(run.id)
        return ended

    def list(self) -> Contents:
        """Everything a sync may only change whole."""
        return contents(leaving_out=NOT_THE_LIST)

    def page(self) -> str:
        """The words on the section's page."""
        return Page.of(self.browser.get(f"/sections/{self.section.public_id}").text).text

    @property
    def section(self) -> Section:
        section: Section = Section.get()
        return section

    def sign_in(self) -> None:
        state = query(self.browser.get("/sign-in/clever").headers["Location"])["state"]
        someone_signs_in(self.clever)
        self.browser.get(CALLBACK, query_string={"code": "a-code", "state": state})
        asked = Page.of(self.browser.get(QUESTION).text).form(QUESTION).fields
        self.browser.post(QUESTION, data=asked | {"account": "new"})

    def make_the_section(self) -> None:
        sent = {"class": CLASS, "name": "Algebra I", "csrf_token": self._csrf_token()}
        assert self.browser.post("/sections", data=sent).status_code == 303
        run = SyncRun.get()
        sync_section(run, partial(districts.read_roster, self.settings, limits=QUICK))

    def _csrf_token(self) -> str:
        page = Page.of(self.browser.get("/help").text)
        return page.form("/sign-out").fields["csrf_token"]


@contextmanager
def open_office(database_url: str, redis_url: str, **changed: str) -> Iterator[Office]:
    """Signed in, with the section of 250 in step; nobody works the queue but the test."""
    with hostile_clever(students=250) as clever:
        settings = Settings.from_env(_environment(clever, database_url, redis_url) | changed)
        with made_app(settings) as app:
            office = Office(clever, app.test_client(), settings)
            office.sign_in()
            office.make_the_section()
            yield office


def change_every_page(clever: HostileClever) -> None:
    """A student leaves from each page of the class, and a new one, a renamed one come.

    A roster of which some page was not read would show at once.
    """
    district = clever.district
    for number in (50, 150, 250):
        district.withdraw(student_id(number))
    for number in (1, 101, 201):
        district.students[student_id(number)]["name"]["first"] = "Renamed"
    newcomer = student(251)
    district.students[newcomer["id"]] = newcomer
    district.section["students"].append(newcomer["id"])


def _environment(clever: HostileClever, database_url: str, redis_url: str) -> dict[str, str]:
    return {
        "PORTAL_URL": "http://localhost",
        "SECRET_KEY": "a-secret-for-tests-that-is-long-enough",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "CLEVER_CLIENT_ID": "rosterly-test",
        "CLEVER_CLIENT_SECRET": "make-believe-secret",
        "CLEVER_AUTH_URL": clever.origin,
        "CLEVER_API_URL": clever.origin,
        "CLEVER_PAGE_SIZE": "100",
    }
