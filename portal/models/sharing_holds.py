"""A district that suddenly shares much less than before: put to an admin (trust.md decision 4)."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.districts import DistrictConnection
from portal.models.holds import HoldState


class SharingHold(BaseModel):
    """More than a tenth of a school's students, classes or enrollments are no longer shared.

    What is shared is shown as it is; until somebody answers, no section loses a student by it
    and none is told that its class is gone. `since` is when the first of them went.
    """

    connection_id: int

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
    school_sourced_id = CharField(max_length=64, default="")
    state = CharField(max_length=16, default=HoldState.WAITING)
    student_count = IntegerField()
    students_before = IntegerField()
    class_count = IntegerField()
    classes_before = IntegerField()
    enrollment_count = IntegerField()
    enrollments_before = IntegerField()
    digest = CharField(max_length=64, default="")
    since = UtcDateTimeField()
    created_at = UtcDateTimeField()
    expires_at = UtcDateTimeField()
    answered_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    answered_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "sharing_holds"
