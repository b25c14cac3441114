"""Districts that share with us, and the sealed token each gave."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from peewee import CharField, DateField, IntegerField, ModelSelect, TextField

from portal.database import is_postgresql
from portal.models.base import BaseModel, UtcDateTimeField
from portal.roster.sharing import DistrictRecord

FROZEN = frozenset({"paused", "on_hold"})  # The provider's own words for records that stand still.

ASK_AGAIN_AFTER = timedelta(days=1)


class EventsState(StrEnum):
    """`seeded`: we know where the feed was before a whole read that is still to come. `on`: what
    is told from `events_cursor` on is all that is new. `off`: this token has no Events."""

    NEVER_ASKED = ""
    SEEDED = "seeded"
    ON = "on"
    OFF = "off"


class DistrictConnection(BaseModel):
    """One district's authorisation; the token is sealed with a key outside the database (V23).

    The one without a district's id stands for Clever Library, where each teacher authorises us
    alone: it holds no token. `state` and `records_at` are the provider's own words for how the
    district's records reach it and when they last did; `read_at` is when our last whole read
    began that was saved (Y15). `revoked_at` is when the provider stopped listing its token.
    `turn_at` is when a sync of one of its sections last began: districts take turns (F58).
    The counts are of what is shared, theirs and each school's, as of `counts_outdated_at` if set.
    """

    provider = CharField(max_length=32)
    district_sourced_id = CharField(max_length=64)
    sealed_token = TextField()
    fetched_at = UtcDateTimeField()
    rests_until = UtcDateTimeField(null=True)
    turn_at = UtcDateTimeField(null=True)
    name = TextField(default="")
    state = CharField(max_length=16, default="")
    contact_name = TextField(default="")
    records_at = UtcDateTimeField(null=True)
    pause_starts_on = DateField(null=True)
    pause_ends_on = DateField(null=True)
    revoked_at = UtcDateTimeField(null=True)
    read_at = UtcDateTimeField(null=True)
    events_cursor = CharField(max_length=64, default="")
    events_state = CharField(max_length=16, default="")
    events_at = UtcDateTimeField(null=True)
    event_told_at = UtcDateTimeField(null=True)
    school_count = IntegerField(default=0)
    teacher_count = IntegerField(default=0)
    class_count = IntegerField(default=0)
    student_count = IntegerField(default=0)
    counts_outdated_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "district_connections"

    @classmethod
    def of(cls, provider: str, district_sourced_id: str) -> DistrictConnection | None:
        found: DistrictConnection | None = cls.get_or_none(
            (cls.provider == provider) & (cls.district_sourced_id == district_sourced_id)
        )
        return found

    @classmethod
    def by_key(cls, key: int) -> DistrictConnection:
        """The connection as it is now."""
        found: DistrictConnection = cls.get_by_id(key)
        return found

    def lock(self) -> None:
        """Hold this row until the transaction ends. Call inside one."""
        query = DistrictConnection.select().where(DistrictConnection.id == self.id)
        (query.for_update() if is_postgresql() else query).get()

    @property
    def mirrored_at(self) -> datetime | None:
        """As of when we know all that the district shares: its last whole read, or poll of Events.

        While a younger read is being saved its records are newer than this, never older.
        """
        polled_at = self.events_at if self.events_state == EventsState.ON else None
        known = [moment for moment in (self.read_at, polled_at) if moment is not None]
        return max(known, default=None)

    @property
    def is_seeded(self) -> bool:
        """Whether it was read whole since its feed was first asked: from here on Events tell."""
        read_since = self.read_at is not None and self.read_at >= self.events_at
        return self.events_state == EventsState.SEEDED and read_since

    @classmethod
    def with_events(cls, provider: str, now: datetime) -> ModelSelect[DistrictConnection]:
        """The districts to ask for news; one without Events is asked again once a day."""
        off = (cls.events_state == EventsState.OFF) & (cls.events_at > now - ASK_AGAIN_AFTER)
        return cls.connected(provider).where(~off)

    def seed_events(self, cursor: str, now: datetime) -> None:
        """What a whole read after this moment does not say yet is told behind this event."""
        self._note_events(EventsState.SEEDED, now, events_cursor=cursor, event_told_at=now)

    def lacks_events(self, now: datetime) -> None:
        self._note_events(EventsState.OFF, now)

    def polled(self, as_of: datetime) -> None:
        """All that was told until then is saved."""
        self._note_events(EventsState.ON, as_of)

    def passed_event(self, before: str, cursor: str, told_at: datetime) -> bool:
        """Go on behind this event; False when another worker went on from there meanwhile.

        Call inside the transaction that saves what it stands for.
        """
        here = (DistrictConnection.id == self.id) & (DistrictConnection.events_cursor == before)
        passed = DistrictConnection.update(events_cursor=cursor, event_told_at=told_at).where(here)
        return bool(passed.execute())

    def _note_events(self, state: EventsState, now: datetime, **more: Any) -> None:
        DistrictConnection.update(events_state=state, events_at=now, **more).where(
            DistrictConnection.id == self.id
        ).execute()

    @property
    def is_library(self) -> bool:
        """Whether it stands for Clever Library (K7)."""
        return not self.district_sourced_id

    @classmethod
    def library(cls, provider: str, now: datetime) -> DistrictConnection:
        """The one that stands for the provider's Library. Call inside a transaction."""
        cls.insert(
            provider=provider, district_sourced_id="", sealed_token="", fetched_at=now
        ).on_conflict_ignore().execute()
        found: DistrictConnection = cls.get(
            (cls.provider == provider) & (cls.district_sourced_id == "")
        )
        return found

    @classmethod
    def in_order(cls) -> ModelSelect[DistrictConnection]:
        """Every row in the order in which they came, Library among them."""
        return cls.select().order_by(cls.id)

    @classmethod
    def districts(cls, provider: str) -> ModelSelect[DistrictConnection]:
        """All that ever connected, in the order in which they did; Library is none."""
        return cls.in_order().where((cls.provider == provider) & (cls.district_sourced_id != ""))

    @classmethod
    def connected(cls, provider: str) -> ModelSelect[DistrictConnection]:
        """The districts that share with us today."""
        return cls.districts(provider).where(cls.revoked_at.is_null())

    @classmethod
    def listed(
        cls, provider: str, district_sourced_ids: Collection[str]
    ) -> list[DistrictConnection]:
        """These districts, or all where none is named."""
        found = cls.districts(provider)
        if district_sourced_ids:
            found = found.where(cls.district_sourced_id.in_(list(district_sourced_ids)))
        return list(found)

    @classmethod
    def revoked(cls, provider: str) -> ModelSelect[DistrictConnection]:
        return cls.districts(provider).where(cls.revoked_at.is_null(False))

    @classmethod
    def keep(
        cls, provider: str, district_sourced_id: str, sealed_token: str, now: datetime
    ) -> None:
        """Store the district's current token in place of an older one: it is connected."""
        cls.insert(
            provider=provider,
            district_sourced_id=district_sourced_id,
            sealed_token=sealed_token,
            fetched_at=now,
        ).on_conflict(
            conflict_target=[cls.provider, cls.district_sourced_id],
            update={cls.sealed_token: sealed_token, cls.fetched_at: now, cls.revoked_at: None},
        ).execute()

    def matched(self, as_of: datetime) -> None:
        """Note that the read that began then is saved whole: the one row of a quiet night."""
        unread = DistrictConnection.read_at.is_null() | (DistrictConnection.read_at < as_of)
        DistrictConnection.update(read_at=as_of).where(
            (DistrictConnection.id == self.id) & unread
        ).execute()

    @classmethod
    def revoke_others(cls, provider: str, listed: Collection[str], now: datetime) -> int:
        """Note which districts the provider lists no more; how many are new among them."""
        gone = [
            each.id for each in cls.connected(provider) if each.district_sourced_id not in listed
        ]
        revoked: int = cls.update(revoked_at=now).where(cls.id.in_(gone)).execute()
        return revoked

    def reseal(self, sealed_token: str) -> None:
        """The same token under the newest key, unless a newer token came first (V23)."""
        same = DistrictConnection.sealed_token == self.sealed_token
        DistrictConnection.update(sealed_token=sealed_token).where(
            (DistrictConnection.id == self.id) & same
        ).execute()

    def describe(self, record: DistrictRecord) -> None:
        """What the provider says of the district today; written only where it changed."""
        told = {
            "name": record.name,
            "state": record.state[:16],  # The words of today are shorter.
            "records_at": record.records_at,
            "pause_starts_on": record.pause_starts_on,
            "pause_ends_on": record.pause_ends_on,
            "contact_name": record.contact_name,
        }
        if told != {name: getattr(self, name) for name in told}:
            DistrictConnection.update(**told).where(DistrictConnection.id == self.id).execute()

    @property
    def frozen(self) -> bool:
        """Whether the provider itself holds the district's records still (Clever's pauses)."""
        return self.state.lower().replace(" ", "_") in FROZEN

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
