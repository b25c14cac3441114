"""The one database, SQLite or PostgreSQL, and how it is written to."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from peewee import (
    Database,
    DatabaseProxy,
    IntegrityError,
    InterfaceError,
    OperationalError,
    PostgresqlDatabase,
    SqliteDatabase,
)
from playhouse.migrations import Runner
from playhouse.pool import PooledPostgresqlDatabase
from psycopg.errors import DiskFull, ForeignKeyViolation, UniqueViolation

MIGRATIONS = Path(__file__).with_name("migrations")
MIGRATION_LOCK = 7_305_001
LOCK_WAIT_SECONDS = 15
WRITE_TRIES = 5

Result = TypeVar("Result")

db = DatabaseProxy()
_held_open: list[SqliteDatabase] = []


def init(url: str) -> None:
    """Point `db` at `sqlite:///path` or `postgresql://…`; connections open on first use."""
    db.initialize(_database_at(url))


def stay_open() -> None:
    """Hold SQLite's files open for as long as this process lives; for servers, after forking.

    Each time the last connection of all closes, SQLite moves its log into the file and waits for
    the disk: on a quiet evening, at the end of every request. This one never asks for anything
    again, so it is in nobody's way.
    """
    if not is_postgresql():
        held = _sqlite(db.obj.database)
        held.execute_sql("SELECT 1 FROM sqlite_master").fetchall()  # type: ignore[no-untyped-call]
        _held_open.append(held)


@contextmanager
def connected() -> Iterator[None]:
    """A connection for as long as the block, given back at its end.

    peewee's own context forgets that it is one when `write` changes a connection that was lost
    (F18), and fails at its end with all the work done.
    """
    db.connect(reuse_if_open=True)
    try:
        yield
    finally:
        if not db.is_closed():
            db.close()


def close() -> None:
    """Close this thread's connection and every idle one."""
    if not db.is_closed():
        db.close()
    if isinstance(db.obj, PooledPostgresqlDatabase):
        db.obj.close_all()


def migrate() -> list[str]:
    """Bring the schema up to date and return the names of the migrations that ran.

    Safe to run from many processes at once: the first one to get the lock does the work.
    """
    with db.connection_context() if db.is_closed() else _nothing():
        runner = Runner(db.obj, str(MIGRATIONS))
        if not _pending(runner):
            return []
        with db.atomic():
            if is_postgresql():
                db.execute_sql("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
            return list(runner.up())


def is_postgresql() -> bool:
    return isinstance(db.obj, PostgresqlDatabase)


def write(step: Callable[[], Result]) -> Result:
    """Run `step` in one short transaction and return its result; it must be safe to run again.

    SQLite takes its write lock at the start (trust.md D1). What another writer's timing can cause
    (a lock, a deadlock, a row that came or went first) and a connection that was lost are tried
    again, up to five times (F18, F19).
    """
    for last_try in (False,) * (WRITE_TRIES - 1) + (True,):
        try:
            with db.atomic():
                return step()
        except (OperationalError, InterfaceError, IntegrityError) as error:
            if last_try or db.in_transaction() or not _may_pass(error):
                raise
            if is_postgresql():
                db.close()  # A lost connection would fail for ever; a sound one is pooled.
            time.sleep(random.uniform(0.01, 0.1))
    raise AssertionError("unreachable")


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read in the block is as it was at one moment; nothing may be written there."""
    if not is_postgresql():
        with db.atomic("DEFERRED"):
            yield
        return
    with db.atomic():
        db.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def is_out_of_space(error: BaseException) -> bool:
    """Whether a disk was full, however the driver wrapped it (F16, trust.md D2)."""
    chain = _chain(error)
    return any(isinstance(each, DiskFull) or "disk is full" in str(each) for each in chain)


def rows(records: Iterable[Iterable[Any]]) -> tuple[str, str]:
    """A FROM item over many records as one parameter: `(sql, parameter)`.

    Each record's fields are read as `r.value->>0`, `r.value->>1` … in both databases, so that a
    statement takes any number of records without growing (performance.md, goal 9).
    """
    parameter = json.dumps([list(record) for record in records], ensure_ascii=False)
    if is_postgresql():
        return "jsonb_array_elements(?::jsonb) AS r(value)", parameter
    return "json_each(?) AS r", parameter


def execute(sql: str, parameters: Iterable[Any] = ()) -> Any:
    """Run one statement written with `?` placeholders in either database; returns its cursor."""
    return db.execute_sql(sql.replace("?", "%s") if is_postgresql() else sql, tuple(parameters))


def execute_many(sql: str, records: Sequence[Sequence[Any]]) -> None:
    """Run one statement for each of many records: on the bare driver, ten times peewee's pace."""
    if records:
        db.cursor().executemany(sql.replace("?", "%s") if is_postgresql() else sql, records)


def insert_many(table: str, columns: Sequence[str], records: Sequence[Sequence[Any]]) -> None:
    """Insert rows that are not there yet, as fast as the database takes them."""
    if not records:
        return
    names = ", ".join(columns)
    if is_postgresql():
        with db.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for record in records:
                copy.write_row(record)
    else:
        marks = ", ".join("?" * len(columns))
        execute_many(f"INSERT INTO {table} ({names}) VALUES ({marks})", records)


def clock_sql() -> str:
    """SQL for the database's own clock in microseconds: leases trust no other (F53)."""
    if is_postgresql():
        return "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
    return "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"


def _may_pass(error: BaseException) -> bool:
    """Whether trying again can help: of broken constraints, that a row came or went just before.

    On SQLite rows do not go while we write: we hold the lock from the start.
    """
    if not isinstance(error, IntegrityError):
        return not is_out_of_space(error)
    return any(
        isinstance(each, UniqueViolation | ForeignKeyViolation) or "UNIQUE constraint" in str(each)
        for each in _chain(error)
    )


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found


def _database_at(url: str) -> Database:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path)[1:])
    if parts.scheme in ("postgres", "postgresql"):
        pooled: Database = PooledPostgresqlDatabase(
            url, prefer_psycopg3=True, max_connections=32, stale_timeout=300, timeout=10
        )
        return pooled
    raise ValueError("DATABASE_URL must start with sqlite:/// or postgresql://")


def _sqlite(path: str) -> SqliteDatabase:
    if not os.path.exists(path):
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    return SqliteDatabase(
        path,
        pragmas={"journal_mode": "wal", "foreign_keys": 1, "synchronous": 1},
        timeout=LOCK_WAIT_SECONDS,
        lock_type="IMMEDIATE",
    )


def _pending(runner: Runner) -> bool:
    return any(migration.path and not migration.applied for migration in runner.status())


class _nothing:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...
