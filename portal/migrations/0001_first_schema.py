"""The first schema: people, sections, their enrollments and syncs.

A frozen copy of the models as they were; later migrations change tables, never this file.
"""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    Database,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)

INDEXES = (
    (
        "CREATE UNIQUE INDEX linked_accounts_one_per_identity"
        " ON linked_accounts (provider, issuer, sourced_id)"
    ),
    (
        "CREATE UNIQUE INDEX district_connections_one_per_district"
        " ON district_connections (provider, district_sourced_id)"
    ),
    "CREATE INDEX sections_by_class ON sections (provider, issuer, class_sourced_id)",
    "CREATE UNIQUE INDEX section_teachers_once ON section_teachers (section_id, sourced_id)",
    "CREATE UNIQUE INDEX enrollments_one_per_student ON enrollments (section_id, account_id)",
    (
        "CREATE UNIQUE INDEX sync_runs_one_in_flight"
        " ON sync_runs (section_id) WHERE finished_at IS NULL"
    ),
    (
        "CREATE UNIQUE INDEX sync_runs_one_per_click"
        " ON sync_runs (started_by_id, idempotency_key) WHERE idempotency_key IS NOT NULL"
    ),
    "CREATE INDEX sync_runs_by_state ON sync_runs (state, id)",
    "CREATE INDEX sync_changes_of_run ON sync_changes (run_id, kind)",
    "CREATE UNIQUE INDEX holds_one_waiting ON holds (section_id, kind) WHERE state = 'waiting'",
    (
        "CREATE UNIQUE INDEX lesson_completions_once"
        " ON lesson_completions (account_id, course_slug, lesson_slug)"
    ),
)


