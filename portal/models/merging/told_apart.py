"""Accounts that look like one person's and are not: somebody who knows them said so (AC6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from peewee import ForeignKeyField, fn

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, tuples_of


class ToldApart(BaseModel):
    """Two people; `first` is the account with the smaller key."""

    first = ForeignKeyField(Account, backref="+", index=False, on_delete="CASCADE")
    second = ForeignKeyField(Account, backref="+", on_delete="CASCADE")
    told_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
    told_at = UtcDateTimeField()

    class Meta:
        table_name = "told_apart"

    @classmethod
    def tell(cls, one: Account, other: Account, by: Account | None, now: datetime) -> None:
        """These are two people; said twice it changes nothing. Call inside a transaction."""
        first, second = sorted((one, other), key=lambda each: int(each.id))
        cls.insert(
            first=first, second=second, told_by=by, told_at=now
        ).on_conflict_ignore().execute()

    @classmethod
    def among(cls, keys: Collection[int]) -> set[tuple[int, int]]:
        """The pairs of these accounts that are two people; what an account took in counts as it."""
        one, other = Account.alias(), Account.alias()
        first, second = (fn.COALESCE(each.merged_into, each.id) for each in (one, other))
        pairs = (
            cls.select(first, second)
            .join_from(cls, one, on=(cls.first == one.id))
            .join_from(cls, other, on=(cls.second == other.id))
            .where(first.in_(list(keys)))
        )
        return {(min(pair), max(pair)) for pair in tuples_of(pairs)}


ToldApart.add_index(
    ToldApart.index(ToldApart.first, ToldApart.second, unique=True, name="told_apart_once")
)
