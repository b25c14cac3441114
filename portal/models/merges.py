"""Two accounts brought together as one, with everything needed to take them apart again (AC5)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from peewee import CharField, ForeignKeyField, IntegerField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.enrollments import Enrollment
from portal.models.sync_runs import SyncRun

UNDO_LASTS = timedelta(days=180)


class MergeGround(StrEnum):
    """Who vouched that both accounts are one person's."""

    BOTH_PROVED = "both_proved"
    TEACHER = "teacher"
    CLAIM = "claim"
    ADMIN = "admin"
    OPERATOR = "operator"


class Merge(BaseModel):
    """`absorbed` became part of `kept`; its row stays, without a way in, until it is undone."""

    kept_id: int
    absorbed_id: int

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    kept = ForeignKeyField(Account, backref="merges", on_delete="CASCADE")
    absorbed = ForeignKeyField(Account, backref="absorptions", on_delete="CASCADE")
    ground = CharField(max_length=16)
    made_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
    made_at = UtcDateTimeField()
    undone_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
    undone_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "merges"


class MergeMove(BaseModel):
    """One row that went from one account to the other; `place` is its table."""

    merge = ForeignKeyField(Merge, backref="moves", index=False, on_delete="CASCADE")
    place = CharField(max_length=32)
    row_id = IntegerField()

    class Meta:
        table_name = "merge_moves"


class MergedEnrollment(BaseModel):
    """A section both accounts were in: one place goes on, the other rests; both as they were."""

    merge = ForeignKeyField(Merge, backref="merged_enrollments", on_delete="CASCADE")
    kept = ForeignKeyField(Enrollment, backref="+", on_delete="CASCADE")
    kept_sourced_id = CharField(max_length=64)
    kept_ended_at = UtcDateTimeField(null=True)
    kept_ended_by = ForeignKeyField(SyncRun, backref="+", null=True, on_delete="SET NULL")
    absorbed = ForeignKeyField(Enrollment, backref="+", on_delete="CASCADE")
    absorbed_ended_at = UtcDateTimeField(null=True)
    absorbed_ended_by = ForeignKeyField(SyncRun, backref="+", null=True, on_delete="SET NULL")

    class Meta:
        table_name = "merged_enrollments"


MergeMove.add_index(MergeMove.index(MergeMove.merge, MergeMove.place, name="merge_moves_of_merge"))
Merge.add_index(
    Merge.index(
        Merge.absorbed, unique=True, where=Merge.undone_at.is_null(), name="merges_one_standing"
    )
)
