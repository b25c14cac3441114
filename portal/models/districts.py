"""Districts that share with us, and the sealed token each gave."""

from __future__ import annotations

from datetime import datetime

from peewee import CharField, TextField

from portal.models.base import BaseModel, UtcDateTimeField


class DistrictConnection(BaseModel):
    """One district's authorisation; the token is sealed with a key outside the database (V23)."""

    provider = CharField(max_length=32)
    district_sourced_id = CharField(max_length=64)
    sealed_token = TextField()
    fetched_at = UtcDateTimeField()
    rests_until = UtcDateTimeField(null=True)

    class Meta:
        table_name = "district_connections"

    @classmethod
    def of(cls, provider: str, district_sourced_id: str) -> DistrictConnection | None:
        found: DistrictConnection | None = cls.get_or_none(
            (cls.provider == provider) & (cls.district_sourced_id == district_sourced_id)
        )
        return found

    @classmethod
    def keep(
        cls, provider: str, district_sourced_id: str, sealed_token: str, now: datetime
    ) -> None:
        """Store the district's current token in place of an older one."""
        cls.insert(
            provider=provider,
            district_sourced_id=district_sourced_id,
            sealed_token=sealed_token,
            fetched_at=now,
        ).on_conflict(
            conflict_target=[cls.provider, cls.district_sourced_id],
            update={cls.sealed_token: sealed_token, cls.fetched_at: now},
        ).execute()

    @classmethod
    def rest(cls, provider: str, district_sourced_id: str, until: datetime) -> None:
        """Note that the provider asked this token to wait, for all workers that share it (F26)."""
        cls.update(rests_until=until).where(
            (cls.provider == provider) & (cls.district_sourced_id == district_sourced_id)
        ).execute()


DistrictConnection.add_index(
    DistrictConnection.index(
        DistrictConnection.provider,
        DistrictConnection.district_sourced_id,
        unique=True,
        name="district_connections_one_per_district",
    )
)
