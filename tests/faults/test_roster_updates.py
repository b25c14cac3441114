"""Update class rosters survives its workers, and no class stops another (trust.md F03, F04, I4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.models.sections import Section
from portal.models.shared.records import SharedClass
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import LEASE, SyncRun
from tests.faults.invariants import Ledger, assert_invariants
from tests.faults.parts import Stack
from tests.faults.teaching import MICROSECOND, Teacher, lease_runs_out
from tests.sandbox_clever import Cast
from tests.servers import wait_until
from tests.web.updates import panel_of, presses

ENDS_WITHIN = 60.0
QUIET = timedelta(seconds=9) // MICROSECOND


@pytest.fixture
def before(algebra: Section, band: Section) -> Ledger:
    """Her two sections; since their last syncs one student left the band and another one came."""
    return Ledger.now()


def now_of(update: RosterUpdate) -> RosterUpdate:
    found: RosterUpdate = RosterUpdate.get_by_id(update.id)
    return found


def ended(update: RosterUpdate) -> RosterUpdate:
    wait_until(lambda: now_of(update).finished, ENDS_WITHIN)
    return now_of(update)


def time_passes_for(update: RosterUpdate) -> None:
    """A lease's time in which its reader gives no sign of life."""
    RosterUpdate.update(
        reading_until=RosterUpdate.reading_until - LEASE // MICROSECOND,
        requested_at=RosterUpdate.requested_at - QUIET,
    ).where(RosterUpdate.id == update.id).execute()


def outcomes(update: RosterUpdate) -> dict[str, tuple[str, int, int]]:
    """How each class ended, by its name in Clever."""
    return {
        run.section.class_name: (run.state, run.added_count, run.removed_count)
        for run in update.runs()
    }


@pytest.mark.parametrize("dies", [Stack.kill_the_worker, Stack.kill_the_horse])
def test_F03_a_worker_killed_while_it_reads_her_classes_is_replaced(
    stack: Stack, maria: Teacher, before: Ledger, dies: Callable[[Stack], object]
) -> None:
    maria.sandbox.fail_next("slow", path_contains="/mystudents", seconds=90)
    update = presses(maria)
    wait_until(lambda: not maria.sandbox.faults())
    dies(stack)
    time_passes_for(update)

    wait_until(lambda: now_of(update).attempt == 2, ENDS_WITHIN)
    done = ended(update)
    assert outcomes(done) == {
        "Algebra I - Period 3": ("done", 0, 0),
        "Band - All Grades": ("done", 1, 1),
    }
    assert "All 2 classes match Clever" in panel_of(maria, done)
    assert SharedClass.select().where(SharedClass.unshared_at.is_null()).count() == 10
    assert_invariants(before, Ledger.now(), maria.sandbox, ["Canarybird"])


def test_F04_a_worker_killed_in_one_class_is_replaced_and_the_others_are_through(
    stack: Stack, maria: Teacher, band: Section, before: Ledger
) -> None:
    path = f"/v3.0/sections/{band.class_sourced_id}/users"
    maria.sandbox.fail_next("slow", path_contains=path, only_later_pages=True, seconds=90)
    update = presses(maria)
    wait_until(lambda: not maria.sandbox.faults())
    wait_until(lambda: sum(run.finished for run in now_of(update).runs()) == 1, ENDS_WITHIN)
    assert "Checking class 2 of 2" in panel_of(maria, update)
    assert frozenset(Enrollment.roster(band)) == before.lists[band.id]
    stack.kill_the_worker()
    lease_runs_out(SyncRun.get(SyncRun.section == band, SyncRun.finished_at.is_null()))

    assert outcomes(ended(update))["Band - All Grades"] == ("done", 1, 1)
    assert_invariants(before, Ledger.now(), maria.sandbox, ["Canarybird"])


def test_one_class_that_fails_stops_no_other(
    stack: Stack, maria: Teacher, algebra: Section, before: Ledger, cast: Cast
) -> None:
    maria.sandbox.unshare(algebra.class_sourced_id)
    done = ended(presses(maria))

    assert outcomes(done) == {
        "Algebra I - Period 3": ("failed", 0, 0),
        "Band - All Grades": ("done", 1, 1),
    }
    assert frozenset(Enrollment.roster(algebra)) == before.lists[algebra.id]
    assert "1 of 2 classes match Clever" in panel_of(maria, done)


def test_F10_an_update_is_finished_although_the_queue_forgot_it(
    stack: Stack, maria: Teacher, before: Ledger
) -> None:
    with stack.valkey.frozen():
        update = presses(maria)
    stack.valkey.restart()

    assert ended(update).attempt == 1
    assert outcomes(update)["Band - All Grades"] == ("done", 1, 1)
