"""A deploy ends workers in mid-sync: what they had begun is begun anew by others (F55, F58)."""

from __future__ import annotations

import time

import pytest

from jobs import queue, sync_district
from portal import clock, connecting
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.shared.records import SharedStudent
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.sync_runs import LEASE, RunState
from portal.settings import Settings
from tests.faults.invariants import Ledger, assert_invariants
from tests.faults.parts import Stack
from tests.faults.teaching import MICROSECOND, Teacher, as_it_is_now, ended
from tests.sandbox_clever import Cast, RunningSandbox
from tests.servers import wait_until

LONG = 60.0  # seconds for which Clever keeps a page to itself
GIVEN_BACK_WITHIN = 10.0


@pytest.fixture
def district_run(stack: Stack, cast: Cast) -> DistrictRun:
    """A run of the whole district, asked for and not yet rung for."""
    queue.init(stack.valkey.server.url)
    connecting.discover(Settings.from_env(stack.portal.env))
    DistrictRun.delete().execute()
    connection = DistrictConnection.of("clever", cast.id)
    assert connection is not None
    return DistrictRun.request(connection, DistrictRunSource.ADMIN, clock.now())[0]


def hold_a_page(sandbox: RunningSandbox, path: str) -> None:
    sandbox.forget_requests()
    sandbox.fail_next("slow", path_contains=path, seconds=LONG)


def only_busy_worker(stack: Stack) -> str:
    """The one that reads, once the other has ended whatever it was rung for."""
    wait_until(lambda: len(stack.busy_workers()) == 1)
    return stack.busy_worker()


def seconds_to_stop(stack: Stack, worker: str) -> float:
    """A deploy's SIGTERM, until the worker has ended."""
    began = time.monotonic()
    stack.portal.stop(worker)
    return time.monotonic() - began


def lease_runs_out(run: DistrictRun) -> None:
    """A lease's time passes in which its worker gives no sign of life."""
    micros = LEASE // MICROSECOND
    DistrictRun.update(
        lease_until=DistrictRun.lease_until - micros, rang_at=DistrictRun.rang_at - micros
    ).where(DistrictRun.id == run.id).execute()


def is_over(run: DistrictRun) -> bool:
    return DistrictRun.get_by_id(run.id).finished_at is not None


def test_F55_a_sync_whose_worker_is_told_to_end_is_done_by_another_at_once(
    stack: Stack, maria: Teacher, band: Section
) -> None:
    before = Ledger.now()
    hold_a_page(maria.sandbox, f"/v3.0/sections/{band.class_sourced_id}/users")
    run = maria.presses_sync(band)
    wait_until(lambda: not maria.sandbox.faults())
    holder = as_it_is_now(run).holder
    assert seconds_to_stop(stack, only_busy_worker(stack)) < GIVEN_BACK_WITHIN

    wait_until(lambda: as_it_is_now(run).holder not in ("", holder), GIVEN_BACK_WITHIN)
    done = ended(run)
    assert (done.state, done.attempt, done.added_count, done.removed_count) == ("done", 1, 1, 1)
    assert_invariants(before, Ledger.now(), maria.sandbox, ["Canarybird"])


def test_F55_a_district_whose_worker_is_told_to_end_is_read_by_another_at_once(
    stack: Stack, sandbox: RunningSandbox, district_run: DistrictRun
) -> None:
    hold_a_page(sandbox, "/v3.0/sections")
    sync_district.ring(district_run)
    wait_until(lambda: not sandbox.faults())
    assert seconds_to_stop(stack, only_busy_worker(stack)) < GIVEN_BACK_WITHIN

    wait_until(lambda: is_over(district_run), 30)
    run = DistrictRun.get_by_id(district_run.id)
    assert (run.state, run.attempt) == (RunState.DONE, 1)


def test_F04_a_worker_killed_while_it_reads_a_district_is_replaced_and_nothing_is_seen_of_its_read(
    stack: Stack, sandbox: RunningSandbox, district_run: DistrictRun
) -> None:
    hold_a_page(sandbox, "/v3.0/sections")
    sync_district.ring(district_run)
    wait_until(lambda: not sandbox.faults())
    stack.portal.kill(only_busy_worker(stack))
    assert SharedStudent.select().count() == 0
    lease_runs_out(district_run)

    wait_until(lambda: is_over(district_run), 60)
    run = DistrictRun.get_by_id(district_run.id)
    assert (run.state, run.attempt) == (RunState.DONE, 2)
    assert SharedStudent.select().count() == run.connection.student_count > 0


def test_F58_a_teacher_does_not_wait_for_districts_that_are_read(
    stack: Stack, maria: Teacher, algebra: Section, district_run: DistrictRun
) -> None:
    """Two workers, two districts to read: one worker stays for whoever waits for a class."""
    sandbox = maria.sandbox
    other = DistrictConnection.of("clever", sandbox.cast("Cedar Valley ISD").id)
    assert other is not None
    second, _ = DistrictRun.request(other, DistrictRunSource.ADMIN, clock.now())
    hold_a_page(sandbox, "/v3.0/schools")
    for run in (district_run, second):
        sync_district.ring(run)
    wait_until(lambda: not sandbox.faults())
    reader = only_busy_worker(stack)
    pressed = maria.presses_sync(algebra)

    assert ended(pressed, 15).state == RunState.DONE
    assert not is_over(district_run)
    assert not is_over(second)
    stack.portal.stop(reader)
    wait_until(lambda: is_over(district_run) and is_over(second), 30)
