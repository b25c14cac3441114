"""All workers of a token stay below Clever's limit together (clever-platform.md 3.8, F26)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from portal import districts, pacing
from portal.models.districts import DistrictConnection
from portal.pacing import PREFIX, Pace
from portal.providers.base import FailureReason, ProviderError
from portal.providers.http import ApiReader, ReadLimits
from portal.settings import Settings
from tests.districts.whole import mirror_whole_district
from tests.healthy_district import DISTRICT
from tests.hostile_clever import hostile_clever
from tests.sandbox_clever import RunningSandbox
from tests.servers import RunningValkey, everything_in, free_port, wait_until

KEY, TOKEN = "a-key", "0123456789abcdef"


def pace(valkey: RunningValkey, most: int = 5, window_seconds: float = 60.0) -> Pace:
    return Pace(valkey.url, KEY, most, window_seconds)


def taken(of: Pace, token: str = TOKEN) -> int:
    """How many of twenty requests find a place at once."""
    room = of.room(token)
    return sum(room() == 0 for _ in range(20))


def test_so_many_requests_and_no_more_for_each_token(empty_valkey: RunningValkey) -> None:
    assert taken(pace(empty_valkey)) == 5
    assert taken(pace(empty_valkey), "another token") == 5


def test_workers_count_together(empty_valkey: RunningValkey) -> None:
    workers = [pace(empty_valkey, most=50) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        places = list(pool.map(taken, workers))

    assert sum(places) == 50


def test_who_finds_no_place_is_told_how_long_to_wait(empty_valkey: RunningValkey) -> None:
    room = pace(empty_valkey, most=1, window_seconds=0.3).room(TOKEN)
    assert room() == 0
    seconds = room()

    assert 0 < seconds <= 0.3
    wait_until(lambda: room() == 0, 5)


def test_no_minute_holds_too_many_wherever_it_begins(empty_valkey: RunningValkey) -> None:
    """Clever's windows begin when it likes: two full ones of ours may not touch inside one."""
    room = pace(empty_valkey, most=3, window_seconds=0.4).room(TOKEN)
    moments: list[float] = []
    while len(moments) < 12:
        if room() == 0:
            moments.append(time.monotonic())

    spans = [later - earlier for earlier, later in zip(moments, moments[3:], strict=False)]
    assert min(spans) > 0.4 * 0.97


def test_v03_redis_holds_a_digest_for_as_long_as_it_counts(empty_valkey: RunningValkey) -> None:
    taken(pace(empty_valkey))
    held = everything_in(empty_valkey)

    assert [key.startswith(PREFIX) for key in held] == [True]
    assert TOKEN not in str(held)
    assert 0 < empty_valkey.client().pttl(next(iter(held))) <= 60_000


def test_f4_without_redis_a_worker_keeps_to_a_share_of_its_own() -> None:
    away = Pace(f"redis://127.0.0.1:{free_port()}/0", KEY, most=20)

    assert taken(away) == 5
    assert 59 < away.room(TOKEN)() <= 60


def test_a_job_waits_for_its_place_and_tells_how_long() -> None:
    told: list[datetime | None] = []
    answers = iter([0.05, 0.0])
    with (
        hostile_clever() as clever,
        ApiReader(
            clever.origin,
            None,
            ReadLimits(),
            lambda _read, _listed, waiting_until=None: told.append(waiting_until),
            lambda: next(answers),
        ) as reader,
    ):
        reader.get(reader.url(f"/v3.0/districts/{DISTRICT}"))

    assert any(told)
    assert len(clever.hits) == 1


def test_a_page_view_does_not_wait_and_asks_nothing() -> None:
    with (
        hostile_clever() as clever,
        ApiReader(clever.origin, None, ReadLimits.for_a_page_view(), None, lambda: 30.0) as reader,
        pytest.raises(ProviderError) as raised,
    ):
        reader.get(reader.url(f"/v3.0/districts/{DISTRICT}"))

    assert raised.value.reason is FailureReason.SLOW_DOWN
    assert raised.value.retry_at is not None
    assert clever.hits == []


def test_every_request_with_a_district_token_takes_a_place(
    settings: Settings, sandbox: RunningSandbox, empty_valkey: RunningValkey
) -> None:
    mirror_whole_district(settings, sandbox.cast().id)
    teacher = sandbox.cast().teachers["Maria Rivera"]
    districts.read_teacher_classes(settings, sandbox.cast().id, teacher)

    asked = [each for each in sandbox.requests() if each["token_kind"] == "district"]
    (places,) = empty_valkey.client().keys(f"{PREFIX}:*")
    assert empty_valkey.client().llen(places) == len(asked) > 10


def test_a_run_whose_token_has_no_place_for_long_comes_back_later(
    settings: Settings, sandbox: RunningSandbox, empty_valkey: RunningValkey
) -> None:
    """Its worker does something else meanwhile, and the district's other jobs do not ask."""
    mirror_whole_district(settings, sandbox.cast().id)
    (places,) = empty_valkey.client().keys(f"{PREFIX}:*")
    in_an_hour = int((time.time() + 3600) * 1000)
    empty_valkey.client().lpush(places, *[in_an_hour] * pacing.MOST)
    sandbox.forget_requests()
    run = mirror_whole_district(settings, sandbox.cast().id)

    assert (run.state, run.reason) == ("queued", FailureReason.SLOW_DOWN)
    assert run.not_before == DistrictConnection.by_key(run.connection_id).rests_until is not None
    assert sandbox.requests() == []


def test_our_limit_is_below_clevers() -> None:
    assert pacing.MOST < 1_200


def test_workers_in_a_hurry_never_meet_clevers_own_limit(
    sandbox: RunningSandbox, empty_valkey: RunningValkey
) -> None:
    """They ask until they are told to wait; Clever itself counts them too."""
    token = sandbox.district_token()

    def hurry(_worker: int) -> FailureReason:
        room = Pace(empty_valkey.url, KEY).room(token)
        bearer, quick = f"Bearer {token}", ReadLimits.for_a_page_view()
        while True:
            try:
                with ApiReader(sandbox.url, bearer, quick, None, room) as reader:
                    for _ in range(50):
                        reader.get(reader.url("/v3.0/districts"))
            except ProviderError as error:
                return error.reason

    sandbox.forget_requests()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(hurry, range(4))) == {FailureReason.SLOW_DOWN}
    assert {each["status"] for each in sandbox.requests()} == {200}
    assert len(sandbox.requests()) == pacing.MOST
