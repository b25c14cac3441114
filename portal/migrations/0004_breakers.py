"""Whether a provider answers at all gets a table, so that all workers know."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, Database, IntegerField, Model


def up(_migrator: object, db: Database) -> None:
    class Breaker(Model):
        provider = CharField(max_length=32, unique=True)
        unanswered = IntegerField(default=0)
        asked_until = BigIntegerField(default=0)

        class Meta:
            database = db
            table_name = "breakers"

    db.create_tables([Breaker])
