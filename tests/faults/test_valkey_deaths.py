"""Valkey is away, is emptied, or comes back empty: the table knows what waits (F09 to F11)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from portal.models.sections import Section
from portal.models.syncs.sync_runs import RunState, SyncRun
from tests.faults.invariants import Ledger, assert_invariants
from tests.faults.parts import WORKERS, Stack
from tests.faults.teaching import Teacher, as_it_is_now, ended
from tests.sandbox_clever import Cast, RunningSandbox
from tests.servers import wait_until

ANSWERS_WITHIN = 1.0
STARTS_WITHIN = 15.0


@contextmanager
def dead(stack: Stack) -> Iterator[None]:
    stack.valkey.kill()
    yield
    stack.valkey.start()


def hung(stack: Stack) -> AbstractContextManager[None]:
    return stack.valkey.frozen()


@pytest.mark.parametrize("away", [dead, hung])
def test_F09_a_click_without_valkey_is_answered_within_a_second_and_starts_when_it_is_back(
    stack: Stack, maria: Teacher, algebra: Section, away: object
) -> None:
    before = Ledger.now()
    token = maria.csrf_token()
    with away(stack):  # type: ignore[operator]
        began = time.monotonic()
        answer = maria.sends_sync(algebra, "one-click", token)
        answered_after = time.monotonic() - began
    run = SyncRun.in_flight(algebra)

    assert (answer.status_code, run is not None) == (200, True)
    assert answered_after < ANSWERS_WITHIN
    assert "Waiting to start" in answer.text
    wait_until(lambda: as_it_is_now(run).attempt, STARTS_WITHIN)  # type: ignore[arg-type]
    assert ended(run).state == "done"  # type: ignore[arg-type]
    assert_invariants(before, Ledger.now(), maria.sandbox)


def test_F10_twenty_syncs_that_wait_survive_a_flush(
    stack: Stack, sandbox: RunningSandbox, new_teacher: Callable[[str], Teacher]
) -> None:
    shape = {"teachers": 1, "sections": 20, "students_per_section": 5}
    district = sandbox.add_district("Twenty", **shape)
    teacher = new_teacher(*district.teachers.values())
    for name in WORKERS:
        stack.portal.kill(name)
    sections = [teacher.makes_a_section(class_id) for class_id in district.sections.values()]
    before = Ledger.now()

    stack.valkey.server.flush()
    for name in WORKERS:
        stack.portal.start(name)
    wait_until(lambda: not SyncRun.select().where(SyncRun.finished_at.is_null()).exists(), 60)

    runs = list(SyncRun.select())
    assert {(run.state, run.attempt, run.added_count) for run in runs} == {("done", 1, 5)}
    assert {run.section_id for run in runs} == {section.id for section in sections}
    assert_invariants(before, Ledger.now(), sandbox)


def test_F11_a_valkey_that_comes_back_empty_in_mid_sync_loses_and_doubles_nothing(
    stack: Stack, maria: Teacher, cast: Cast
) -> None:
    names = ("Algebra I - Period 3", "Math 7 - Period 1", "Math 7 - Period 2")
    sections = [maria.has_a_section(cast.sections[name]) for name in names]
    before = Ledger.now()
    maria.sandbox.forget_requests()
    maria.sandbox.fail_next("slow", times=2, path_contains="/users", seconds=3)
    running_and_waiting = [maria.presses_sync(section) for section in sections]
    wait_until(lambda: not maria.sandbox.faults())
    stack.valkey.restart()

    runs = [ended(run) for run in running_and_waiting]
    assert {(run.state, run.attempt) for run in runs} == {(RunState.DONE, 1)}
    assert_invariants(before, Ledger.now(), maria.sandbox)
    assert [name for name in WORKERS if not stack.portal.process(name).running] == []
