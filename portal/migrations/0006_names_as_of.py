"""An account knows how old its name is, so that no older read puts an older name back (I6)."""

from __future__ import annotations

from peewee import Database


def up(_migrator: object, db: Database) -> None:
    db.execute_sql(  # type: ignore[no-untyped-call]
        "ALTER TABLE accounts ADD COLUMN named_at BIGINT NOT NULL DEFAULT 0"
    )
