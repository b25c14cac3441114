"""What the tests stand on: a real Valkey, both databases, and the sandbox Clever."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs import queue
from portal import database as portal_database
from tests.log_lines import lines as lines
from tests.portal_stack import MIGRATIONS
from tests.sandbox_clever import RunningSandbox
from tests.servers import RunningPostgres, RunningValkey, running_postgres, running_valkey
from tests.stacks import running_stack as running_stack
from tests.stacks import stack as stack


@pytest.fixture(scope="session")
def valkey() -> Iterator[RunningValkey]:
    with running_valkey() as server:
        yield server


@pytest.fixture(scope="session")
def valkey_url(valkey: RunningValkey) -> str:
    return valkey.url


@pytest.fixture
def empty_valkey(valkey: RunningValkey) -> RunningValkey:
    """The same server with nothing in it: no job of another test."""
    valkey.flush()
    return valkey


@pytest.fixture(scope="session")
def own_valkey() -> Iterator[RunningValkey]:
    """No other: the workers of a portal that runs beside these tests would take the jobs."""
    with running_valkey() as server:
        yield server


@pytest.fixture
def valkey_of_the_queue(own_valkey: RunningValkey) -> RunningValkey:
    """An empty queue in this process, at which nobody works."""
    own_valkey.flush()
    queue.init(own_valkey.url)
    return own_valkey


@pytest.fixture(scope="session")
def postgres() -> Iterator[RunningPostgres]:
    """PostgreSQL with a migrated, empty database to copy."""
    with running_postgres() as server:
        migrate(server.create("migrated"))
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "portal.sqlite3"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'portal.sqlite3')}"


@pytest.fixture(scope="session")
def lent_postgres_url(postgres: RunningPostgres) -> str:
    """The database that one test after the other is lent."""
    return postgres.create("lent", template="migrated")


@pytest.fixture
def postgres_url(postgres: RunningPostgres, lent_postgres_url: str) -> str:
    postgres.empty("lent", keep=MIGRATIONS)
    return lent_postgres_url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of either kind: the test runs once on each."""
    fixture = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[str]:
    """The same, opened in this process."""
    portal_database.init(database_url)
    yield database_url
    portal_database.close()


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with RunningSandbox(tmp_path_factory.mktemp("sandbox")) as server:
        yield server


@pytest.fixture
def sandbox(running_sandbox: RunningSandbox) -> RunningSandbox:
    """The make-believe Clever with its district as first made, and no fault planned."""
    running_sandbox.reset()
    return running_sandbox


def migrate(url: str) -> None:
    portal_database.init(url)
    portal_database.migrate()
    portal_database.close()
