"""The floor of a first load: every row upserted, nothing compared, nothing removed.

Through the bare driver in one transaction, and through peewee in batches of a thousand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench import mirror_rows
from bench.mirror_rows import COLUMNS, KEYS, TABLES, Row
from portal.database import db, write
from portal.models.shared import records

BATCH = 1_000
MODELS = {
    model._meta.table_name: model
    for model in (
        *(records.SharedSchool, records.SharedTerm, records.SharedCourse, records.SharedTeacher),
        *(records.SharedStudent, records.SharedClass, records.SharedPlace),
        *(records.ClassStudent, records.ClassTeacher),
    )
}

Pages = Iterator[tuple[str, Any]]


def put(bare: Any, mark: str, key: int, pages: Pages) -> None:
    """On the bare driver's own connection, in one transaction."""
    cursor = bare.cursor()

    def upsert(table: str, rows: list[Row]) -> None:
        cursor.executemany(statement(table).replace("?", mark), rows)

    for path, page in pages:
        upsert(TABLES[path], mirror_rows.rows_of(path, page, key))
        upsert("shared_places", mirror_rows.places_of(path, page, key))
        if path == "/sections":
            keys = dict(cursor.execute("SELECT sourced_id, id FROM shared_classes").fetchall())
            upsert("class_students", mirror_rows.students_of(page, keys))
            upsert("class_teachers", mirror_rows.teachers_of(page, keys))
    bare.commit()


def put_with_peewee(key: int, pages: Pages) -> None:
    """As peewee's documentation does it: `insert_many().on_conflict()`, a batch at a time."""
    for path, page in pages:
        _upsert(TABLES[path], mirror_rows.rows_of(path, page, key))
        _upsert("shared_places", mirror_rows.places_of(path, page, key))
        if path == "/sections":
            found = db.execute_sql("SELECT sourced_id, id FROM shared_classes").fetchall()
            _upsert("class_students", mirror_rows.students_of(page, dict(found)))
            _upsert("class_teachers", mirror_rows.teachers_of(page, dict(found)))


def _upsert(table: str, rows: list[Row]) -> None:
    model, names = MODELS[table], COLUMNS[table]
    fields = [model._meta.columns[name] for name in names]
    targets = [model._meta.columns[name] for name in KEYS[table]]
    kept = [field for field in fields if field not in targets]
    for start in range(0, len(rows), BATCH):
        query = model.insert_many(rows[start : start + BATCH], fields=fields)
        query = (
            query.on_conflict(conflict_target=targets, preserve=kept)
            if kept
            else query.on_conflict_ignore()
        )
        write(query.execute)


def statement(table: str) -> str:
    columns, key = COLUMNS[table], KEYS[table]
    marks = ", ".join("?" * len(columns))
    kept = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        f" ON CONFLICT ({', '.join(key)}) DO {f'UPDATE SET {kept}' if kept else 'NOTHING'}"
    )
