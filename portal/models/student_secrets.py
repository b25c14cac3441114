"""Picture passwords and secret words of younger students, made and known by their teacher (S3)."""

from __future__ import annotations

from peewee import ForeignKeyField, TextField

from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.enrollments import Enrollment


class StudentSecret(BaseModel):
    """What a student signs in with to one section that is not synced.

    It belongs to the place in that section: a student of two teachers has two, and each teacher
    prints and resets their own. Sealed, since a teacher must be able to print it again.
    """

    enrollment = ForeignKeyField(Enrollment, unique=True, on_delete="CASCADE")
    sealed_secret = TextField()
    set_at = UtcDateTimeField()
    last_used_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "student_secrets"
