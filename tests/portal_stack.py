"""The whole portal as it runs in production: real processes, beside a sandbox Clever of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx

from portal import database
from tests.audit_log import unguarded
from tests.sandbox_clever import RunningSandbox, local_client
from tests.servers import ROOT, RunningProcess, free_port, running_process, wait_until

CALLBACK = "/sign-in/clever/callback"
PYTHON = (sys.executable, "-m")
PROGRAMS: dict[str, tuple[str, ...]] = {
    "web": (*PYTHON, "gunicorn", "wsgi:app", "--workers", "2"),
    "worker-1": (*PYTHON, "jobs.worker"),
    "worker-2": (*PYTHON, "jobs.worker"),
    "scheduler": (*PYTHON, "jobs.scheduler"),
}
ZONE = "America/New_York"  # the portal's own, where no other is set
MIGRATIONS = "schema_migration"  # which have run; these stay


class RunningPortal:
    """`web`, `worker-1`, `worker-2` and `scheduler`, each started, killed and restarted by name.

    `sandbox` is the Clever it reads; `env` is what every program runs with.
    """

    def __init__(self, url: str, sandbox: RunningSandbox, env: dict[str, str]) -> None:
        self.url = url
        self.sandbox = sandbox
        self.env = env
        self._running: dict[str, tuple[RunningProcess, ExitStack]] = {}

    def start(self, name: str) -> None:
        """Start a program; the web server has answered `/healthz` when this returns."""
        command, stack = PROGRAMS[name], ExitStack()
        if name == "web":
            command += ("--bind", f"127.0.0.1:{urlsplit(self.url).port}")
        ready = self._answers if name == "web" else None
        process = stack.enter_context(running_process(command, self.env, ready=ready))
        self._running[name] = process, stack

    def kill(self, name: str) -> None:
        """End a program with everything it started, at once, as a power cut would."""
        process, stack = self._running.pop(name)
        for pid in descendants(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        stack.close()

    def stop(self, name: str) -> None:
        """Ask a program to end, as a deploy would, and wait until it has."""
        process, stack = self._running.pop(name)
        process.signal(signal.SIGTERM)
        wait_until(lambda: not process.running, seconds=30)
        stack.close()

    def restart(self, name: str) -> None:
        self.kill(name)
        self.start(name)

    def process(self, name: str) -> RunningProcess:
        """For its pid, its output, and signals of one's own choice."""
        return self._running[name][0]

    def kill_all(self) -> None:
        for name in list(self._running):
            self.kill(name)

    def inspect(self) -> Any:
        """What the portal holds, as its operator sees it: ids, states and counts, no names."""
        return json.loads(self.flask("inspect", "--json"))

    def flask(self, *arguments: str) -> str:
        """Run an operator's command and return what it printed."""
        return subprocess.run(
            [*PYTHON, "flask", "--app", "wsgi", *arguments],
            cwd=ROOT,
            env={**os.environ, **self.env},
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        ).stdout

    def execute(self, sql: str, *parameters: object) -> None:
        """Change the tables directly, for states that take days or luck to reach."""
        with self.tables():
            database.execute(sql, parameters)

    def forget_everything(self) -> None:
        """Empty every table and set Clever back to its first day; the programs stay up."""
        self.sandbox.reset()
        with self.tables():
            empty_tables()

    @contextmanager
    def tables(self) -> Iterator[None]:
        """Its tables, open in this process."""
        database.init(self.env["DATABASE_URL"])
        try:
            with database.db.connection_context():
                yield
        finally:
            database.close()

    def _answers(self) -> bool:
        try:
            with local_client(self.url) as client:
                return client.get("/healthz").is_success
        except httpx.TransportError:
            return False


@contextmanager
def running_portal(
    folder: Path, redis_url: str, database_url: str = "", **settings: str
) -> Iterator[RunningPortal]:
    """The stack until the block ends; `settings` are the portal's own, as in its environment.

    Without a `database_url` it makes an SQLite file in `folder`.
    """
    url = f"http://localhost:{free_port()}"
    with RunningSandbox(folder, redirect_uris=url + CALLBACK, oidc=1) as sandbox:
        env = {
            "PORTAL_URL": url,
            "SECRET_KEY": "a-secret-for-tests-that-is-long-enough",
            "DATABASE_URL": database_url or f"sqlite:///{folder / 'portal.sqlite3'}",
            "REDIS_URL": redis_url,
            "CLEVER_CLIENT_ID": sandbox.client_id,
            "CLEVER_CLIENT_SECRET": sandbox.client_secret,
            "CLEVER_AUTH_URL": sandbox.url,
            "CLEVER_API_URL": sandbox.url,
            "SANDBOX_URL": sandbox.url,
            "MAIL_FOLDER": str(folder / "mail"),
            "DISCOVERY_MINUTES": "0",
            "EVENTS_MINUTES": "0",
            "NIGHTLY_AT": in_twelve_hours(),
        } | settings
        portal = RunningPortal(url, sandbox, env)
        portal.flask("migrate")
        try:
            for name in PROGRAMS:
                portal.start(name)
            yield portal
        finally:
            portal.kill_all()


def in_twelve_hours() -> str:
    """A time of day for what must not begin by itself while tests run."""
    return (datetime.now(ZoneInfo(ZONE)) + timedelta(hours=12)).strftime("%H:%M")


def descendants(pid: int) -> list[int]:
    """A program's children and theirs: RQ gives every job a process group of its own."""
    children = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            children += [int(child) for child in listed.read_text().split()]
    return children + [deeper for child in children for deeper in descendants(child)]


def empty_tables() -> None:
    """Delete every row of the database at hand; which migrations have run stays known."""
    tables = [name for name in database.db.get_tables() if name != MIGRATIONS]
    if database.is_postgresql():
        with unguarded():
            database.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        return
    database.execute("PRAGMA foreign_keys = OFF")
    with database.db.atomic(), unguarded():
        for name in tables:
            database.execute(f"DELETE FROM {name}")
    database.execute("PRAGMA foreign_keys = ON")
