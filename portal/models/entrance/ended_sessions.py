"""Sessions that were ended from elsewhere, so that their browsers can be told (trust.md A25)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import CharField, ModelSelect

from portal.models.base import BaseModel, UtcDateTimeField


class EndedSession(BaseModel):
    """What is left of one: nothing of its person, and no longer than it would have lived."""

    token_digest = CharField(max_length=64, unique=True)
    expires_at = UtcDateTimeField(index=True)

    class Meta:
        table_name = "ended_sessions"

    @classmethod
    def note(cls, sessions: ModelSelect[Any]) -> None:
        """Remember these sessions, digest and end of each; a second time changes nothing."""
        columns = [cls.token_digest, cls.expires_at]
        cls.insert_from(sessions, columns).on_conflict_ignore().execute()

    @classmethod
    def holds(cls, token_digest: str, now: datetime) -> bool:
        """Whether such a session was ended and could be in use otherwise."""
        found = (cls.token_digest == token_digest) & (cls.expires_at > now)
        return bool(cls.select().where(found).exists())

    @classmethod
    def purge(cls, now: datetime) -> int:
        """Delete what has expired; returns how many. The sweeper calls this."""
        purged: int = cls.delete().where(cls.expires_at <= now).execute()
        return purged
