"""Syncs as they were or will be: runs in a state that would take hours or a broken Clever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal import clock
from portal.models.accounts import Account, LinkedAccount
from portal.models.base import new_public_id
from portal.models.sections import Section
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun, new_reference
from portal.roster.records import StudentRecord
from tests.rosters import algebra, reading, student, students, synced
from tests.web.browsing import Visitor
from tests.web.html import Page

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def rivera() -> Account:
    account: Account = Account.get(Account.family_name == "Rivera")
    return account


def read(section: Section, *roster: StudentRecord) -> SyncRun:
    """Ms Rivera syncs, and these are the students of her class."""
    teachers = (LinkedAccount.get(LinkedAccount.account == rivera()).sourced_id,)
    roster_class = algebra(section.class_sourced_id, teachers)
    return synced(section, reading(*roster, roster_class=roster_class), rivera())


def failed(section: Section, reason: str, **columns: Any) -> SyncRun:
    """A run of just now that could not read Clever."""
    now = clock.now()
    run: SyncRun = SyncRun.create(
        section=section,
        source=RunSource.TEACHER,
        state=RunState.FAILED,
        reason=reason,
        requested_at=now,
        finished_at=now,
        **columns,
    )
    return run


def queued(section: Section, ago: timedelta = timedelta(), **columns: Any) -> SyncRun:
    """A run that was asked for some time ago and has not begun."""
    run: SyncRun = SyncRun.create(
        section=section,
        source=RunSource.TEACHER,
        requested_at=clock.now() - ago,
        **columns,
    )
    return run


def quiet_runs(section: Section, count: int, **columns: Any) -> None:
    """Nightly runs that found nothing to change, some hours ago."""
    at = clock.now() - timedelta(hours=9)
    columns = {"source": RunSource.NIGHTLY, "state": RunState.DONE, **columns}
    SyncRun.insert_many(
        {
            "section": section,
            "requested_at": at,
            "started_at": at,
            "finished_at": at,
            "public_id": new_public_id(),
            "reference": new_reference(),
            **columns,
        }
        for _ in range(count)
    ).execute()


def one_removed_and_25_names_held(section: Section) -> SyncRun:
    """A class of 26 that loses a student while all others get new names."""
    read(section, *students(26))
    renamed = [student(number, family_name=f"Other{number}") for number in range(2, 27)]
    return read(section, *renamed)


def section_page(visitor: Visitor, section: Section) -> str:
    return visitor.page(f"/sections/{section.public_id}").text


def last_answer(visitor: Visitor, run: SyncRun) -> str:
    """What a page that followed the run is answered, the words for screen readers included."""
    return Page.of(visitor.get(f"/roster-syncs/{run.public_id}/panel", headers=PARTIAL).text).text
