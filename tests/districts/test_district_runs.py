"""A run's row is the truth: who holds it, when it is over, whose turn is next (decision 2)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal import clock
from portal.database import connected, write
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource, DistrictStep
from portal.models.syncs.sync_runs import LEASE, RunLost, RunState

pytestmark = pytest.mark.usefixtures("database")

MICROSECOND = timedelta(microseconds=1)
ANY = 99  # workers


def a_run(district: str = "d1") -> DistrictRun:
    write(lambda: DistrictConnection.keep("clever", district, "", clock.now()))
    connection = DistrictConnection.of("clever", district)
    assert connection is not None
    run, _ = DistrictRun.request(connection, DistrictRunSource.ADMIN, clock.now())
    return run


def claimed(run: DistrictRun) -> DistrictRun:
    found = run.claim(clock.now())
    assert found is not None
    return found


def lease_runs_out(run: DistrictRun) -> None:
    over = DistrictRun.lease_until - (LEASE + timedelta(seconds=1)) // MICROSECOND
    DistrictRun.update(lease_until=over).where(DistrictRun.id == run.id).execute()


def now(run: DistrictRun) -> DistrictRun:
    found: DistrictRun = DistrictRun.get_by_id(run.id)
    return found


def test_whoever_asks_again_joins_the_run_in_flight() -> None:
    assert a_run().id == a_run().id


def test_one_worker_holds_a_run() -> None:
    run = a_run()
    claimed(run)

    assert run.claim(clock.now()) is None


def test_F53_a_worker_whose_clock_is_fast_does_not_take_over_a_run_that_is_held() -> None:
    run = a_run()
    claimed(run)

    assert run.claim(clock.now() + timedelta(seconds=200)) is None
    assert DistrictRun.next_waiting(clock.now() + timedelta(seconds=200), ANY) is None


def test_a_worker_that_was_taken_for_dead_can_no_longer_say_anything() -> None:
    first = claimed(a_run())
    lease_runs_out(first)
    second = claimed(first)

    with pytest.raises(RunLost):
        first.advance(records_read=7)
    with pytest.raises(RunLost):
        first.finish(RunState.DONE, clock.now())
    second.finish(RunState.DONE, clock.now())
    assert (now(second).state, now(second).attempt, now(second).records_read) == ("done", 2, 0)


def test_a_run_that_has_read_goes_on_with_the_sections() -> None:
    run = claimed(a_run())
    run.advance(step=DistrictStep.SECTIONS)
    run.give_back(clock.now())

    again = claimed(run)
    assert (again.has_read, again.attempt) == (True, 1)


def test_a_run_that_is_put_off_waits_for_its_time_and_says_why() -> None:
    run, later = claimed(a_run()), clock.now() + timedelta(minutes=5)
    run.postpone(later, "not_answering")

    assert (now(run).state, now(run).reason) == ("queued", "not_answering")
    assert run.claim(clock.now()) is None
    assert DistrictRun.next_waiting(clock.now(), ANY) is None
    assert run.claim(later) is not None


def test_a_run_that_nobody_holds_is_rung_for_again() -> None:
    run, quiet = a_run(), timedelta(seconds=8)
    assert [each.id for each in DistrictRun.waiting_for_a_ring(clock.now(), quiet)] == [run.id]
    run.rung(clock.now())
    assert not DistrictRun.waiting_for_a_ring(clock.now(), quiet)

    held = claimed(run)
    later = clock.now() + timedelta(seconds=9)
    assert not DistrictRun.waiting_for_a_ring(later, quiet)
    lease_runs_out(held)
    assert [each.id for each in DistrictRun.waiting_for_a_ring(later, quiet)] == [run.id]


def test_F58_a_run_that_gives_its_turn_away_goes_behind_the_others() -> None:
    first, second = a_run("d1"), a_run("d2")
    assert DistrictRun.next_waiting(clock.now(), ANY) == first
    claimed(first).give_back(clock.now())

    assert DistrictRun.next_waiting(clock.now(), ANY) == second


def test_F58_not_all_workers_are_at_districts_at_the_same_time() -> None:
    first, second = a_run("d1"), a_run("d2")
    held = claimed(first)

    assert DistrictRun.next_waiting(clock.now(), at_most=1) is None
    assert DistrictRun.next_waiting(clock.now(), at_most=2) == second
    held.finish(RunState.DONE, clock.now())
    assert DistrictRun.next_waiting(clock.now(), at_most=0) == second  # A single worker does all.


def test_F58_workers_that_are_rung_for_at_once_do_not_all_go_to_districts() -> None:
    runs = [a_run(f"d{number}") for number in range(8)]

    def take(run: DistrictRun) -> bool:
        with connected():
            return run.claim(clock.now(), at_most=3) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, runs)) == 3
