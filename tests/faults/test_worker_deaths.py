"""A worker dies, at any point of a run: another one finishes it (trust.md F03 to F06, F49)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.models.enrollments import Enrollment
from portal.models.sections import Section
from tests.faults.invariants import Ledger, assert_invariants
from tests.faults.parts import Stack
from tests.faults.teaching import Teacher, as_it_is_now, claimed, ended
from tests.sandbox_clever import Cast, RunningSandbox
from tests.servers import wait_until

LONG = 90.0  # seconds for which Clever keeps a page to itself
ENDS_WITHIN = 60.0


@pytest.fixture
def band(maria: Teacher, cast: Cast) -> Section:
    """A class of 250 in three pages, in step with Clever until somebody leaves and somebody comes."""
    section = maria.has_a_section(cast.sections["Band - All Grades"])
    students = maria.sandbox.student_ids(section.class_sourced_id)
    maria.sandbox.withdraw(section.class_sourced_id, students[0])
    maria.sandbox.enrol_new(section.class_sourced_id, "Wilhelmina", "Canarybird")
    maria.sandbox.forget_requests()
    return section


def hold_a_page(sandbox: RunningSandbox, section: Section, *, later: bool) -> None:
    """Clever will keep one answer about this class back for longer than anybody lives."""
    path = f"/v3.0/sections/{section.class_sourced_id}/users"
    sandbox.fail_next("slow", path_contains=path, only_later_pages=later, seconds=LONG)


@pytest.mark.parametrize("dies", [Stack.kill_the_horse, Stack.kill_the_worker])
@pytest.mark.parametrize("later", [False, True], ids=["F03-before-a-page", "F04-between-pages"])
def test_F03_F04_a_worker_killed_while_it_reads_is_replaced_and_no_part_of_a_roster_is_seen(
    stack: Stack, maria: Teacher, band: Section, dies: Callable[[Stack], object], later: bool
) -> None:
    before = Ledger.now()
    hold_a_page(maria.sandbox, band, later=later)
    run = maria.presses_sync(band)
    wait_until(lambda: not maria.sandbox.faults())
    dies(stack)

    assert frozenset(Enrollment.roster(band)) == before.lists[band.id]
    again = claimed(run, attempt=2, seconds=ENDS_WITHIN)
    done = ended(run, ENDS_WITHIN)
    assert (done.state, done.added_count, done.removed_count) == ("done", 1, 1)
    assert again.attempt == done.attempt == 2
    assert_invariants(before, Ledger.now(), maria.sandbox, ["Canarybird"])
    assert as_it_is_now(run).fence == Ledger.now().fences[band.id]
