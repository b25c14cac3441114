"""The ground the other tests stand on holds."""

from __future__ import annotations

import os
import signal
import sys

import psycopg
import pytest
import redis

from portal.models.accounts import Account
from tests.portal_stack import MIGRATIONS
from tests.rosters import RIVERA, account_of, algebra, section_of
from tests.servers import (
    RunningPostgres,
    RunningValkey,
    running_process,
    valkey_folder,
    wait_until,
)


@pytest.mark.parametrize("time", ["first", "second"])
def test_every_database_is_migrated_writable_and_shows_nothing_of_the_test_before(
    database: str, time: str
) -> None:
    assert not Account.select().exists()
    assert section_of(algebra(), account_of(RIVERA)).id == 1


def test_a_connection_that_a_test_forgot_holds_nothing_up(
    postgres: RunningPostgres, postgres_url: str
) -> None:
    with psycopg.connect(postgres_url) as forgotten:
        forgotten.execute("LOCK TABLE accounts")
        postgres.empty("lent", keep=MIGRATIONS)
        with pytest.raises(psycopg.OperationalError):
            forgotten.execute("SELECT 1")


def test_a_test_may_ask_for_postgresql_alone(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_valkey_wants_its_password(empty_valkey: RunningValkey) -> None:
    empty_valkey.client().set("key", "value")

    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(empty_valkey.url.replace("redis://:", "redis://:no")).get("key")


def test_a_restarted_valkey_has_forgotten_everything() -> None:
    with valkey_folder() as valkey:
        with valkey.started() as process:
            valkey.client().set("key", "value")
            process.signal(signal.SIGKILL)
        with valkey.started():
            assert valkey.client().get("key") is None


def test_a_process_ends_with_all_it_started() -> None:
    program = (
        "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid); sys.stdin.read(1)"
    )
    with running_process(
        [sys.executable, "-c", f"{program}\nimport time; time.sleep(60)"]
    ) as parent:
        child = int(wait_until(parent.output))

    wait_until(lambda: not os.path.exists(f"/proc/{child}"))
