"""Signed-in devices: sessions live here, the browser only holds a random token (S6)."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, TextField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField


class Session(BaseModel):
    """One browser's session; `values` is JSON and holds no names."""

    token_digest = CharField(max_length=64, unique=True)
    account = ForeignKeyField(Account, backref="sessions", null=True, on_delete="CASCADE")
    role = CharField(max_length=16, default="")
    values = TextField(default="{}")
    created_at = UtcDateTimeField()
    seen_at = UtcDateTimeField()
    expires_at = UtcDateTimeField(index=True)

    class Meta:
        table_name = "sessions"
