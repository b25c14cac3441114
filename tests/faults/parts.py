"""The parts of a running portal that a test kills, freezes and holds up."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg

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

    def freeze(self) -> None:
        """It takes connections and answers nothing."""
        assert self._process
        self._process.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.signal(signal.SIGCONT)

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
        for name in ("web", *WORKERS, "scheduler"):
            if not self._runs(name):
                self.portal.start(name)
        self.portal.forget_everything()

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

    def _children(self, name: str) -> list[int]:
        return descendants(self.portal.process(name).pid)

    def _runs(self, name: str) -> bool:
        try:
            return self.portal.process(name).running
        except KeyError:
            return False


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
    if database_url.startswith("sqlite"):
        connection = sqlite3.connect(urlsplit(database_url).path[1:], isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
    else:
        connection = psycopg.connect(database_url)
        connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE".encode())
    try:
        yield
    finally:
        connection.rollback()
        connection.close()
