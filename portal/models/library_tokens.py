"""A Clever Library teacher's own token, for as long as they are signed in (K7)."""

from __future__ import annotations

from peewee import ForeignKeyField, TextField

from portal.models.accounts import LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.sessions import Session


class LibraryToken(BaseModel):
    """Sealed, and gone with its session: signing out drops it (V14, V23)."""

    session = ForeignKeyField(Session, unique=True, on_delete="CASCADE")
    linked_account = ForeignKeyField(LinkedAccount, on_delete="CASCADE")
    sealed_token = TextField()
    expires_at = UtcDateTimeField()

    class Meta:
        table_name = "library_tokens"
