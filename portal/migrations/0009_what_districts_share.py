"""What districts share, kept beside the sections; their runs, holds and plans."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    Database,
    DateField,
    ForeignKeyField,
    IntegerField,
    Model,
    PostgresqlDatabase,
    TextField,
)

COLUMNS = (
    "ALTER TABLE sections ADD COLUMN outdated_at BIGINT",
    (
        "ALTER TABLE sync_runs ADD COLUMN district_run_id INTEGER"
        " REFERENCES district_runs (id) ON DELETE SET NULL"
    ),
    "ALTER TABLE district_connections ADD COLUMN turn_at BIGINT",
    "ALTER TABLE district_connections ADD COLUMN name TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE district_connections ADD COLUMN state VARCHAR(16) NOT NULL DEFAULT ''",
    "ALTER TABLE district_connections ADD COLUMN contact_name TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE district_connections ADD COLUMN records_at BIGINT",
    "ALTER TABLE district_connections ADD COLUMN pause_starts_on DATE",
    "ALTER TABLE district_connections ADD COLUMN pause_ends_on DATE",
    "ALTER TABLE district_connections ADD COLUMN revoked_at BIGINT",
    "ALTER TABLE district_connections ADD COLUMN read_at BIGINT",
    "ALTER TABLE district_connections ADD COLUMN events_cursor VARCHAR(64) NOT NULL DEFAULT ''",
    "ALTER TABLE district_connections ADD COLUMN events_state VARCHAR(16) NOT NULL DEFAULT ''",
    "ALTER TABLE district_connections ADD COLUMN events_at BIGINT",
    "ALTER TABLE district_connections ADD COLUMN event_told_at BIGINT",
    "ALTER TABLE district_connections ADD COLUMN school_count INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE district_connections ADD COLUMN teacher_count INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE district_connections ADD COLUMN class_count INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE district_connections ADD COLUMN student_count INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE district_connections ADD COLUMN counts_outdated_at BIGINT",
)
RECORDS = (
    "shared_schools",
    "shared_terms",
    "shared_courses",
    "shared_teachers",
    "shared_students",
    "shared_classes",
)
# Ids are compared in ranges, with those of a provider's list beside them: byte by byte.
IN_BYTE_ORDER = (
    *((table, "sourced_id", "VARCHAR(64)") for table in RECORDS),
    ("shared_schools", "sort_name", "TEXT"),
    ("shared_classes", "sort_name", "TEXT"),
    ("shared_students", "sort_name", "TEXT"),
    ("shared_teachers", "sort_name", "TEXT"),
    ("class_students", "sourced_id", "VARCHAR(64)"),
    ("class_teachers", "sourced_id", "VARCHAR(64)"),
    ("shared_places", "sourced_id", "VARCHAR(64)"),
)
INDEXES = (
    *(
        f"CREATE UNIQUE INDEX {table}_once ON {table} (connection_id, sourced_id)"
        for table in RECORDS
    ),
    "CREATE INDEX shared_students_by_name ON shared_students (connection_id, sort_name, id)",
    "CREATE INDEX shared_students_by_sis_id ON shared_students (connection_id, sis_id)",
    "CREATE INDEX shared_students_by_number ON shared_students (connection_id, student_number)",
    "CREATE INDEX shared_teachers_by_name ON shared_teachers (connection_id, sort_name, id)",
    "CREATE INDEX shared_classes_by_name ON shared_classes (connection_id, sort_name, id)",
    "CREATE INDEX shared_classes_by_school ON shared_classes (connection_id, school_sourced_id)",
    "CREATE INDEX class_students_by_student ON class_students (sourced_id, shared_class_id)",
    "CREATE INDEX class_teachers_by_teacher ON class_teachers (sourced_id, shared_class_id)",
    (
        "CREATE INDEX shared_places_by_school"
        " ON shared_places (connection_id, school_sourced_id, sourced_id)"
    ),
    (
        "CREATE INDEX sections_outdated ON sections (district_sourced_id)"
        " WHERE outdated_at IS NOT NULL"
    ),
    "CREATE INDEX sections_of_district ON sections (district_sourced_id, class_sourced_id)",
    (
        "CREATE INDEX shared_classes_gone ON shared_classes (connection_id, unshared_at)"
        " WHERE unshared_at IS NOT NULL"
    ),
    (
        "CREATE INDEX shared_students_gone ON shared_students (connection_id, unshared_at)"
        " WHERE unshared_at IS NOT NULL"
    ),
    "CREATE INDEX class_students_gone ON class_students (ended_at) WHERE ended_at IS NOT NULL",
    "CREATE INDEX sync_runs_of_district_run ON sync_runs (district_run_id)",
    (
        "CREATE UNIQUE INDEX district_runs_one_in_flight"
        " ON district_runs (connection_id) WHERE finished_at IS NULL"
    ),
    (
        "CREATE UNIQUE INDEX district_runs_one_a_night"
        " ON district_runs (connection_id, night) WHERE night IS NOT NULL"
    ),
    (
        "CREATE UNIQUE INDEX sharing_holds_one_waiting"
        " ON sharing_holds (connection_id, school_sourced_id) WHERE state = 'waiting'"
    ),
    "CREATE UNIQUE INDEX hidden_classes_once ON hidden_classes (account_id, class_sourced_id)",
    (
        "CREATE UNIQUE INDEX roster_updates_one_per_click"
        " ON roster_updates (account_id, idempotency_key)"
    ),
    (
        "CREATE UNIQUE INDEX plan_grants_once"
        " ON plan_grants (provider, district_sourced_id, school_sourced_id)"
    ),
    (
        "CREATE UNIQUE INDEX subscription_admins_once"
        " ON subscription_admins (account_id, connection_id)"
    ),
)

# An admin counts a whole district: each index takes the place of one that answered less.
REPLACED = (
    "DROP INDEX enrollment_section_id",
    (
        "CREATE INDEX enrollments_active ON enrollments (section_id, account_id)"
        " WHERE ended_at IS NULL"
    ),
    "DROP INDEX syncrun_section_id",
    "CREATE INDEX sync_runs_of_section ON sync_runs (section_id, id)",
)


def up(_migrator: object, db: Database) -> None:
    class Base(Model):
        class Meta:
            database = db

    class Account(Base):
        class Meta:
            table_name = "accounts"

    class Session(Base):
        class Meta:
            table_name = "sessions"

    class LinkedAccount(Base):
        class Meta:
            table_name = "linked_accounts"

    class SyncRun(Base):
        class Meta:
            table_name = "sync_runs"

    class DistrictConnection(Base):
        class Meta:
            table_name = "district_connections"

    class Shared(Base):
        connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE", index=False)
        sourced_id = CharField(max_length=64)
        digest = BigIntegerField()
        shared_at = BigIntegerField()
        changed_at = BigIntegerField()
        unshared_at = BigIntegerField(null=True)

    class SharedSchool(Shared):
        name = TextField()
        sort_name = TextField(default="")
        class_count = IntegerField(default=0)
        teacher_count = IntegerField(default=0)
        student_count = IntegerField(default=0)

        class Meta:
            table_name = "shared_schools"

    class SharedTerm(Shared):
        name = TextField()
        starts_on = DateField(null=True)
        ends_on = DateField(null=True)

        class Meta:
            table_name = "shared_terms"

    class SharedCourse(Shared):
        name = TextField()

        class Meta:
            table_name = "shared_courses"

    class SharedTeacher(Shared):
        given_name = TextField()
        family_name = TextField()
        sort_name = TextField()
        roles = TextField()

        class Meta:
            table_name = "shared_teachers"

    class SharedStudent(Shared):
        given_name = TextField()
        family_name = TextField()
        sort_name = TextField()
        grade = TextField()
        sis_id = TextField()
        student_number = TextField()
        district_username = TextField()
        school_sourced_id = CharField(max_length=64)
        legacy_id = CharField(max_length=64)
        unreadable = BooleanField(default=False)

        class Meta:
            table_name = "shared_students"

    class SharedClass(Shared):
        name = TextField()
        sort_name = TextField(default="")
        school_sourced_id = CharField(max_length=64)
        term_sourced_id = CharField(max_length=64)
        course_sourced_id = CharField(max_length=64)
        period = TextField()
        grade = TextField()
        subject = TextField()
        section_number = TextField()
        sis_id = TextField()
        created_at = BigIntegerField(null=True)
        student_count = IntegerField(default=0)

        class Meta:
            table_name = "shared_classes"

    class ClassStudent(Base):
        shared_class = ForeignKeyField(SharedClass, on_delete="CASCADE", index=False)
        sourced_id = CharField(max_length=64)
        ended_at = BigIntegerField(null=True)

        class Meta:
            table_name = "class_students"
            primary_key = CompositeKey("shared_class", "sourced_id")
            without_rowid = not isinstance(db, PostgresqlDatabase)

    class ClassTeacher(Base):
        shared_class = ForeignKeyField(SharedClass, on_delete="CASCADE", index=False)
        sourced_id = CharField(max_length=64)
        is_main = BooleanField()

        class Meta:
            table_name = "class_teachers"
            primary_key = CompositeKey("shared_class", "sourced_id")
            without_rowid = not isinstance(db, PostgresqlDatabase)

    class SharedPlace(Base):
        connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE", index=False)
        sourced_id = CharField(max_length=64)
        school_sourced_id = CharField(max_length=64)

        class Meta:
            table_name = "shared_places"
            primary_key = CompositeKey("connection", "sourced_id", "school_sourced_id")
            without_rowid = not isinstance(db, PostgresqlDatabase)

    class DistrictRun(Base):
        public_id = CharField(max_length=16, unique=True)
        connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
        state = CharField(max_length=16, default="queued")
        source = CharField(max_length=16)
        started_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        night = DateField(null=True)
        reference = CharField(max_length=16)
        requested_at = BigIntegerField()
        rang_at = BigIntegerField(null=True)
        not_before = BigIntegerField(null=True)
        started_at = BigIntegerField(null=True)
        finished_at = BigIntegerField(null=True)
        lease_until = BigIntegerField(null=True)
        holder = CharField(max_length=32, default="")
        attempt = IntegerField(default=0)
        step = CharField(max_length=16, default="asking")
        records_read = IntegerField(default=0)
        waiting_until = BigIntegerField(null=True)
        request_count = IntegerField(default=0)
        added_count = IntegerField(default=0)
        changed_count = IntegerField(default=0)
        unshared_count = IntegerField(default=0)
        returned_count = IntegerField(default=0)
        skipped_count = IntegerField(default=0)
        section_count = IntegerField(default=0)
        sections_done = IntegerField(default=0)
        reason = CharField(max_length=32, default="")
        resumes_on = DateField(null=True)

        class Meta:
            table_name = "district_runs"

    class Chore(Base):
        name = CharField(max_length=32, unique=True)
        due_at = BigIntegerField()

        class Meta:
            table_name = "chores"

    class SharingHold(Base):
        public_id = CharField(max_length=16, unique=True)
        connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
        school_sourced_id = CharField(max_length=64, default="")
        state = CharField(max_length=16, default="waiting")
        student_count = IntegerField()
        students_before = IntegerField()
        class_count = IntegerField()
        classes_before = IntegerField()
        enrollment_count = IntegerField()
        enrollments_before = IntegerField()
        digest = CharField(max_length=64, default="")
        since = BigIntegerField()
        until = BigIntegerField()
        created_at = BigIntegerField()
        expires_at = BigIntegerField()
        answered_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        answered_at = BigIntegerField(null=True)

        class Meta:
            table_name = "sharing_holds"

    class HiddenClass(Base):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        class_sourced_id = CharField(max_length=64)
        hidden_at = BigIntegerField()

        class Meta:
            table_name = "hidden_classes"

    class RosterUpdate(Base):
        public_id = CharField(max_length=16, unique=True)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        idempotency_key = CharField(max_length=64)
        requested_at = BigIntegerField()
        reading_until = BigIntegerField(null=True)
        attempt = IntegerField(default=0)
        read_at = BigIntegerField(null=True)
        reference = CharField(max_length=16)
        reason = CharField(max_length=32, default="")
        resumes_on = DateField(null=True)

        class Meta:
            table_name = "roster_updates"

    class RosterUpdateRun(Base):
        roster_update = ForeignKeyField(RosterUpdate, on_delete="CASCADE", index=False)
        run = ForeignKeyField(SyncRun, on_delete="CASCADE")

        class Meta:
            table_name = "roster_update_runs"
            primary_key = CompositeKey("roster_update", "run")

    class LibraryToken(Base):
        session = ForeignKeyField(Session, unique=True, on_delete="CASCADE")
        linked_account = ForeignKeyField(LinkedAccount, on_delete="CASCADE")
        sealed_token = TextField()
        expires_at = BigIntegerField()
        rests_until = BigIntegerField(null=True)

        class Meta:
            table_name = "library_tokens"

    class PlanGrant(Base):
        provider = CharField(max_length=32)
        district_sourced_id = CharField(max_length=64)
        school_sourced_id = CharField(max_length=64, default="")
        plan = CharField(max_length=32)
        set_at = BigIntegerField()

        class Meta:
            table_name = "plan_grants"

    class SubscriptionAdmin(Base):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
        named_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        named_at = BigIntegerField()

        class Meta:
            table_name = "subscription_admins"

    db.create_tables(
        [
            SharedSchool,
            SharedTerm,
            SharedCourse,
            SharedTeacher,
            SharedStudent,
            SharedClass,
            ClassStudent,
            ClassTeacher,
            SharedPlace,
            DistrictRun,
            Chore,
            SharingHold,
            HiddenClass,
            RosterUpdate,
            RosterUpdateRun,
            LibraryToken,
            PlanGrant,
            SubscriptionAdmin,
        ]
    )
    if isinstance(db, PostgresqlDatabase):
        for table, column, kind in IN_BYTE_ORDER:
            db.execute_sql(  # type: ignore[no-untyped-call]
                f'ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} COLLATE "C"'
            )
    for statement in (*COLUMNS, *INDEXES, *REPLACED):
        db.execute_sql(statement)  # type: ignore[no-untyped-call]
