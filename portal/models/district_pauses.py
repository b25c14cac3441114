"""Dates between which a district's sections follow nothing, and what comes after (Y14)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from peewee import CharField, DateField, ForeignKeyField, ModelSelect

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.districts import DistrictConnection
from portal.models.sections import Section


class DistrictPause(BaseModel):
    """From the day `starts_on` to the day `ends_on`, both of them whole.

    `ended_at` is when somebody ended it early, `released_at` when it was over and the sections
    were told to show what would change before they save it. One that is not released counts.
    """

    connection_id: int

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
    def standing(cls, connection: DistrictConnection, today: date) -> DistrictPause | None:
        """The one that the district's sections rest by today."""
        found: DistrictPause | None = (
            cls._on(today).where(DistrictConnection.id == connection.id).first()
        )
        return found

    @classmethod
    def over(cls, sections: Collection[Section], today: date) -> dict[int, DistrictPause]:
        """The one that each of these sections rests by today, by the section's key."""
        districts = {each.district_sourced_id for each in sections if each.synced}
        if not districts:
            return {}
        found = cls._on(today).where(DistrictConnection.district_sourced_id.in_(districts))
        of_district = {
            (each.connection.provider, each.connection.district_sourced_id): each for each in found
        }
        places = {each.id: (each.provider, each.district_sourced_id) for each in sections}
        return {key: of_district[place] for key, place in places.items() if place in of_district}

    @classmethod
    def to_come(cls, connection: DistrictConnection, today: date) -> ModelSelect[DistrictPause]:
        """Those that stand or will, the next one first."""
        alive = (cls.connection == connection) & cls.released_at.is_null()
        return cls.select().where(alive & (cls.ends_on >= today)).order_by(cls.starts_on)

    @classmethod
    def clashes(
        cls, connection: DistrictConnection, starts_on: date, ends_on: date, but: int = 0
    ) -> bool:
        """Whether another one that counts has some of these days. Inside a transaction.

        The district's row is held until its end: two tabs at once plan one after the other.
        """
        connection.lock()
        theirs = (cls.connection == connection) & cls.released_at.is_null() & (cls.id != but)
        same_days = (cls.starts_on <= ends_on) & (cls.ends_on >= starts_on)
        return bool(cls.select().where(theirs & same_days).exists())

    @classmethod
    def due(cls, provider: str) -> ModelSelect[DistrictPause]:
        """Those after which nobody has told the sections yet, with their connections."""
        return cls._living().where(DistrictConnection.provider == provider)

    def release(self, now: datetime, by: Account | None = None) -> bool:
        """Count no longer; whether this call was the one that ended it. In a transaction."""
        ended = (
            DistrictPause.update(released_at=now, released_by=by, ended_at=now if by else None)
            .where((DistrictPause.id == self.id) & DistrictPause.released_at.is_null())
            .execute()
        )
        return bool(ended)

    @classmethod
    def _living(cls) -> ModelSelect[DistrictPause]:
        joined = cls.select(cls, DistrictConnection).join(DistrictConnection)
        return joined.where(cls.released_at.is_null())

    @classmethod
    def _on(cls, today: date) -> ModelSelect[DistrictPause]:
        return cls._living().where((cls.starts_on <= today) & (cls.ends_on >= today))
