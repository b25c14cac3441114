"""Dates between which a district's sections follow nothing, and what comes after (Y14)."""

from __future__ import annotations

from datetime import date

from peewee import CharField, DateField, ForeignKeyField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.districts import DistrictConnection


class DistrictPause(BaseModel):
    """From the day `starts_on` to the day `ends_on`, both of them whole.

    `ended_at` is when somebody ended it early, `released_at` when it was over and the sections
    were told to show what would change before they save it.
    """

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
    starts_on = DateField()
    ends_on = DateField()
    made_by = ForeignKeyField(Account, null=True, on_delete="SET NULL", backref="+")
    made_at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)
    released_at = UtcDateTimeField(null=True)
    released_by = ForeignKeyField(Account, null=True, on_delete="SET NULL", backref="+")

    class Meta:
        table_name = "district_pauses"

    @classmethod
    def stands(cls, connection: DistrictConnection, today: date) -> bool:
        """Whether the district's sections rest today."""
        return bool(
            cls.select()
            .where(
                (cls.connection == connection)
                & cls.ended_at.is_null()
                & (cls.starts_on <= today)
                & (cls.ends_on >= today)
            )
            .exists()
        )
