"""Sessions ended from elsewhere leave a mark, and a mail knows the class code that was typed."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, Database, Model


def up(_migrator: object, db: Database) -> None:
    class EndedSession(Model):
        token_digest = CharField(unique=True, max_length=64)
        expires_at = BigIntegerField(index=True)

        class Meta:
            database = db
            table_name = "ended_sessions"

    db.create_tables([EndedSession])
    for table in ("emailed_links", "letters"):
        db.execute_sql(  # type: ignore[no-untyped-call]
            f"ALTER TABLE {table} ADD COLUMN class_code VARCHAR(16) NOT NULL DEFAULT ''"
        )
