"""One night of fifty small districts: two schedulers and four workers on PostgreSQL (Y3, F26)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from portal import connecting, database, pacing
from portal.models.chores import Chore
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun
from portal.models.syncs.sync_runs import RunState
from portal.settings import Settings
from tests.districts.whole import environment_of
from tests.portal_stack import PYTHON, ZONE
from tests.sandbox_clever import RunningSandbox
from tests.servers import (
    RunningPostgres,
    RunningProcess,
    RunningValkey,
    running_process,
    wait_until,
)

DISTRICTS = 50
SMALL = {"schools": 1, "teachers": 1, "sections": 2, "students_per_section": 3}
LISTS = 6  # schools, terms, courses, teachers, students, classes
PROGRAMS = ("jobs.scheduler",) * 2 + ("jobs.worker",) * 4


@pytest.fixture
def clever(tmp_path: Path) -> Iterator[RunningSandbox]:
    """A Clever with fifty districts that have connected."""
    with RunningSandbox(tmp_path) as sandbox:
        for number in range(DISTRICTS - 2):  # Two are there from the start.
            sandbox.add_district(f"District {number}", **SMALL)
        yield sandbox


@pytest.fixture
def env(
    clever: RunningSandbox, postgres: RunningPostgres, empty_valkey: RunningValkey
) -> Iterator[dict[str, str]]:
    """The night began two minutes ago and every district's place in it has come."""
    began = datetime.now(ZoneInfo(ZONE)) - timedelta(minutes=2)
    night = {"NIGHTLY_AT": began.strftime("%H:%M"), "NIGHTLY_SPREAD_MINUTES": "1"}
    quiet = {"DISCOVERY_MINUTES": "0", "EVENTS_MINUTES": "0"}
    url = postgres.create("one_night", template="migrated")
    database.init(url)
    yield environment_of(clever, url, empty_valkey.url, **night, **quiet)
    database.close()


def find_the_districts(env: dict[str, str]) -> None:
    """They connected long ago: their first runs are over."""
    connecting.discover(Settings.from_env(env))
    DistrictRun.delete().execute()
    Chore.delete().execute()


def one_night(env: dict[str, str]) -> list[DistrictRun]:
    """All programs run until every district's run is over."""
    with ExitStack() as running:
        programs: list[RunningProcess] = [
            running.enter_context(running_process((*PYTHON, name), env)) for name in PROGRAMS
        ]
        wait_until(lambda: ended().count() >= DISTRICTS, seconds=120)
        assert all(each.running for each in programs)
    return list(DistrictRun.select())


def is_over() -> Any:
    return DistrictRun.finished_at.is_null(False)


def ended() -> Any:
    return DistrictRun.select().where(is_over())


def asked(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    return [each for each in sandbox.requests() if each["token_kind"] == "district"]


def test_every_district_is_synced_once_and_the_rate_limit_is_never_crossed(
    clever: RunningSandbox, env: dict[str, str]
) -> None:
    find_the_districts(env)
    clever.forget_requests()
    runs = one_night(env)

    assert DistrictConnection.select().count() == DISTRICTS == len(runs)
    assert len({run.connection_id for run in runs}) == DISTRICTS
    assert {(run.state, run.source, run.attempt) for run in runs} == {(RunState.DONE, "nightly", 1)}
    assert len({run.night for run in runs}) == 1
    requests = asked(clever)
    assert {each["status"] for each in requests} == {200}
    per_district = Counter(each["district"] for each in requests)
    assert set(per_district.values()) == {1 + LISTS}  # None was read twice, or in part.
    per_minute = Counter((each["district"], each["at"][:16]) for each in requests)
    assert max(per_minute.values()) <= pacing.MOST
