"""Mail that waits to be sent: the row is the truth, the job only the doorbell (decision 2)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from peewee import CharField, ForeignKeyField, IntegerField, TextField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.sections import Section
from portal.models.sessions import Session


class LetterKind(StrEnum):
    """What a letter says; the first three carry a link, the others tell what was changed."""

    SIGN_UP = "sign_up"
    RESET = "reset"
    ADD_PASSWORD = "add_password"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_ADDED = "password_added"
    PASSWORD_REMOVED = "password_removed"
    MERGED = "merged"
    UNMERGED = "unmerged"


class Letter(BaseModel):
    """One mail to be written and sent by a job; the row goes when it is sent.

    Who has which account is looked up by the job, never while somebody waits for an answer: how
    long a page takes says nothing about an address (A64).
    """

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    kind = CharField(max_length=32)
    email = TextField()
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    section = ForeignKeyField(Section, null=True, on_delete="CASCADE")
    session = ForeignKeyField(Session, null=True, on_delete="CASCADE")
    written_at = UtcDateTimeField()
    due_at = UtcDateTimeField(index=True)
    tries = IntegerField(default=0)

    class Meta:
        table_name = "letters"

    @classmethod
    def write(
        cls,
        kind: LetterKind,
        email: str,
        now: datetime,
        account: Account | None = None,
        section: Section | None = None,
        session: Session | None = None,
    ) -> Letter:
        """A letter due at once; ring for it after the commit. Call inside a transaction."""
        letter: Letter = cls.create(
            kind=kind,
            email=email,
            account=account,
            section=section,
            session=session,
            written_at=now,
            due_at=now,
        )
        return letter
