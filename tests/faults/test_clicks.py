"""However often the button is pressed, one run answers (trust.md F48)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from tests.faults.invariants import Ledger, assert_invariants
from tests.faults.teaching import Teacher, ended, run_in

BETWEEN_CLICKS = 0.05


@pytest.mark.parametrize("keys", [("one", "one"), ("one", "two")], ids=["double-click", "two-tabs"])
def test_F48_two_clicks_50_ms_apart_get_one_run_and_both_show_it(
    maria: Teacher, algebra: Section, keys: tuple[str, str]
) -> None:
    before = Ledger.now()
    token = maria.csrf_token()
    maria.sandbox.fail_next("slow", path_contains="/users", seconds=1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(maria.sends_sync, algebra, keys[0], token)
        threading.Event().wait(BETWEEN_CLICKS)
        second = pool.submit(maria.sends_sync, algebra, keys[1], token)

    runs = {run_in(clicked.result()).id for clicked in (first, second)}
    assert runs == {SyncRun.latest(algebra).id}  # type: ignore[union-attr]
    assert ended(SyncRun.get_by_id(runs.pop())).state == "done"
    assert len(Ledger.now().ended_runs - before.ended_runs) == 1
    assert_invariants(before, Ledger.now(), maria.sandbox)


def test_F48_twenty_clicks_at_once_get_one_run(maria: Teacher, algebra: Section) -> None:
    before = Ledger.now()
    token = maria.csrf_token()
    maria.sandbox.fail_next("slow", path_contains="/users", seconds=2)
    with ThreadPoolExecutor(20) as pool:
        answers = pool.map(lambda key: maria.sends_sync(algebra, key, token), map(str, range(20)))

    assert len({run_in(answer).id for answer in answers}) == 1
    ended(SyncRun.latest(algebra))  # type: ignore[arg-type]
    assert_invariants(before, Ledger.now(), maria.sandbox)
