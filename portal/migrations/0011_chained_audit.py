"""Each audit row carries a digest over itself and all before it; the database refuses edits."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from peewee import CharField, Database, IntegerField, Model, PostgresqlDatabase

ROWS_AT_ONCE = 5_000
COLUMN = "ALTER TABLE audit_events ADD COLUMN digest VARCHAR(64) NOT NULL DEFAULT ''"
ROWS = (
    "SELECT id, at, actor, action, subject, counts FROM audit_events"
    " WHERE id > {0} ORDER BY id LIMIT {0}"
)
CHAINED = "UPDATE audit_events SET id = {0}, digest = {0} WHERE id = {0}"
HEAD = "INSERT INTO audit_heads (id, count, digest) VALUES (1, {0}, {0})"
VIEWS = (
    "CREATE INDEX audit_events_of_views ON audit_events (actor, subject, at)"
    " WHERE action = 'roster.viewed'"
)
# SQLite asks nobody how long a text is.
WIDER = "ALTER TABLE audit_events ALTER COLUMN subject TYPE VARCHAR(64)"
SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER audit_events_no_{event.lower()} BEFORE {event} ON audit_events"
    " BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END"
    for event in ("UPDATE", "DELETE")
)
POSTGRESQL = (
    WIDER,
    (
        "CREATE FUNCTION refuse_to_change_audit_events() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'audit_events is append-only'; END $$"
    ),
    (
        "CREATE TRIGGER audit_events_append_only"
        " BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_audit_events()"
    ),
)


def up(_migrator: object, db: Database) -> None:
    class AuditHead(Model):
        count = IntegerField()
        digest = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "audit_heads"

    postgresql = isinstance(db, PostgresqlDatabase)
    db.create_tables([AuditHead])
    _run(db, COLUMN)
    _chain(db, "%s" if postgresql else "?")
    for statement in (VIEWS, *(POSTGRESQL if postgresql else SQLITE_TRIGGERS)):
        _run(db, statement)


def _chain(db: Database, mark: str) -> None:
    """Number the rows without gaps, in their order, and chain them."""
    count, digest = 0, ""
    for row in _rows(db, mark):
        count += 1
        content = json.dumps([digest, count, *row[1:]]).encode()
        digest = hashlib.sha256(content).hexdigest()
        _run(db, CHAINED.format(mark), count, digest, row[0])
    if count:
        _run(db, HEAD.format(mark), count, digest)


def _rows(db: Database, mark: str) -> Iterator[tuple[Any, ...]]:
    found = _run(db, ROWS.format(mark), -1, ROWS_AT_ONCE).fetchall()
    while found:
        yield from found
        found = _run(db, ROWS.format(mark), found[-1][0], ROWS_AT_ONCE).fetchall()


def _run(db: Database, sql: str, *values: object) -> Any:
    return db.execute_sql(sql, values)  # type: ignore[no-untyped-call]
