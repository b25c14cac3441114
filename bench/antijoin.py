"""PostgreSQL's own way: COPY everything into temporary tables, then join for what differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench import mirror_rows
from bench.mirror_rows import COLUMNS, KEYS, OWN, TABLES

LINKS = {"class_students", "class_teachers"}


def put(bare: Any, key: int, pages: Iterator[tuple[str, Any]]) -> None:
    """In one transaction, as a script that keeps a table in step would."""
    cursor = bare.cursor()
    for table in COLUMNS:
        names = ("class_id", *COLUMNS[table][1:]) if table in LINKS else COLUMNS[table]
        kinds = ", ".join(f"{name} {_kind(name)}" for name in names)
        cursor.execute(f"CREATE TEMP TABLE new_{table} ({kinds}) ON COMMIT DROP")
    for path, page in pages:
        _copy(cursor, TABLES[path], mirror_rows.rows_of(path, page, key))
        _copy(cursor, "shared_places", mirror_rows.places_of(path, page, key))
        if path == "/sections":
            own = {one["id"]: one["id"] for one in page}
            _copy(cursor, "class_students", mirror_rows.students_of(page, own))
            _copy(cursor, "class_teachers", mirror_rows.teachers_of(page, own))
    for table in COLUMNS:
        _merge(cursor, table)
    bare.commit()


def _copy(cursor: Any, table: str, rows: list[Any]) -> None:
    with cursor.copy(f"COPY new_{table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _merge(cursor: Any, table: str) -> None:
    source = f"new_{table}"
    cursor.execute(f"ANALYZE {source}")
    if table in LINKS:
        rest = "".join(f", n.{name}" for name in COLUMNS[table][1:])
        source = f"(SELECT c.id AS shared_class_id{rest} FROM {source} n"
        source += " JOIN shared_classes c ON c.sourced_id = n.class_id)"
    same = " AND ".join(f"t.{name} = n.{name}" for name in KEYS[table])
    values = [name for name in COLUMNS[table] if name not in (*OWN, *KEYS[table])]
    if values:
        changes = ", ".join(f"{name} = n.{name}" for name in values)
        ours, theirs = (", ".join(f"{side}.{name}" for name in values) for side in "tn")
        cursor.execute(
            f"UPDATE {table} t SET {changes} FROM {source} n WHERE {same}"
            f" AND ({ours}) IS DISTINCT FROM ({theirs})"
        )
    names = ", ".join(COLUMNS[table])
    missing = f"NOT EXISTS (SELECT 1 FROM {table} t WHERE {same})"
    cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {source} n WHERE {missing}")
    gone = f"NOT EXISTS (SELECT 1 FROM {source} n WHERE {same})"
    cursor.execute(f"DELETE FROM {table} t WHERE {gone}")


def _kind(name: str) -> str:
    if name in ("is_main", "unreadable"):
        return "BOOLEAN"
    if name in ("starts_on", "ends_on"):
        return "DATE"
    counted = name.endswith(("_count", "_at", "connection_id")) or name == "digest"
    return "BIGINT" if counted else 'TEXT COLLATE "C"'
