"""A worker dies, at any point of a run: another one finishes it (trust.md F03 to F06, F49)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import queue
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunStep
from tests.faults.invariants import Ledger, assert_invariants, shared_students
from tests.faults.parts import Stack, frozen, slow_audit, writing
from tests.faults.teaching import Teacher, as_it_is_now, claimed, ended, lease_runs_out
from tests.sandbox_clever import RunningSandbox
from tests.servers import wait_until

LONG = 90.0  # seconds for which Clever keeps a page to itself
ENDS_WITHIN = 60.0


@pytest.fixture
def before(band: Section) -> Ledger:
    return Ledger.now()


def hold_a_page(
    sandbox: RunningSandbox, section: Section, *, later: bool = False, seconds: float = LONG
) -> None:
    """Clever will keep one answer about this class to itself for so long."""
    path = f"/v3.0/sections/{section.class_sourced_id}/users"
    sandbox.fail_next("slow", path_contains=path, only_later_pages=later, seconds=seconds)


def page_is_held(sandbox: RunningSandbox) -> bool:
    """Whether Clever has been asked for the page that it keeps."""
    return not sandbox.faults()


@pytest.mark.parametrize(
    ("dies", "later"),
    [
        pytest.param(Stack.kill_the_worker, False, id="F03-worker-before-the-first-page"),
        pytest.param(Stack.kill_the_horse, True, id="F04-work-horse-between-pages"),
    ],
)
def test_F03_F04_a_worker_killed_while_it_reads_is_replaced_and_no_part_of_a_roster_is_seen(
    stack: Stack,
    maria: Teacher,
    band: Section,
    before: Ledger,
    dies: Callable[[Stack], object],
    later: bool,
) -> None:
    hold_a_page(maria.sandbox, band, later=later)
    run = maria.presses_sync(band)
    wait_until(lambda: page_is_held(maria.sandbox))
    hold_a_page(maria.sandbox, band, seconds=1)
    dies(stack)
    lease_runs_out(run)

    claimed(run, attempt=2, seconds=ENDS_WITHIN)
    assert "We are trying again by ourselves" in maria.reads_the_panel(run)
    assert frozenset(Enrollment.roster(band)) == before.lists[band.id]
    done = ended(run, ENDS_WITHIN)
    assert (done.state, done.attempt, done.added_count, done.removed_count) == ("done", 2, 1, 1)
    assert_invariants(before, Ledger.now(), maria.sandbox, ["Canarybird"])


def test_F05_a_worker_killed_inside_its_one_transaction_leaves_nothing_of_it(
    stack: Stack, maria: Teacher, band: Section, before: Ledger
) -> None:
    """Every change is written and the audit row is on its way when the kill comes."""
    with slow_audit(stack.database_url):
        run = maria.presses_sync(band)
        wait_until(lambda: as_it_is_now(run).step == RunStep.SAVING)
        wait_until(lambda: writing(stack.database_url))
        stack.kill_the_worker()
    lease_runs_out(run)

    assert frozenset(Enrollment.roster(band)) == before.lists[band.id]
    done = ended(run, ENDS_WITHIN)
    assert (done.state, done.attempt, done.added_count, done.removed_count) == ("done", 2, 1, 1)
    assert_invariants(before, Ledger.now(), maria.sandbox)


def test_F06_a_worker_killed_after_its_commit_is_not_followed_by_a_second_apply(
    stack: Stack, maria: Teacher, band: Section, before: Ledger
) -> None:
    """Valkey stands still, so the queue has not heard of the end when the worker dies."""
    hold_a_page(maria.sandbox, band, seconds=1)
    run = maria.presses_sync(band)
    wait_until(lambda: page_is_held(maria.sandbox))
    with stack.valkey.frozen():
        done = ended(run)
        stack.kill_the_worker()

    queue.init(stack.valkey.server.url)
    assert queue.ring("jobs.sync_section.perform", run.public_id)
    wait_until(lambda: not queue.waiting_ids() and not stack.busy_workers())
    assert as_it_is_now(run).__data__ == done.__data__
    assert (done.state, done.attempt, done.added_count, done.removed_count) == ("done", 1, 1, 1)
    assert_invariants(before, Ledger.now(), maria.sandbox)


def test_F49_a_second_worker_leaves_a_run_that_the_first_one_holds(
    stack: Stack, maria: Teacher, band: Section, before: Ledger
) -> None:
    hold_a_page(maria.sandbox, band, seconds=3)
    run = maria.presses_sync(band)
    wait_until(lambda: page_is_held(maria.sandbox))
    queue.init(stack.valkey.server.url)
    queue.ring("jobs.sync_section.perform", run.public_id)
    wait_until(lambda: not queue.waiting_ids() and len(stack.busy_workers()) == 1)

    assert not as_it_is_now(run).finished
    assert ended(run).attempt == 1
    assert_invariants(before, Ledger.now(), maria.sandbox)


def test_F49_a_worker_frozen_past_its_lease_cannot_save_over_the_one_that_took_over(
    stack: Stack, maria: Teacher, band: Section, before: Ledger
) -> None:
    hold_a_page(maria.sandbox, band, seconds=1)
    run = maria.presses_sync(band)
    wait_until(lambda: page_is_held(maria.sandbox))
    horse = stack.horse(stack.busy_worker())
    with frozen(horse):
        maria.sandbox.enrol_new(band.class_sourced_id, "Late", "Comer")
        lease_runs_out(run)
        done = ended(run, ENDS_WITHIN)
    wait_until(lambda: not Path(f"/proc/{horse}").exists(), ENDS_WITHIN)

    assert (done.attempt, done.added_count) == (2, 2)
    assert as_it_is_now(run).__data__ == done.__data__
    assert frozenset(Enrollment.roster(band)) == shared_students(band, maria.sandbox)
    assert_invariants(before, Ledger.now(), maria.sandbox)
