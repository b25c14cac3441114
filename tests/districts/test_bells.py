"""The queue is a doorbell: teachers' rings come before those of whole districts (F58)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from jobs import queue, sync_district, sync_section
from portal import clock
from portal.database import connected, write
from portal.models.chores import Chore
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.sync_runs import RunSource, SyncRun
from tests.rosters import algebra, section_of, staff

pytestmark = pytest.mark.usefixtures("database", "valkey_of_the_queue")


def district_run() -> DistrictRun:
    write(lambda: DistrictConnection.keep("clever", "d1", "", clock.now()))
    connection = DistrictConnection.of("clever", "d1")
    assert connection is not None
    return DistrictRun.request(connection, DistrictRunSource.ADMIN, clock.now())[0]


def test_a_teachers_ring_comes_before_a_districts() -> None:
    district = district_run()
    sync_district.ring(district)
    run, _ = SyncRun.request(section_of(algebra(), staff()), RunSource.TEACHER, clock.now())
    sync_section.ring(run)

    assert queue.queue().get_job_ids() == [run.public_id, district.public_id]


def test_a_job_that_rings_for_itself_is_not_forgotten_with_the_one_that_ends() -> None:
    run = district_run()
    sync_district.ring(run)
    sync_district.ring(run, again=True)
    first, second = queue.queue().get_job_ids()

    assert first == run.public_id != second
    assert queue.waiting_ids() == {run.public_id}


def test_a_chore_is_taken_by_one_scheduler_at_a_time() -> None:
    def take(_: int) -> bool:
        with connected():
            return Chore.take("districts", timedelta(minutes=5))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(8))) == 1


def test_a_chore_is_due_again_after_its_time() -> None:
    assert Chore.take("districts", timedelta(0))
    assert Chore.take("districts", timedelta(minutes=5))
    assert not Chore.take("districts", timedelta(minutes=5))
