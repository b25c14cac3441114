"""A Clever Library teacher's own token, for as long as they are signed in (K7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from peewee import ForeignKeyField, ModelSelect, TextField

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.entrance.sessions import Session
from portal.models.sections import Section, SectionTeacher

LIFETIME = timedelta(hours=24)


class LibraryToken(BaseModel):
    """Sealed, and gone with its session: signing out drops it (V14, V23).

    `rests_until` is when the provider asked this token to wait (F26).
    """

    linked_account_id: int

    session = ForeignKeyField(Session, unique=True, on_delete="CASCADE")
    linked_account = ForeignKeyField(LinkedAccount, on_delete="CASCADE")
    sealed_token = TextField()
    expires_at = UtcDateTimeField()
    rests_until = UtcDateTimeField(null=True)

    class Meta:
        table_name = "library_tokens"

    @classmethod
    def keep(
        cls, session: Session, linked: LinkedAccount, sealed_token: str, now: datetime
    ) -> None:
        """In place of an older one of this session, which must live. Call inside a transaction."""
        session.must_live()
        cls.insert(
            session=session,
            linked_account=linked,
            sealed_token=sealed_token,
            expires_at=now + LIFETIME,
        ).on_conflict(
            conflict_target=[cls.session],
            update={
                cls.linked_account: linked.id,
                cls.sealed_token: sealed_token,
                cls.expires_at: now + LIFETIME,
                cls.rests_until: None,
            },
        ).execute()

    @classmethod
    def of_identity(cls, linked: LinkedAccount, now: datetime) -> LibraryToken | None:
        """The newest token of this identity whose session lives, be it on another device."""
        found: LibraryToken | None = (
            _living(now).where(cls.linked_account == linked).order_by(cls.expires_at.desc()).first()
        )
        return found

    @classmethod
    def of_section(cls, section: Section, now: datetime) -> ModelSelect[LibraryToken]:
        """The tokens that may read this section's class: of teachers of it who are signed in."""
        teachers = SectionTeacher.select(SectionTeacher.sourced_id).where(
            (SectionTeacher.section == section) & SectionTeacher.ended_at.is_null()
        )
        identity = (
            (LinkedAccount.provider == section.provider)
            & (LinkedAccount.issuer == section.issuer)
            & LinkedAccount.sourced_id.in_(teachers)
        )
        return _living(now).where(identity).order_by(cls.expires_at.desc())

    @classmethod
    def drop(cls, linked_account_ids: Iterable[int] | ModelSelect[Any]) -> int:
        """Forget every token of these identities; returns how many."""
        dropped: int = cls.delete().where(cls.linked_account.in_(linked_account_ids)).execute()
        return dropped

    @classmethod
    def purge(cls, now: datetime) -> int:
        """Delete what opens nothing any more: its day is over, or its session no longer lives."""
        living = _living(now).select(cls.id)
        purged: int = cls.delete().where(cls.id.not_in(living)).execute()
        return purged

    def end(self) -> None:
        """The provider does not accept it any more."""
        LibraryToken.delete().where(LibraryToken.id == self.id).execute()

    def rest(self, until: datetime) -> None:
        """Note that the provider asked this token to wait, for all who read with it (F26)."""
        LibraryToken.update(rests_until=until).where(LibraryToken.id == self.id).execute()


def _living(now: datetime) -> ModelSelect[LibraryToken]:
    """Tokens of living sessions of people who may sign in (A44)."""
    return (
        LibraryToken.select(LibraryToken, LinkedAccount, Account)
        .join(LinkedAccount)
        .join(Account)
        .switch(LibraryToken)
        .join(Session)
        .where(
            (LibraryToken.expires_at > now)
            & (Session.expires_at > now)
            & (Session.account == LinkedAccount.account)
            & Account.disabled_at.is_null()
            & Account.merged_into.is_null()
        )
    )
