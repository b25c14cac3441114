"""The records a district shares, each kind a table, as the last whole read found them (K1).

They are beside the sections, never above them: what is no longer shared is marked and comes back
as it was (trust.md decision 7). `digest` is of the provider's own words for the record, so that
a night without changes decodes nothing (performance.md).
"""

from __future__ import annotations

from typing import Any

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.districts import DistrictConnection


class SharedRecord(BaseModel):
    """One record of a district's; `unshared_at` is set while the district does not share it."""

    connection_id: int

    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE", index=False)
    sourced_id = CharField(max_length=64)
    digest = BigIntegerField()
    shared_at = UtcDateTimeField()
    changed_at = UtcDateTimeField()
    unshared_at = UtcDateTimeField(null=True)

    @classmethod
    def of(cls, connection: DistrictConnection | int) -> Any:
        """What the district shares today, of this kind: a condition."""
        return (cls.connection == connection) & cls.unshared_at.is_null()


class SharedSchool(SharedRecord):
    """A school, with how much of it is shared, counted at the end of each read."""

    name = TextField()
    sort_name = TextField(default="")  # `fold` of the name
    class_count = IntegerField(default=0)
    teacher_count = IntegerField(default=0)
    student_count = IntegerField(default=0)

    class Meta:
        table_name = "shared_schools"

    @classmethod
    def is_known(cls, connection: DistrictConnection, sourced_id: str) -> bool:
        """Whether the district shares this school, or did before."""
        theirs = (cls.connection == connection) & (cls.sourced_id == sourced_id)
        return bool(cls.select().where(theirs).exists())


class SharedTerm(SharedRecord):
    name = TextField()
    starts_on = DateField(null=True)
    ends_on = DateField(null=True)

    class Meta:
        table_name = "shared_terms"


class SharedCourse(SharedRecord):
    name = TextField()

    class Meta:
        table_name = "shared_courses"


class SharedTeacher(SharedRecord):
    """A teacher; `roles` also says what else they are at their schools."""

    given_name = TextField()
    family_name = TextField()
    sort_name = TextField()
    roles = TextField()

    class Meta:
        table_name = "shared_teachers"


class SharedStudent(SharedRecord):
    """A student: every field of the published list, and no other (trust.md decision 5).

    `unreadable` ones are listed by the district with a record nobody could use: they have no
    name yet, are shown nowhere, and are not taken from any section.
    """

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

    @classmethod
    def of(cls, connection: DistrictConnection | int) -> Any:
        return super().of(connection) & (cls.unreadable == False)  # noqa: E712


class SharedClass(SharedRecord):
    """A class; `student_count` is how many ids it lists, be they shared or not."""

    name = TextField()
    sort_name = TextField(default="")  # `fold` of the name
    school_sourced_id = CharField(max_length=64)
    term_sourced_id = CharField(max_length=64)
    course_sourced_id = CharField(max_length=64)
    period = TextField()
    grade = TextField()
    subject = TextField()
    section_number = TextField()
    sis_id = TextField()
    created_at = UtcDateTimeField(null=True)
    student_count = IntegerField(default=0)

    class Meta:
        table_name = "shared_classes"


class ClassStudent(BaseModel):
    """A student whom a class lists, or did until `ended_at`; their record may be missing."""

    shared_class_id: int

    shared_class = ForeignKeyField(SharedClass, on_delete="CASCADE", index=False)
    sourced_id = CharField(max_length=64)
    ended_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "class_students"
        primary_key = CompositeKey("shared_class", "sourced_id")


class ClassTeacher(BaseModel):
    """A teacher whom a class lists today."""

    shared_class_id: int

    shared_class = ForeignKeyField(SharedClass, on_delete="CASCADE", index=False)
    sourced_id = CharField(max_length=64)
    is_main = BooleanField()

    class Meta:
        table_name = "class_teachers"
        primary_key = CompositeKey("shared_class", "sourced_id")


class SharedPlace(BaseModel):
    """A school of a teacher or student: the first of them and all others."""

    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE", index=False)
    sourced_id = CharField(max_length=64)
    school_sourced_id = CharField(max_length=64)

    class Meta:
        table_name = "shared_places"
        primary_key = CompositeKey("connection", "sourced_id", "school_sourced_id")
