"""Plans that are shown first, what is undone, what teachers set over Clever, who is asked when."""

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
    PostgresqlDatabase,
    TextField,
)

COLUMNS = (
    "ALTER TABLE sections ADD COLUMN mode VARCHAR(16) NOT NULL DEFAULT 'full'",
    "ALTER TABLE sections ADD COLUMN own_name BOOLEAN NOT NULL DEFAULT {false}",
    "ALTER TABLE sections ADD COLUMN previews_next BOOLEAN NOT NULL DEFAULT {false}",
    (
        "ALTER TABLE sections ADD COLUMN continues_id INTEGER"
        " REFERENCES sections (id) ON DELETE SET NULL"
    ),
    "ALTER TABLE section_teachers ADD COLUMN put_off_at BIGINT",
    "ALTER TABLE enrollments ADD COLUMN display_name TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE merged_enrollments ADD COLUMN kept_display_name TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE enrollments ADD COLUMN school_number TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sync_runs ADD COLUMN preview BOOLEAN NOT NULL DEFAULT {false}",
    (
        "ALTER TABLE sync_runs ADD COLUMN shown_id INTEGER"
        " REFERENCES sync_runs (id) ON DELETE SET NULL"
    ),
    "ALTER TABLE sync_runs ADD COLUMN plan_digest VARCHAR(64) NOT NULL DEFAULT ''",
    "ALTER TABLE sync_runs ADD COLUMN class_sourced_id VARCHAR(64) NOT NULL DEFAULT ''",
    "ALTER TABLE sync_runs ADD COLUMN count_before INTEGER",
    "ALTER TABLE sync_runs ADD COLUMN count_after INTEGER",
    (
        "ALTER TABLE sync_runs ADD COLUMN undoes_id INTEGER"
        " REFERENCES sync_runs (id) ON DELETE SET NULL"
    ),
    "ALTER TABLE sync_changes ADD COLUMN had_place BOOLEAN NOT NULL DEFAULT {true}",
    "ALTER TABLE sync_changes ADD COLUMN ended_at_before BIGINT",
    (
        "ALTER TABLE sync_changes ADD COLUMN ended_by_before_id INTEGER"
        " REFERENCES sync_runs (id) ON DELETE SET NULL"
    ),
    (
        "ALTER TABLE sync_changes ADD COLUMN undone_by_id INTEGER"
        " REFERENCES sync_runs (id) ON DELETE SET NULL"
    ),
)
# Until now a name that differs from the class's could only be one that a teacher had typed.
OWN_NAMES = "UPDATE sections SET own_name = {true} WHERE provider <> '' AND name <> class_name"
INDEXES = (
    "CREATE INDEX sync_runs_undoing ON sync_runs (undoes_id) WHERE undoes_id IS NOT NULL",
    (
        "CREATE INDEX sync_runs_changing ON sync_runs (section_id, id)"
        " WHERE added_count + updated_count + removed_count > 0"
    ),
    "CREATE INDEX sync_changes_of_account ON sync_changes (account_id, id)",
    "CREATE INDEX sections_continuing ON sections (continues_id) WHERE continues_id IS NOT NULL",
    (
        "CREATE UNIQUE INDEX roster_overrides_one_each ON roster_overrides (section_id, account_id)"
        " WHERE ended_at IS NULL"
    ),
    (
        "CREATE UNIQUE INDEX guard_numbers_of_place"
        " ON guard_numbers (connection_id, school_sourced_id)"
    ),
    "CREATE INDEX planned_changes_of_run ON planned_changes (run_id, kind, sort_name)",
    "CREATE UNIQUE INDEX class_matches_of_account ON class_matches (run_id, account_id)",
    "CREATE UNIQUE INDEX class_matches_of_student ON class_matches (run_id, sourced_id)",
)


def up(_migrator: object, db: Database) -> None:
    class Base(Model):
        class Meta:
            database = db

    class Account(Base):
        class Meta:
            table_name = "accounts"

    class Section(Base):
        class Meta:
            table_name = "sections"

    class SyncRun(Base):
        class Meta:
            table_name = "sync_runs"

    class Merge(Base):
        class Meta:
            table_name = "merges"

    class DistrictConnection(Base):
        class Meta:
            table_name = "district_connections"

    class ClassChange(Base):
        run = ForeignKeyField(SyncRun, unique=True, on_delete="CASCADE")
        before = TextField()
        after = TextField()
        flags = TextField(default="")
        matched = BooleanField(default=False)
        teachers_before = TextField(default="[]")
        places_before = TextField(default="{}")
        holds_before = TextField(default="{}")

        class Meta:
            table_name = "class_changes"

    class ClassMatch(Base):
        run = ForeignKeyField(SyncRun, on_delete="CASCADE", index=False)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        sourced_id = CharField(max_length=64)
        ground = CharField(max_length=16)
        agreed = BooleanField(default=False)
        merge = ForeignKeyField(Merge, null=True, on_delete="SET NULL")

        class Meta:
            table_name = "class_matches"

    class RosterOverride(Base):
        public_id = CharField(max_length=16, unique=True)
        section = ForeignKeyField(Section, on_delete="CASCADE")
        account = ForeignKeyField(Account, on_delete="CASCADE")
        sourced_id = CharField(max_length=64)
        kind = CharField(max_length=8)
        until = DateField()
        made_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        made_at = BigIntegerField()
        made_in = ForeignKeyField(SyncRun, null=True, on_delete="SET NULL")
        ended_at = BigIntegerField(null=True)
        ended_in = ForeignKeyField(SyncRun, null=True, on_delete="SET NULL")

        class Meta:
            table_name = "roster_overrides"

    class PlannedChange(Base):
        run = ForeignKeyField(SyncRun, on_delete="CASCADE", index=False)
        sourced_id = CharField(max_length=64)
        kind = CharField(max_length=16)
        moved_to = TextField(default="")
        given_name_before = TextField(default="")
        family_name_before = TextField(default="")
        grade_before = TextField(default="")
        given_name = TextField(default="")
        family_name = TextField(default="")
        grade = TextField(default="")
        sort_name = TextField(default="")

        class Meta:
            table_name = "planned_changes"

    class GuardNumbers(Base):
        public_id = CharField(max_length=16, unique=True)
        connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE", index=False)
        school_sourced_id = CharField(max_length=64, default="")
        few_removals = IntegerField()
        few_percent = IntegerField()
        many_removals = IntegerField()
        many_percent = IntegerField()
        renames = IntegerField()
        renames_percent = IntegerField()
        unshared_percent = IntegerField()
        set_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        set_at = BigIntegerField()

        class Meta:
            table_name = "guard_numbers"

    class DistrictPause(Base):
        public_id = CharField(max_length=16, unique=True)
        connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
        starts_on = DateField()
        ends_on = DateField()
        made_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        made_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        released_at = BigIntegerField(null=True)
        released_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")

        class Meta:
            table_name = "district_pauses"

    db.create_tables(
        [ClassChange, ClassMatch, RosterOverride, PlannedChange, GuardNumbers, DistrictPause]
    )
    postgresql = isinstance(db, PostgresqlDatabase)
    written = {"true": "true" if postgresql else "1", "false": "false" if postgresql else "0"}
    for statement in (*COLUMNS, OWN_NAMES, *INDEXES):
        db.execute_sql(statement.format(**written))  # type: ignore[no-untyped-call]
