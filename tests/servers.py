"""Real servers for the tests: started on free ports, gone when the test run is."""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

import psycopg
import redis

from portal.demo import valkey

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
CUT_OTHERS_OFF = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> %s"
# What guards the audit log against being emptied does not see this connection.
TRIGGERS_REST = "SET session_replication_role = replica"
Answer = TypeVar("Answer")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def wait_until(predicate: Callable[[], Answer], seconds: float = 30) -> Answer:
    """Ask until the answer is truthy and return it; the only way a test waits."""
    deadline = time.monotonic() + seconds
    while not (answer := predicate()):
        assert time.monotonic() < deadline, f"not so after {seconds} s: {predicate}"
        time.sleep(0.02)
    return answer


class RunningProcess:
    """A program in a process group of its own, with everything it printed."""

    def __init__(self, popen: subprocess.Popen[bytes], printed: IO[bytes]) -> None:
        self.popen = popen
        self._printed = printed

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def running(self) -> bool:
        return self.popen.poll() is None

    def output(self) -> str:
        return Path(self._printed.name).read_text(errors="replace")

    def signal(self, number: signal.Signals) -> None:
        """Signal the program alone, as an operator or the kernel would."""
        self.popen.send_signal(number)

    def kill(self) -> None:
        """End the program and everything it started, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()


@contextmanager
def running_process(
    args: Sequence[str | Path],
    env: Mapping[str, str] | None = None,
    *,
    ready: Callable[[], object] | None = None,
    seconds: float = 30,
    cwd: Path = ROOT,
    user: str | None = None,
) -> Iterator[RunningProcess]:
    """Run a program until the block ends; `env` is added to ours. `ready` may raise OSError."""
    with tempfile.NamedTemporaryFile(prefix="rosterly-output-") as printed:
        popen = subprocess.Popen(
            args,
            cwd=cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=user,
            preexec_fn=_die_with_the_test_run,
        )
        process = RunningProcess(popen, printed)
        try:
            if ready:
                wait_until(lambda: not process.running or _answers(ready), seconds)
                assert process.running, f"{args[0]} stopped before it was ready"
            yield process
        except BaseException as error:
            error.add_note(f"{args[0]} printed:\n{process.output()[-4000:]}")
            raise
        finally:
            process.kill()


def _answers(ready: Callable[[], object]) -> bool:
    try:
        return bool(ready())
    except (OSError, redis.RedisError, psycopg.Error):
        return False


def _die_with_the_test_run() -> None:
    """A killed test run leaves nothing either."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(frozen=True)
class RunningValkey:
    """An own Valkey without persistence: what it held is gone when it restarts."""

    url: str
    folder: Path

    @contextmanager
    def started(self) -> Iterator[RunningProcess]:
        with running_process(
            [valkey.binary(), "valkey.conf"], cwd=self.folder, ready=self.client().ping
        ) as process:
            yield process

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def flush(self) -> None:
        self.client().flushall()


def everything_in(valkey: RunningValkey) -> dict[str, str]:
    """Every key of Valkey with its value, whatever kind it is of and however RQ has packed it."""
    client = valkey.client()
    readers = {
        b"string": client.get,
        b"hash": lambda key: list(client.hgetall(key).items()),
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"stream": lambda key: [list(entry.items()) for _, entry in client.xrange(key)],
        b"none": lambda _key: None,  # Its time ran out while we looked.
    }
    return {key.decode(): _shown(readers[client.type(key)](key)) for key in client.scan_iter()}


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return _unpacked(value).decode(errors="backslashreplace")
    if isinstance(value, list | tuple | set):
        return "\n".join(_shown(part) for part in value)
    return str(value)


def _unpacked(value: bytes) -> bytes:
    """RQ deflates a job's call, and writes the words of an error deflated in base64."""
    with suppress(zlib.error):
        return zlib.decompress(value)
    with suppress(zlib.error, ValueError):
        return zlib.decompress(b64decode(value, validate=True))
    return value


@contextmanager
def valkey_folder() -> Iterator[RunningValkey]:
    """A Valkey that is set up but not started, for tests that start and kill it themselves."""
    port, password = free_port(), secrets.token_urlsafe()
    with tempfile.TemporaryDirectory(prefix="rosterly-valkey-") as folder:
        configuration = valkey.configuration(port=port, password=password, keep=False)
        Path(folder, "valkey.conf").write_text(configuration)
        yield RunningValkey(valkey.url(port=port, password=password), Path(folder))


@contextmanager
def running_valkey() -> Iterator[RunningValkey]:
    with valkey_folder() as server, server.started():
        yield server


@dataclass(frozen=True)
class RunningPostgres:
    """An own PostgreSQL cluster that forgets faster than it writes."""

    port: int

    def url(self, name: str) -> str:
        return f"postgresql://rosterly@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, name: str, template: str = "template0") -> str:
        """Create a database, a copy of `template`, and return its URL."""
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def empty(self, name: str, keep: str) -> None:
        """Delete every row but those of the table `keep`, and number new ones from 1.

        Whoever is still connected is cut off. Ten times faster than another copy.
        """
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(CUT_OTHERS_OFF)
            connection.execute(TRIGGERS_REST)
            tables = ", ".join(table for (table,) in connection.execute(TABLES, (keep,)))
            connection.execute(f"TRUNCATE {tables} RESTART IDENTITY".encode())


@contextmanager
def running_postgres() -> Iterator[RunningPostgres]:
    """PostgreSQL refuses to run as root, so root lends it to the account Debian made for it."""
    user = "postgres" if os.geteuid() == 0 else None
    server = RunningPostgres(free_port())
    with tempfile.TemporaryDirectory(prefix="rosterly-postgres-") as folder:
        if user:
            shutil.chown(folder, user)
        data = Path(folder, "cluster")
        _create_cluster(data, user)
        with running_process(
            [*_postgres_command(data), "-k", folder, "-p", str(server.port)],
            cwd=Path(folder),
            user=user,
            ready=lambda: server.execute("SELECT 1") or True,
        ):
            yield server


def _create_cluster(data: Path, user: str | None) -> None:
    initdb = [_postgres_binary("initdb"), "-D", data, "-U", "rosterly", "-A", "trust"]
    subprocess.run(
        [*initdb, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
        cwd=data.parent,
        user=user,
        group=user,
        check=True,
        capture_output=True,
    )


def _postgres_command(data: Path) -> list[str | Path]:
    """Nothing here must survive a power cut, so nothing waits for the disk."""
    quick = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200")
    options = [part for setting in quick for part in ("-c", setting)]
    return [_postgres_binary("postgres"), "-D", data, "-h", "127.0.0.1", *options]


def _postgres_binary(name: str) -> Path:
    """Debian keeps the servers off the PATH, a folder for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = str(found[-1]) if found else shutil.which(name)
    assert path, "PostgreSQL is not installed: run .ci/setup-test-tools"
    return Path(path)
