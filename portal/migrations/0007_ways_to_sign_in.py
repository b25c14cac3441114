"""Passwords, pictures and words, and accounts that are brought together and taken apart again."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    Database,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

COLUMNS = (
    "ALTER TABLE accounts ADD COLUMN merged_into_id INTEGER REFERENCES accounts (id)",
    "ALTER TABLE sections ADD COLUMN join_code VARCHAR(16)",
    "ALTER TABLE sections ADD COLUMN idempotency_key VARCHAR(64)",
    "ALTER TABLE sessions ADD COLUMN public_id VARCHAR(16) NOT NULL DEFAULT ''",
    "ALTER TABLE sessions ADD COLUMN signed_in_with VARCHAR(16) NOT NULL DEFAULT ''",
    "ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sessions ADD COLUMN confirmed_at BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE sign_in_attempts ADD COLUMN purpose VARCHAR(16) NOT NULL DEFAULT 'sign_in'",
    (
        "ALTER TABLE sign_in_attempts ADD COLUMN account_id INTEGER"
        " REFERENCES accounts (id) ON DELETE CASCADE"
    ),
)
INDEXES = (
    "CREATE INDEX accounts_merged_into ON accounts (merged_into_id)",
    "CREATE UNIQUE INDEX sections_by_join_code ON sections (join_code)",
    (
        "CREATE UNIQUE INDEX sections_one_per_click ON sections (created_by_id, idempotency_key)"
        " WHERE idempotency_key IS NOT NULL"
    ),
    ("CREATE UNIQUE INDEX merges_one_standing ON merges (absorbed_id) WHERE undone_at IS NULL"),
    "CREATE INDEX merge_moves_of_merge ON merge_moves (merge_id, place)",
    "CREATE UNIQUE INDEX claims_one_waiting ON claims (account_id) WHERE state = 'waiting'",
    "CREATE UNIQUE INDEX told_apart_once ON told_apart (first_id, second_id)",
)


def up(_migrator: object, db: Database) -> None:
    class Account(Model):
        class Meta:
            database = db
            table_name = "accounts"

    class Section(Model):
        class Meta:
            database = db
            table_name = "sections"

    class Session(Model):
        class Meta:
            database = db
            table_name = "sessions"

    class SyncRun(Model):
        class Meta:
            database = db
            table_name = "sync_runs"

    class Enrollment(Model):
        class Meta:
            database = db
            table_name = "enrollments"

    class PasswordSignIn(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        email = TextField()
        email_key = TextField(unique=True)
        password_hash = TextField()
        linked_at = BigIntegerField()
        set_at = BigIntegerField()
        last_used_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "password_sign_ins"

    class EmailedLink(Model):
        token_digest = CharField(unique=True, max_length=64)
        purpose = CharField(max_length=16)
        email = TextField()
        account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
        section = ForeignKeyField(Section, null=True, on_delete="CASCADE")
        session = ForeignKeyField(Session, null=True, on_delete="CASCADE")
        made_at = BigIntegerField()
        expires_at = BigIntegerField(index=True)
        used_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "emailed_links"

    class Letter(Model):
        public_id = CharField(unique=True, max_length=16)
        kind = CharField(max_length=32)
        email = TextField()
        account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
        section = ForeignKeyField(Section, null=True, on_delete="CASCADE")
        session = ForeignKeyField(Session, null=True, on_delete="CASCADE")
        written_at = BigIntegerField()
        due_at = BigIntegerField(index=True)
        tries = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "letters"

    class StudentSecret(Model):
        enrollment = ForeignKeyField(Enrollment, unique=True, on_delete="CASCADE")
        sealed_secret = TextField()
        set_at = BigIntegerField()
        last_used_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "student_secrets"

    class Merge(Model):
        public_id = CharField(unique=True, max_length=16)
        kept = ForeignKeyField(Account, backref="+", on_delete="CASCADE")
        absorbed = ForeignKeyField(Account, backref="+", on_delete="CASCADE")
        ground = CharField(max_length=16)
        kept_had_sign_in = BooleanField()
        absorbed_had_sign_in = BooleanField()
        made_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
        made_at = BigIntegerField()
        undone_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
        undone_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "merges"

    class MergeMove(Model):
        merge = ForeignKeyField(Merge, index=False, on_delete="CASCADE")
        place = CharField(max_length=32)
        row_id = IntegerField()

        class Meta:
            database = db
            table_name = "merge_moves"

    class MergedEnrollment(Model):
        merge = ForeignKeyField(Merge, on_delete="CASCADE")
        kept = ForeignKeyField(Enrollment, backref="+", on_delete="CASCADE")
        kept_sourced_id = CharField(max_length=64)
        kept_ended_at = BigIntegerField(null=True)
        kept_ended_by = ForeignKeyField(SyncRun, backref="+", null=True, on_delete="SET NULL")
        absorbed = ForeignKeyField(Enrollment, backref="+", on_delete="CASCADE")
        absorbed_ended_at = BigIntegerField(null=True)
        absorbed_ended_by = ForeignKeyField(SyncRun, backref="+", null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "merged_enrollments"

    class Claim(Model):
        public_id = CharField(unique=True, max_length=16)
        account = ForeignKeyField(Account, on_delete="CASCADE", index=False)
        section = ForeignKeyField(Section, on_delete="CASCADE")
        state = CharField(max_length=16, default="waiting")
        made_at = BigIntegerField()
        answered_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
        answered_at = BigIntegerField(null=True)
        merge = ForeignKeyField(Merge, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "claims"

    class ToldApart(Model):
        first = ForeignKeyField(Account, backref="+", on_delete="CASCADE", index=False)
        second = ForeignKeyField(Account, backref="+", on_delete="CASCADE")
        told_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
        told_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "told_apart"

    class AccountNotice(Model):
        public_id = CharField(unique=True, max_length=16)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        kind = CharField(max_length=32)
        made_at = BigIntegerField()
        read_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "account_notices"

    for statement in COLUMNS:
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
    db.execute_sql(  # type: ignore[no-untyped-call]
        "UPDATE sessions SET public_id = 'before-' || id, confirmed_at = created_at"
    )
    db.create_tables(
        [
            PasswordSignIn,
            EmailedLink,
            Letter,
            StudentSecret,
            Merge,
            MergeMove,
            MergedEnrollment,
            Claim,
            ToldApart,
            AccountNotice,
        ]
    )
    for statement in INDEXES:
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
