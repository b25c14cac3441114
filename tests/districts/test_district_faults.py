"""What goes wrong while a district is read, and how its run ends (trust.md F16 to F34)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock, district_sync, leaving
from portal.models.breakers import OPENS_AT, Breaker
from portal.models.districts import DistrictConnection
from portal.models.shared.records import SharedClass
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.sync_runs import RunState
from portal.settings import Settings
from tests.districts.whole import mirror_whole_district
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.tables import contents


@pytest.fixture
def cast(settings: Settings, sandbox: RunningSandbox) -> Cast:
    """Cedar Valley, read once, and changed since."""
    cast = sandbox.cast("Cedar Valley ISD")
    mirror_whole_district(settings, cast.id)
    section = cast.sections["Homeroom 8C"]
    sandbox.withdraw(section, sandbox.student_ids(section)[0])
    sandbox.forget_requests()
    return cast


def mirrored() -> object:
    """Everything that only a whole read may change."""
    return contents(
        leaving_out=frozenset({"district_runs", "district_connections", "breakers", "chores"})
    )


def due_now(run: DistrictRun) -> None:
    DistrictRun.update(not_before=None).where(DistrictRun.id == run.id).execute()
    DistrictConnection.update(rests_until=None).execute()


@pytest.mark.parametrize(
    ("fault", "ends"),
    [
        pytest.param("401", ("failed", "reconnect"), id="F22"),
        pytest.param("403", ("failed", "not_shared"), id="F23"),
        pytest.param("truncated", ("failed", "unusable_answer"), id="F32"),
        pytest.param("foreign", ("failed", "refused_answer"), id="M42"),
        pytest.param("429", ("queued", "slow_down"), id="F26"),
    ],
)
def test_a_read_that_fails_changes_nothing_and_says_why(
    settings: Settings, sandbox: RunningSandbox, cast: Cast, fault: str, ends: tuple[str, str]
) -> None:
    before = mirrored()
    sandbox.fail_next(fault, times=50, path_contains="/sections", seconds=600)
    run = mirror_whole_district(settings, cast.id)

    assert (run.state, run.reason) == ends
    assert mirrored() == before


def test_F22_a_district_that_disconnected_is_asked_once_for_a_new_token(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    before = mirrored()
    sandbox.revoke(cast.id)
    run = mirror_whole_district(settings, cast.id)

    assert run.state == RunState.FAILED
    assert [each["path"] for each in sandbox.requests()].count("/oauth/tokens") == 1
    assert mirrored() == before


def test_F28_two_errors_that_pass_are_not_seen(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    sandbox.fail_next("500", times=2, path_contains="/sections")

    assert mirror_whole_district(settings, cast.id).state == RunState.DONE


def test_F29_a_clever_that_is_down_is_asked_again_for_two_hours(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    sandbox.fail_next("503", times=99)
    run = mirror_whole_district(settings, cast.id)
    assert (run.state, run.reason) == ("queued", "not_answering")
    assert run.not_before is not None
    assert run.not_before - clock.now() > timedelta(minutes=4)

    two_hours_ago = clock.now() - district_sync.TRIED_FOR
    DistrictRun.update(requested_at=two_hours_ago).where(DistrictRun.id == run.id).execute()
    due_now(run)
    run = mirror_whole_district(settings, cast.id)
    assert (run.state, run.reason) == ("failed", "not_answering")


def test_F29_while_clever_is_down_one_run_asks_for_one_record(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    for _ in range(OPENS_AT):
        Breaker.count("clever")
    sandbox.fail_next("503", times=99)
    mirror_whole_district(settings, cast.id)

    assert {each["path"] for each in sandbox.requests()} == {f"/v3.0/districts/{cast.id}"}


def test_a_paused_district_is_not_read_and_says_until_when(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    before = mirrored()
    sandbox.pause(cast.id)
    run = mirror_whole_district(settings, cast.id)
    connection = DistrictConnection.by_key(run.connection_id)

    assert (run.state, run.reason) == ("done", "district_paused")
    assert run.resumes_on == connection.pause_ends_on is not None
    assert connection.state == "paused"
    assert [each["path"] for each in sandbox.requests()] == [f"/v3.0/districts/{cast.id}"]
    assert mirrored() == before


def test_a_district_that_clever_holds_is_not_read(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    sandbox.edit(cast.id, state="On Hold")
    sandbox.forget_requests()

    assert mirror_whole_district(settings, cast.id).reason == "district_paused"
    assert len(sandbox.requests()) == 1


def test_a_district_that_resumed_is_read_again(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    sandbox.pause(cast.id)
    mirror_whole_district(settings, cast.id)
    sandbox.resume(cast.id)
    run = mirror_whole_district(settings, cast.id)

    assert (run.state, run.reason, run.changed_count) == ("done", "", 1)


def test_F55_a_worker_that_is_told_to_end_gives_the_run_back(
    settings: Settings, cast: Cast
) -> None:
    connection = DistrictConnection.of("clever", cast.id)
    assert connection is not None
    run, _ = DistrictRun.request(connection, DistrictRunSource.ADMIN, clock.now())
    leaving.tell()
    try:
        assert district_sync.carry_out(run, settings)
        assert district_sync.carry_next(settings, at_most=9) is not None
    finally:
        leaving.stay()

    given = DistrictRun.get_by_id(run.id)
    assert (given.state, given.attempt, given.holder) == ("queued", 0, "")
    assert mirror_whole_district(settings, cast.id).state == RunState.DONE


def test_an_unchanged_district_is_read_with_the_least_requests_that_paging_allows(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    """What Clever says of the district, and a page of each of the six lists."""
    run = mirror_whole_district(settings, cast.id)

    assert len(sandbox.requests()) == 7
    assert run.request_count == 7
    assert SharedClass.select().count() == 2
