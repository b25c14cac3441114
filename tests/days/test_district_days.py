"""Events and whole reads end in the same portal, whatever the days bring (Y3)."""

from __future__ import annotations

from tests.days.databases import kind as kind
from tests.days.databases import two_databases as two_databases
from tests.days.life import days_of
from tests.districts.whole import settings_of
from tests.lives import live
from tests.sandbox_clever import RunningSandbox
from tests.servers import RunningValkey

DAYS = {"sqlite": 40, "postgresql": 10}  # `make soak` lives five hundred, each time others


def test_fifty_days_by_events_and_by_whole_reads_end_the_same(
    kind: str,
    two_databases: tuple[str, str],
    sandbox: RunningSandbox,
    empty_valkey: RunningValkey,
) -> None:
    settings = settings_of(sandbox, two_databases[0], empty_valkey.url)
    live(days_of(sandbox, settings, two_databases), 1, derandomize=True, steps=DAYS[kind])
