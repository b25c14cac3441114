"""Mail that waits to be sent: the row is the truth, the job only the doorbell (decision 2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from peewee import CharField, ForeignKeyField, IntegerField, ModelSelect, TextField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.entrance.sessions import Session
from portal.models.sections import Section

# How long after each try the next one is due; the last wait repeats until the day is over.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180))
GIVEN_UP_AFTER = timedelta(days=1)


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
    long a page takes says nothing about an address (A64). `class_code` is what its reader typed.
    """

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    kind = CharField(max_length=32)
    email = TextField()
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    section = ForeignKeyField(Section, null=True, on_delete="CASCADE")
    session = ForeignKeyField(Session, null=True, on_delete="CASCADE")
    class_code = CharField(max_length=16, default="")
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
            class_code=(section.join_code or "") if section else "",
            written_at=now,
            due_at=now,
        )
        return letter

    @classmethod
    def take(cls, public_id: str, now: datetime) -> Letter | None:
        """The letter for this worker to send, or None when it is sent, given up or not yet due.

        Being taken makes it due again later: should this worker die, another tries (decision 2).
        """
        letter: Letter | None = cls.get_or_none((cls.public_id == public_id) & (cls.due_at <= now))
        if letter is None:
            return None
        wait = WAITS[min(letter.tries, len(WAITS) - 1)]
        taken = (
            cls.update(tries=cls.tries + 1, due_at=now + wait)
            .where((cls.id == letter.id) & (cls.tries == letter.tries))
            .execute()
        )
        return letter if taken else None

    @classmethod
    def due(cls, now: datetime) -> ModelSelect[Letter]:
        """What should have been sent by now, the oldest first."""
        return cls.select().where(cls.due_at <= now).order_by(cls.due_at, cls.id)

    @classmethod
    def give_up(cls, now: datetime) -> int:
        """Forget letters nobody took for a day; returns how many. The sweeper calls this."""
        given_up: int = cls.delete().where(cls.written_at <= now - GIVEN_UP_AFTER).execute()
        return given_up

    def done(self) -> None:
        """The letter is sent, or never will be; the address goes with the row."""
        self.delete_instance()
