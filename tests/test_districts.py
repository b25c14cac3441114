"""A district's token: fetched under the run's lease, kept sealed, one waiter at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from portal import clock, districts
from portal.database import connected
from portal.models.districts import DistrictConnection
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.sync import sync_section
from tests.faults.office import QUICK, Office, open_office
from tests.healthy_district import DISTRICT_TOKEN, SECTION
from tests.hostile_clever import Exchange, silence, status, well
from tests.providers.reading import nobody
from tests.rosters import algebra, section_of
from tests.servers import RunningValkey, wait_until

TOKENS = "/oauth/tokens"
SLOW = replace(QUICK, page_seconds=10.0)


@pytest.fixture
def office(database_url: str, valkey: RunningValkey) -> Iterator[Office]:
    with open_office(database_url, valkey.url) as office:
        office.clever.heal()
        yield office


def forget_the_token() -> None:
    DistrictConnection.delete().execute()


def read(office: Office, progress: ReadProgress = nobody) -> None:
    districts.read_roster(office.settings, office.section, [], progress, QUICK)


def another_run(office: Office) -> SyncRun:
    """A sync of another section of the district, carried out by another worker."""
    section = section_of(algebra("64a000000000000000000302"), office.section.created_by)
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    sync_section(run, partial(districts.read_roster, office.settings, limits=QUICK))
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


def test_the_lease_is_renewed_while_the_token_is_fetched(office: Office) -> None:
    """F03: a second worker must not take over a run that is being read."""

    def once_the_lease_is_renewed(exchange: Exchange) -> None:
        with connected():
            run = SyncRun.get(SyncRun.state == RunState.RUNNING)
            wait_until(lambda: SyncRun.get_by_id(run.id).lease_until > run.lease_until)
        well(exchange)

    forget_the_token()
    office.clever.answer(TOKENS, once_the_lease_is_renewed)

    assert office.sync(SLOW).state == RunState.DONE
    assert office.clever.paths().count(TOKENS) == 1


def test_stop_is_noticed_while_the_token_is_fetched(office: Office) -> None:
    def stopped_meanwhile(exchange: Exchange) -> None:
        with connected():
            SyncRun.get(SyncRun.state == RunState.RUNNING).stop(clock.now())
        silence()(exchange)

    forget_the_token()
    office.clever.always(TOKENS, stopped_meanwhile)

    assert office.sync(SLOW).state == RunState.STOPPED
    assert office.clever.paths() == [TOKENS]


def test_F26_one_worker_waits_and_the_districts_other_runs_come_back_later_without_asking(
    office: Office,
) -> None:
    office.clever.always(SECTION, status(429, Retry_After="50"))
    waiting = office.sync()
    office.clever.heal()
    other = another_run(office)

    assert (waiting.state, other.state) == (RunState.QUEUED, RunState.QUEUED)
    assert waiting.not_before == other.not_before == DistrictConnection.get().rests_until
    assert office.clever.hits == []


def test_F26_a_district_that_has_rested_is_asked_again(office: Office) -> None:
    DistrictConnection.update(rests_until=clock.now() - timedelta(seconds=1)).execute()

    assert office.sync().state == RunState.DONE


def test_F26_a_wait_inside_a_read_is_known_to_the_other_workers(office: Office) -> None:
    """While the first one still waits, not only once it has given up."""
    office.clever.answer(SECTION, status(429, Retry_After="1"))
    others: list[ProviderError] = []

    def progress(_read: int, _listed: int | None, waiting_until: datetime | None = None) -> None:
        if waiting_until and not others:
            with pytest.raises(ProviderError) as raised:
                read(office)
            others.append(raised.value)

    read(office, progress)

    assert [other.reason for other in others] == [FailureReason.SLOW_DOWN]
    assert others[0].retry_at == DistrictConnection.get().rests_until


def test_V23_the_token_stands_nowhere_in_the_table(office: Office) -> None:
    (kept,) = DistrictConnection.select().tuples()

    assert DISTRICT_TOKEN not in repr(kept)
    assert office.sync().state == RunState.DONE


def test_V23_the_token_stands_nowhere_in_the_database_file(
    sqlite_url: str, valkey: RunningValkey
) -> None:
    """Nor in the write-ahead log beside it."""
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    with open_office(sqlite_url, valkey.url) as office:
        class_id = office.section.class_sourced_id.encode()
        written = b"".join(path.read_bytes() for path in folder.iterdir())

    assert class_id in written
    assert DISTRICT_TOKEN.encode() not in written
