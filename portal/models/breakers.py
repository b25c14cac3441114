"""Whether a provider answers at all, as every worker has found it (F29)."""

from __future__ import annotations

from datetime import datetime, timedelta

from peewee import CharField, IntegerField

from portal.models.base import EPOCH, BaseModel, UtcDateTimeField

OPENS_AT = 3  # Whole reads in a row; each has tried three times before it gave up.
LONGEST_QUESTION = timedelta(seconds=15)


class Breaker(BaseModel):
    """One provider's breaker: open while the last reads, whoever made them, got no answer.

    Open, it lets one worker at a time ask. `asked_until` is when another may, should the one that
    asks now die of it.
    """

    provider = CharField(max_length=32, unique=True)
    unanswered = IntegerField(default=0)
    asked_until = UtcDateTimeField(default=EPOCH)

    class Meta:
        table_name = "breakers"

    @classmethod
    def of(cls, provider: str) -> Breaker | None:
        """None for a provider that has always answered."""
        found: Breaker | None = cls.get_or_none(cls.provider == provider)
        return found

    @classmethod
    def count(cls, provider: str) -> None:
        """One more read without an answer; whoever asked has finished asking."""
        cls.insert(provider=provider, unanswered=1).on_conflict(
            conflict_target=[cls.provider],
            update={cls.unanswered: cls.unanswered + 1, cls.asked_until: EPOCH},
        ).execute()

    @classmethod
    def close(cls, provider: str) -> None:
        """The provider has answered."""
        cls.update(unanswered=0, asked_until=EPOCH).where(cls.provider == provider).execute()

    @property
    def is_open(self) -> bool:
        return bool(self.unanswered >= OPENS_AT)

    def take_turn(self, now: datetime) -> bool:
        """Whether this worker is the one that asks now."""
        free = (Breaker.id == self.id) & (Breaker.asked_until <= now)
        taken = Breaker.update(asked_until=now + LONGEST_QUESTION).where(free).execute()
        return bool(taken)
