"""Reads that nobody looks at any more are forgotten after 90 days; the newest stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jobs.sweep import purge_reads
from portal import clock
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.roster_updates import RosterUpdate
from tests.mirror.sharing import connected_district
from tests.rosters import staff

pytestmark = pytest.mark.usefixtures("database")

OLD, LATELY = timedelta(days=91), timedelta(days=89)


@pytest.fixture
def connection() -> DistrictConnection:
    return connected_district()


def ended(connection: DistrictConnection, source: DistrictRunSource, at: datetime) -> DistrictRun:
    run: DistrictRun = DistrictRun.create(
        connection=connection, source=source, state="done", requested_at=at, finished_at=at
    )
    return run


def test_a_district_keeps_its_newest_read_and_what_is_younger(
    connection: DistrictConnection,
) -> None:
    now = clock.now()
    ended(connection, DistrictRunSource.NIGHTLY, now - OLD)
    whole = ended(connection, DistrictRunSource.NIGHTLY, now - OLD)
    ended(connection, DistrictRunSource.EVENTS, now - OLD)
    young = ended(connection, DistrictRunSource.EVENTS, now - LATELY)
    newest = ended(connection, DistrictRunSource.EVENTS, now)
    purge_reads(now)

    assert set(DistrictRun.select()) == {whole, young, newest}


def test_a_read_that_goes_on_is_not_forgotten(connection: DistrictConnection) -> None:
    now = clock.now()
    run = DistrictRun.create(
        connection=connection, source=DistrictRunSource.ADMIN, requested_at=now - OLD
    )
    ended(connection, DistrictRunSource.NIGHTLY, now)
    purge_reads(now)

    assert run in set(DistrictRun.select())


def test_a_teacher_keeps_the_newest_update_and_the_newest_that_was_read() -> None:
    now, teacher = clock.now(), staff()

    def updated(key: str, at: datetime, **columns: object) -> RosterUpdate:
        made: RosterUpdate = RosterUpdate.create(
            account=teacher, idempotency_key=key, requested_at=at, **columns
        )
        return made

    updated("1", now - OLD, read_at=now - OLD)
    read = updated("2", now - OLD, read_at=now - OLD)
    updated("3", now - OLD, reason="not_answering")
    newest = updated("4", now - OLD, reason="not_answering")
    purge_reads(now)

    assert set(RosterUpdate.select()) == {read, newest}
