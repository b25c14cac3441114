"""The sandbox's memory: one SQLite file that threads, processes and restarts share."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from portal.sandbox.ids import IdSequence

SCHEMA = Path(__file__).with_name("schema.sql")
TABLES = (
    *("records", "members", "roles", "contact_students", "events"),
    *("codes", "tokens", "library_teachers", "rate_windows", "faults", "requests"),
)
Value = str | int | float | None


class Store:
    """One connection; every statement commits by itself unless inside `change()`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Store:
        """Connect. A make-believe district may lose its last second: nothing waits for a disk."""
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = OFF")
        return cls(connection)

    def create_tables(self) -> None:
        """Make the tables; the file of another version of this sandbox is made anew."""
        schema = SCHEMA.read_text(encoding="utf-8")
        version = crc32(schema.encode()) & 0x7FFF_FFFF
        self._connection.execute("PRAGMA journal_mode = WAL")
        with self.change():
            found = self._connection.execute("PRAGMA user_version").fetchone()[0]
            for table in (*TABLES, "settings") if found != version else ():
                self.write(f"DROP TABLE IF EXISTS {table}")
            for statement in schema.split(";\n"):
                self.write(statement)
            self.write(f"PRAGMA user_version = {version}")

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def change(self) -> Iterator[None]:
        """All or nothing, and nobody else writes meanwhile."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def rows(self, sql: str, *values: Value) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def named_rows(self, sql: str, values: Mapping[str, Value]) -> list[sqlite3.Row]:
        return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Value) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
        return found

    def write(self, sql: str, *values: Value) -> int:
        """Run one writing statement; how many rows it touched."""
        return self._connection.execute(sql, values).rowcount

    def write_many(self, sql: str, rows: Iterable[tuple[Value, ...]]) -> None:
        self._connection.executemany(sql, rows)

    def setting(self, name: str, default: str = "") -> str:
        row = self.row("SELECT value FROM settings WHERE name = ?", name)
        return str(row["value"]) if row else default

    def keep_setting(self, name: str, value: str) -> None:
        self.write("INSERT OR REPLACE INTO settings VALUES (?, ?)", name, value)

    def now(self) -> datetime:
        """The sandbox's time: the real one plus what a test moved it by."""
        return datetime.fromtimestamp(time.time() + float(self.setting("clock", "0")), UTC)

    def new_id(self) -> str:
        """An id above all earlier ones. Call inside `change()`."""
        number = int(self.setting("last_number", "0")) + 1
        self.keep_setting("last_number", str(number))
        return IdSequence("live", int(self.now().timestamp()), number).next()

    def empty(self) -> None:
        """Forget districts, tokens, faults and the request log. Call inside `change()`."""
        for table in TABLES:
            self.write(f"DELETE FROM {table}")
        self.keep_setting("clock", "0")


def timestamp(moment: datetime) -> str:
    """Clever's way to print a moment, such as 2015-08-25T00:00:00.000Z (clever-platform 3.5)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
