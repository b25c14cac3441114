"""A grade is a word of Clever's like any other: PostgreSQL must not refuse it for its length.

SQLite never looks at the length of a column and has nothing to change.
"""

from __future__ import annotations

from peewee import Database, PostgresqlDatabase


def up(_migrator: object, db: Database) -> None:
    if isinstance(db, PostgresqlDatabase):
        for table in ("accounts", "sections"):
            db.execute_sql(  # type: ignore[no-untyped-call]
                f"ALTER TABLE {table} ALTER COLUMN grade TYPE TEXT"
            )
