"""Whether a provider answers at all, as every worker has found it (F29)."""

from __future__ import annotations

from datetime import datetime, timedelta

from peewee import SQL, CharField, IntegerField

from portal.database import clock_sql
from portal.models.base import EPOCH, MICROSECOND, BaseModel, UtcDateTimeField

OPENS_AT = 3  # Whole reads without an answer; each has tried three times before it gave up.
# Longer than three readers at their limit: the class, a rotated token, and the class once more.
LONGEST_QUESTION = timedelta(minutes=2)


class Breaker(BaseModel):
    """One provider's breaker: open while the last reads, whoever made them, got no answer.

    Open, it lets one worker at a time ask. `asked_until` is when another may, should the one that
    asks now die of it. Half open, everybody reads, and one more read without an answer opens it.
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
        """One more read without an answer."""
        cls.insert(provider=provider, unanswered=1).on_conflict(
            conflict_target=[cls.provider],
            update={cls.unanswered: cls.unanswered + 1},
        ).execute()

    @classmethod
    def half_open(cls, provider: str) -> None:
        """The provider has answered something, which is no whole read yet."""
        opened = (cls.provider == provider) & (cls.unanswered >= OPENS_AT)
        cls.update(unanswered=OPENS_AT - 1).where(opened).execute()

    @classmethod
    def close(cls, provider: str) -> None:
        """The provider has answered a whole read."""
        cls.update(unanswered=0).where(cls.provider == provider).execute()

    @property
    def is_open(self) -> bool:
        return bool(self.unanswered >= OPENS_AT)

    def take_turn(self) -> datetime | None:
        """Until when this worker is the one that asks, by the database's clock (F53); or None."""
        until = SQL(f"{clock_sql()} + {LONGEST_QUESTION // MICROSECOND}")
        free = (Breaker.id == self.id) & (Breaker.asked_until <= SQL(clock_sql()))
        taken = Breaker.update(asked_until=until).where(free).returning(Breaker.asked_until)
        return next((breaker.asked_until for breaker in taken.execute()), None)

    def end_turn(self, until: datetime) -> None:
        """Let others ask, unless one of them already does: the turn that ends `until` is over."""
        mine = (Breaker.id == self.id) & (Breaker.asked_until == until)
        Breaker.update(asked_until=EPOCH).where(mine).execute()
