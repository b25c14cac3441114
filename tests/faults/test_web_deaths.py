"""The web server dies around a click, or while a page follows a run (trust.md F01, F02, F08)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from tests.faults.invariants import Ledger, assert_invariants
from tests.faults.parts import Stack, locked_for_writing
from tests.faults.teaching import Teacher, as_it_is_now, ended, latest, run_in
from tests.servers import wait_until

RINGS_WITHIN = 15.0


@pytest.fixture
def before(algebra: Section) -> Ledger:
    return Ledger.now()


@contextmanager
def a_click(teacher: Teacher, section: Section) -> Iterator[Future[httpx.Response]]:
    """A click that is under way while the block runs, and that nobody may answer."""
    key, token = "one-click", teacher.csrf_token()
    with ThreadPoolExecutor(1) as pool:
        clicked = pool.submit(teacher.sends_sync, section, key, token)
        yield clicked
        assert isinstance(clicked.exception(), httpx.TransportError)


def test_F01_a_web_server_killed_before_the_commit_leaves_no_run_and_a_button_that_works(
    stack: Stack, maria: Teacher, algebra: Section, before: Ledger
) -> None:
    with locked_for_writing(stack.database_url, "sync_runs"), a_click(maria, algebra):
        wait_until(stack.web_is_at_the_tables)
        stack.portal.kill("web")
    stack.portal.start("web")

    assert Ledger.now() == before
    run = maria.presses_sync(algebra)
    assert ended(run).state == "done"
    assert_invariants(before, Ledger.now(), maria.sandbox)


def test_F02_a_web_server_killed_before_it_could_ring_leaves_a_run_that_is_rung_for_and_done_once(
    stack: Stack, maria: Teacher, algebra: Section, before: Ledger
) -> None:
    """Valkey stands still while the row is committed, and forgets whatever was sent to it."""
    with stack.valkey.frozen(), a_click(maria, algebra):
        wait_until(lambda: SyncRun.in_flight(algebra))
        stack.portal.kill("web")
        stack.valkey.kill()
    stack.valkey.start()

    run = ended(latest(algebra), RINGS_WITHIN)
    stack.portal.start("web")
    assert (run.state, run.attempt) == ("done", 1)
    assert "Nothing to change" in maria.reads(algebra)
    assert_invariants(before, Ledger.now(), maria.sandbox)


def test_F08_a_page_that_polls_through_a_web_restart_shows_the_end_and_nobody_is_signed_out(
    stack: Stack, maria: Teacher, algebra: Section, before: Ledger
) -> None:
    maria.sandbox.fail_next("slow", path_contains="/users", seconds=8)
    run = maria.presses_sync(algebra)
    stack.portal.kill("web")
    with pytest.raises(httpx.TransportError):
        maria.polls(run)
    stack.portal.start("web")

    assert run_in(maria.polls(run)).id == run.id
    assert not as_it_is_now(run).finished
    ended(run)
    assert "Nothing to change" in maria.reads_the_panel(run)
    assert_invariants(before, Ledger.now(), maria.sandbox)