def up(_migrator: object, db: Database) -> None:
    class Account(Model):
        public_id = CharField(unique=True, max_length=16)
        kind = CharField(max_length=16)
        given_name = TextField(default="")
        family_name = TextField(default="")
        grade = CharField(max_length=32, default="")
        sort_name = TextField(default="")
        created_at = BigIntegerField()
        disabled_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "accounts"

    class AuditEvent(Model):
        at = BigIntegerField()
        actor = CharField(max_length=16)
        action = CharField(index=True, max_length=32)
        subject = CharField(max_length=16)
        counts = TextField(default="{}")

        class Meta:
            database = db
            table_name = "audit_events"

    class DistrictConnection(Model):
        provider = CharField(max_length=32)
        district_sourced_id = CharField(max_length=64)
        sealed_token = TextField()
        fetched_at = BigIntegerField()
        rests_until = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "district_connections"

    class Section(Model):
        public_id = CharField(unique=True, max_length=16)
        name = TextField()
        login_type = CharField(max_length=16)
        provider = CharField(max_length=32)
        issuer = TextField()
        district_sourced_id = CharField(max_length=64)
        school_sourced_id = CharField(max_length=64, default="")
        class_sourced_id = CharField(max_length=64)
        class_name = TextField()
        grade = CharField(max_length=32, default="")
        subject = TextField(default="")
        period = TextField(default="")
        term_name = TextField(default="")
        term_starts_on = DateField(null=True)
        term_ends_on = DateField(null=True)
        course_slug = CharField(max_length=64, default="")
        created_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        created_at = BigIntegerField()
        archived_at = BigIntegerField(null=True)
        class_gone_at = BigIntegerField(null=True)
        checked_at = BigIntegerField(null=True)
        roster_version = IntegerField(default=0)
        next_fence = IntegerField(default=1)
        last_fence = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "sections"

    class SyncRun(Model):
        public_id = CharField(unique=True, max_length=16)
        section = ForeignKeyField(Section, on_delete="CASCADE")
        state = CharField(max_length=16, default="queued")
        source = CharField(max_length=16)
        started_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        idempotency_key = CharField(null=True, max_length=64)
        reference = CharField(max_length=16)
        requested_at = BigIntegerField()
        rang_at = BigIntegerField(null=True)
        not_before = BigIntegerField(null=True)
        started_at = BigIntegerField(null=True)
        finished_at = BigIntegerField(null=True)
        lease_until = BigIntegerField(null=True)
        holder = CharField(max_length=32, default="")
        attempt = IntegerField(default=0)
        fence = IntegerField(default=0)
        step = CharField(max_length=16, default="asking")
        students_read = IntegerField(default=0)
        students_listed = IntegerField(null=True)
        waiting_until = BigIntegerField(null=True)
        added_count = IntegerField(default=0)
        updated_count = IntegerField(default=0)
        removed_count = IntegerField(default=0)
        unchanged_count = IntegerField(default=0)
        existing_count = IntegerField(default=0)
        held_count = IntegerField(default=0)
        kept_count = IntegerField(default=0)
        skipped_count = IntegerField(default=0)
        unshared_count = IntegerField(default=0)
        reason = CharField(max_length=32, default="")
        resumes_on = DateField(null=True)
        retry_at = BigIntegerField(null=True)
        automatic_retries = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "sync_runs"

    class Enrollment(Model):
        section = ForeignKeyField(Section, on_delete="CASCADE")
        account = ForeignKeyField(Account, on_delete="CASCADE")
        sourced_id = CharField(max_length=64)
        started_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        ended_by = ForeignKeyField(SyncRun, null=True, on_delete="SET NULL")

        class Meta:
            database = db
            table_name = "enrollments"

    class Hold(Model):
        public_id = CharField(unique=True, max_length=16)
        section = ForeignKeyField(Section, on_delete="CASCADE")
        run = ForeignKeyField(SyncRun, on_delete="CASCADE")
        kind = CharField(max_length=16)
        state = CharField(max_length=16, default="waiting")
        digest = CharField(max_length=64)
        student_count = IntegerField()
        list_count = IntegerField()
        empties = BooleanField(default=False)
        created_at = BigIntegerField()
        expires_at = BigIntegerField()
        answered_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        answered_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "holds"

    class LessonCompletion(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        course_slug = CharField(max_length=64)
        lesson_slug = CharField(max_length=64)
        completed_at = BigIntegerField()

        class Meta:
            database = db
            table_name = "lesson_completions"

    class LinkedAccount(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        provider = CharField(max_length=32)
        issuer = TextField()
        sourced_id = CharField(max_length=64)
        legacy_id = CharField(max_length=64, default="")
        district_sourced_id = CharField(null=True, max_length=64)
        school_sourced_ids = TextField(default="")
        sis_id = TextField(default="")
        student_number = TextField(default="")
        district_username = TextField(default="")
        roles = TextField(default="")
        linked_at = BigIntegerField()
        last_used_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "linked_accounts"

    class SectionTeacher(Model):
        section = ForeignKeyField(Section, on_delete="CASCADE")
        sourced_id = CharField(max_length=64)
        account = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        is_main = BooleanField(default=False)
        ended_at = BigIntegerField(null=True)

        class Meta:
            database = db
            table_name = "section_teachers"

    class Session(Model):
        token_digest = CharField(unique=True, max_length=64)
        account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
        role = CharField(max_length=16, default="")
        values = TextField(default="{}")
        created_at = BigIntegerField()
        seen_at = BigIntegerField()
        expires_at = BigIntegerField(index=True)

        class Meta:
            database = db
            table_name = "sessions"

    class SyncChange(Model):
        run = ForeignKeyField(SyncRun, on_delete="CASCADE")
        account = ForeignKeyField(Account, on_delete="CASCADE")
        sourced_id = CharField(max_length=64)
        kind = CharField(max_length=16)
        moved_to = TextField(default="")
        given_name_before = TextField(default="")
        family_name_before = TextField(default="")
        grade_before = TextField(default="")
        given_name = TextField(default="")
        family_name = TextField(default="")
        grade = TextField(default="")

        class Meta:
            database = db
            table_name = "sync_changes"

    db.create_tables(
        [
            Account,
            AuditEvent,
            DistrictConnection,
            Section,
            SyncRun,
            Enrollment,
            Hold,
            LessonCompletion,
            LinkedAccount,
            SectionTeacher,
            Session,
            SyncChange,
        ]
    )
    for statement in INDEXES:
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
