"""Accounts that look like one person's and are not: somebody who knows them said so (AC6)."""

from __future__ import annotations

from peewee import ForeignKeyField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField


class ToldApart(BaseModel):
    """Two people; `first` is the account with the smaller key."""

    first = ForeignKeyField(Account, backref="+", index=False, on_delete="CASCADE")
    second = ForeignKeyField(Account, backref="+", on_delete="CASCADE")
    told_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
    told_at = UtcDateTimeField()

    class Meta:
        table_name = "told_apart"


ToldApart.add_index(
    ToldApart.index(ToldApart.first, ToldApart.second, unique=True, name="told_apart_once")
)
