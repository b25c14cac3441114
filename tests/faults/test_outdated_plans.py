"""A plan is only saved over the list that it was made from (trust.md ASVS 15.4.2, I6).

PostgreSQL only: there one section can be locked at the very moment between a plan and its
transaction, while everybody else goes on. The rule and its code are the same for SQLite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from portal import clock, database, holds, merging
from portal.database import connected, db
from portal.models.merging.merges import MergeGround
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.snapshot import RosterSnapshot
from portal.sync import RosterReader, sync_section
from tests.accounts import pupil
from tests.faults.parts import writing
from tests.rosters import RIVERA, account_of, algebra, reading, section_of, students, synced
from tests.servers import wait_until


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    database.init(postgres_url)
    yield postgres_url
    database.close()


def test_a_plan_made_before_an_answer_is_made_anew_after_it(postgres_database: str) -> None:
    """Eleven removals wait; the teacher agrees while a worker is about to ask for them again."""
    rivera = account_of(RIVERA)
    section = section_of(algebra(), rivera)
    synced(section, reading(*students(26)))
    remaining = reading(*students(15, first=12))
    synced(section, remaining)
    ended = saved_after(lambda: holds.apply(Hold.get(), rivera), section, remaining)

    assert (ended.state, ended.held_count, ended.unchanged_count) == (RunState.DONE, 0, 15)
    assert len(Enrollment.roster(section)) == 15
    assert not Hold.waiting(section).exists()


def test_a_plan_made_before_two_newcomers_became_one_is_made_anew_after_it(
    postgres_database: str,
) -> None:
    """Nothing of the section has changed: only who is enrolled tells that they are one."""
    section = section_of(algebra(), account_of(RIVERA))
    pair = pupil("s00001"), pupil("s00002")
    ended = saved_after(
        lambda: merging.merge(*pair, MergeGround.TEACHER), section, reading(*students(3))
    )

    assert (ended.state, ended.added_count) == (RunState.DONE, 2)
    assert Enrollment.active(section).count() == 2


def saved_after(step: Callable[[], object], section: Section, read: RosterReader) -> SyncRun:
    """A run whose plan is made before this step, and saved after it."""
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    asking, locked = Event(), Event()

    def waiting_read(*asked: Any) -> RosterSnapshot:
        asking.set()
        assert locked.wait(10)
        return read(*asked)

    with ThreadPoolExecutor(1) as worker:
        saving = worker.submit(in_own_connection, run, waiting_read)
        assert asking.wait(10)
        with db.atomic():
            section.lock()
            locked.set()
            wait_until(lambda: writing(db.database))
            assert step()
        saving.result()
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


def in_own_connection(run: SyncRun, read: RosterReader) -> None:
    with connected():
        sync_section(run, read)
