"""The parts of a running portal that a test kills, freezes and holds up."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from rq import Worker

from tests.portal_stack import RunningPortal, descendants
from tests.servers import RunningProcess, RunningValkey, wait_until

WORKERS = ("worker-1", "worker-2")


class KillableValkey:
    """A Valkey without persistence that can be taken away and brought back empty."""

    def __init__(self, server: RunningValkey) -> None:
        self.server = server
        self._process: RunningProcess | None = None
        self._stack = ExitStack()

    def start(self) -> None:
        self._process = self._stack.enter_context(self.server.started())

    def kill(self) -> None:
        self._stack.close()
        self._process = None

    def restart(self) -> None:
        """What it held is gone."""
        self.kill()
        self.start()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It takes connections and answers nothing until the block ends."""
        assert self._process
        with frozen(self._process.pid):
            yield

    @property
    def running(self) -> bool:
        return self._process is not None


@dataclass(frozen=True)
class Stack:
    """A whole portal with a Valkey of its own."""

    portal: RunningPortal
    valkey: KillableValkey

    @property
    def database_url(self) -> str:
        return self.portal.env["DATABASE_URL"]

    def mend(self) -> None:
        """Everything runs again, whatever a test has broken, and nothing is known."""
        if not self.valkey.running:
            self.valkey.start()
        self._forget_dead_workers()
        for name in ("web", *WORKERS, "scheduler"):
            if not self._runs(name):
                self.portal.start(name)
        self.portal.forget_everything()

    def _forget_dead_workers(self) -> None:
        """One that was killed would count as a worker for half a minute more, and so let the next
        test read one district more at a time (F58)."""
        for worker in Worker.all(connection=self.valkey.server.client()):
            if not Path(f"/proc/{worker.pid}").exists():
                worker.register_death()

    def busy_worker(self) -> str:
        """The name of the worker that is at a job now."""
        return wait_until(lambda: next(iter(self.busy_workers()), ""))

    def busy_workers(self) -> list[str]:
        return [name for name in WORKERS if self._runs(name) and self._children(name)]

    def horse(self, worker: str) -> int:
        """The process in which this worker does its job."""
        return wait_until(lambda: next(iter(self._children(worker)), 0))

    def kill_the_horse(self) -> None:
        """The process at the job dies, its worker lives."""
        os.kill(self.horse(self.busy_worker()), signal.SIGKILL)

    def kill_the_worker(self) -> str:
        """The worker at a job dies with its horse, as in a power cut; its name."""
        name = self.busy_worker()
        self.portal.kill(name)
        return name

    def web_is_at_the_tables(self) -> bool:
        """Whether a request waits for the database: in PostgreSQL's locks, or with SQLite's file
        open, which the web server only has while it answers."""
        if not is_sqlite(self.database_url):
            return writing(self.database_url)
        path = urlsplit(self.database_url).path[1:]
        return any(path in open_files(pid) for pid in self._children("web"))

    def _children(self, name: str) -> list[int]:
        return descendants(self.portal.process(name).pid)

    def _runs(self, name: str) -> bool:
        try:
            return self.portal.process(name).running
        except KeyError:
            return False


def open_files(pid: int) -> set[str]:
    with suppress(FileNotFoundError):
        return {os.readlink(file) for file in Path(f"/proc/{pid}/fd").iterdir()}
    return set()


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """The process stands still until the block ends, if it lives that long."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@contextmanager
def locked_for_writing(database_url: str, table: str) -> Iterator[None]:
    """Somebody else holds the table (SQLite: the whole file), so that every writer waits."""
    if is_sqlite(database_url):
        lock, connection = "BEGIN IMMEDIATE", sqlite_connection(database_url)
    else:
        lock, connection = f"LOCK TABLE {table} IN EXCLUSIVE MODE", psycopg.connect(database_url)
    with closing(connection):
        connection.execute(lock)
        yield
        connection.rollback()


@contextmanager
def slow_audit(database_url: str) -> Iterator[None]:
    """Whoever writes an audit row waits at it for a long while, its transaction open."""
    if not is_sqlite(database_url):
        with locked_for_writing(database_url, "audit_events"):
            yield
        return
    with closing(sqlite_connection(database_url)) as connection:
        connection.execute(SLOW_TRIGGER)
        try:
            yield
        finally:
            connection.execute("DROP TRIGGER slow_audit")


@contextmanager
def planted_bug(database_url: str, words: str) -> Iterator[None]:
    """Whoever enrolls a student meets an error that nobody expects, with these words in it."""
    kind = "sqlite" if is_sqlite(database_url) else "postgresql"
    connect = {"sqlite": sqlite_connection, "postgresql": psycopg.connect}[kind]
    with closing(connect(database_url)) as connection:
        connection.execute(PLANTS[kind].format(words=words))
        connection.commit()
        try:
            yield
        finally:
            connection.execute(PULLS[kind])
            connection.commit()


def writing(database_url: str) -> bool:
    """Whether somebody has a write lock that others wait for or would wait for."""
    if not is_sqlite(database_url):
        with psycopg.connect(database_url) as connection:
            return connection.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() == (1,)
    with closing(sqlite_connection(database_url, timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


def is_sqlite(database_url: str) -> bool:
    return database_url.startswith("sqlite")


def sqlite_connection(database_url: str, timeout: float = 15) -> sqlite3.Connection:
    path = urlsplit(database_url).path[1:]
    return sqlite3.connect(path, timeout=timeout, isolation_level=None)


# SQLite has no sleep: it counts to a number that takes it half a minute.
SLOW_TRIGGER = """
    CREATE TRIGGER slow_audit AFTER INSERT ON audit_events BEGIN
      UPDATE audit_events SET subject = subject WHERE id IN (
        WITH RECURSIVE counting(n) AS (
          SELECT 1 UNION ALL SELECT n + 1 FROM counting LIMIT 200000000)
        SELECT -COUNT(*) FROM counting);
    END
"""
PLANTS = {
    "sqlite": """
        CREATE TRIGGER planted_bug BEFORE INSERT ON enrollments BEGIN
          SELECT RAISE(ABORT, '{words}');
        END
    """,
    "postgresql": """
        CREATE FUNCTION planted_bug() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION '{words}'; END $$;
        CREATE TRIGGER planted_bug BEFORE INSERT ON enrollments
          FOR EACH ROW EXECUTE FUNCTION planted_bug();
    """,
}
PULLS = {
    "sqlite": "DROP TRIGGER planted_bug",
    "postgresql": "DROP FUNCTION planted_bug CASCADE",
}
