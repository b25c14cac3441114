"""Counts hold with Redis, without it, and when it comes back (trust.md F4, R4, V03)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from portal import rate_limiting
from portal.rate_limiting import PREFIX, Counters, Rate
from tests.faults.parts import frozen
from tests.servers import RunningValkey, everything_in, free_port, valkey_folder, wait_until

THREE = Rate("tests", 3, timedelta(minutes=10))
BRIEF = Rate("brief", 1, timedelta(seconds=1))
EMAIL = "zoe@canary.example"
NOWHERE = "redis://127.0.0.1:{port}/0"


@pytest.fixture
def counters(empty_valkey: RunningValkey) -> Counters:
    return Counters(empty_valkey.url, "a-key")


@pytest.fixture
def mortal() -> Iterator[RunningValkey]:
    """A Valkey that the test starts and kills."""
    with valkey_folder() as server:
        yield server


def spent(counters: Counters, *key: str) -> int:
    """How many more times there was room for."""
    return sum(counters.spend(THREE, *key) for _ in range(10))


def test_so_many_times_and_no_more(counters: Counters) -> None:
    assert spent(counters, EMAIL) == 3
    assert spent(counters, "somebody else") == 3


def test_looking_counts_nothing_and_says_how_long(counters: Counters) -> None:
    assert counters.wait(THREE, EMAIL) == 0
    assert spent(counters, EMAIL) == 3
    assert 590 < counters.wait(THREE, EMAIL) <= 600


def test_there_is_room_again_when_the_window_has_moved_on(counters: Counters) -> None:
    assert counters.spend(BRIEF, EMAIL)
    assert counters.wait(BRIEF, EMAIL) == 1
    wait_until(lambda: counters.spend(BRIEF, EMAIL), 5)


def test_two_processes_count_together(counters: Counters, empty_valkey: RunningValkey) -> None:
    other = Counters(empty_valkey.url, "a-key")

    assert spent(counters, EMAIL) == 3
    assert spent(other, EMAIL) == 0


def test_parts_of_a_key_do_not_run_into_each_other(counters: Counters) -> None:
    assert spent(counters, "ab", "c") == spent(counters, "a", "bc") == 3


def test_v03_redis_holds_digests_for_a_day_at_most(
    counters: Counters, empty_valkey: RunningValkey
) -> None:
    counters.spend(Rate("daily", 5, timedelta(days=1)), EMAIL)
    held, client = everything_in(empty_valkey), empty_valkey.client()

    assert all(key.startswith(f"{PREFIX}:daily/") for key in held)
    assert EMAIL not in str(held)
    assert [0 < client.ttl(key) <= 86_400 for key in held] == [True]


def test_v03_who_reads_redis_cannot_guess_whom_a_digest_stands_for(
    counters: Counters, empty_valkey: RunningValkey
) -> None:
    counters.spend(THREE, "192.0.2.1")
    (ours,) = everything_in(empty_valkey)
    Counters(empty_valkey.url, "another-key").spend(THREE, "192.0.2.1")

    assert len(everything_in(empty_valkey)) == 2
    assert "192.0.2.1" not in ours


def test_f4_without_redis_this_process_counts_for_itself() -> None:
    counters = Counters(NOWHERE.format(port=free_port()), "a-key")

    assert spent(counters, EMAIL) == 3
    assert 590 < counters.wait(THREE, EMAIL) <= 600


def test_r4_a_redis_that_is_away_is_not_asked_at_every_request() -> None:
    counters = Counters(NOWHERE.format(port=free_port()), "a-key")
    began = time.monotonic()
    spent(counters, EMAIL)

    assert time.monotonic() - began < 1


def test_r4_a_redis_that_hangs_holds_up_one_request_for_a_moment(mortal: RunningValkey) -> None:
    counters = Counters(mortal.url, "a-key")
    with mortal.started() as process, frozen(process.pid):
        began = time.monotonic()
        assert spent(counters, EMAIL) == 3

    assert time.monotonic() - began < 2


def test_f4_a_redis_that_dies_and_comes_back_is_asked_again(
    mortal: RunningValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limiting, "AWAY_SECONDS", 0.2)
    counters = Counters(mortal.url, "a-key")
    with mortal.started():
        counters.spend(THREE, EMAIL)
        assert len(everything_in(mortal)) == 1
    assert spent(counters, EMAIL) == 3  # Killed: counted in memory.

    with mortal.started():
        wait_until(lambda: counters.spend(THREE, EMAIL), 5)
        assert len(everything_in(mortal)) == 1
