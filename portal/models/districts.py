"""Districts that share with us, and the sealed token each gave."""

from __future__ import annotations

from peewee import CharField, TextField

from portal.models.base import BaseModel, UtcDateTimeField


class DistrictConnection(BaseModel):
    """One district's authorisation; the token is sealed with a key outside the database (V23)."""

    provider = CharField(max_length=32)
    district_sourced_id = CharField(max_length=64)
    sealed_token = TextField()
    fetched_at = UtcDateTimeField()

    class Meta:
        table_name = "district_connections"


DistrictConnection.add_index(
    DistrictConnection.index(
        DistrictConnection.provider,
        DistrictConnection.district_sourced_id,
        unique=True,
        name="district_connections_one_per_district",
    )
)
