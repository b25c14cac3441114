"""Sign-ins on their way get a table: a row can be used once, whatever arrives at the same time."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    Database,
    ForeignKeyField,
    Model,
    TextField,
)


def up(_migrator: object, db: Database) -> None:
    class Session(Model):
        class Meta:
            database = db
            table_name = "sessions"

    class SignInAttempt(Model):
        session = ForeignKeyField(Session, on_delete="CASCADE")
        state_digest = CharField(max_length=64)
        code_verifier = CharField(max_length=128)
        nonce = CharField(max_length=128)
        wanted = TextField(default="")
        restarted = BooleanField(default=False)
        started_at = BigIntegerField()
        used_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "sign_in_attempts"

    db.create_tables([SignInAttempt])
