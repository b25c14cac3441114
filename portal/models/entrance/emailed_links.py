"""Links that were sent by mail: each proves once that somebody reads what is sent there."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from peewee import CharField, Expression, ForeignKeyField, TextField

from portal.models import own_sections
from portal.models.accounts import Account, AccountKind
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.entrance.sessions import Session
from portal.models.sections import Section
from portal.roster.secrets import LoginType

LINK_LASTS = timedelta(hours=1)


class LinkPurpose(StrEnum):
    """What the reader of the mail may do next."""

    SIGN_UP = "sign_up"
    RESET = "reset"
    ADD_PASSWORD = "add_password"


class EmailedLink(BaseModel):
    """One link. The token is in the mail only, here its digest.

    `session` is the browser that asked, for links that only work there: whoever reads the mail
    of somebody else's request must not end up in that account (trojan identifier).
    """

    account_id: int | None
    session_id: int | None

    token_digest = CharField(max_length=64, unique=True)
    purpose = CharField(max_length=16)
    email = TextField()
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    section = ForeignKeyField(Section, null=True, on_delete="CASCADE")
    session = ForeignKeyField(Session, null=True, on_delete="CASCADE")
    class_code = CharField(max_length=16, default="")
    made_at = UtcDateTimeField()
    expires_at = UtcDateTimeField(index=True)
    used_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "emailed_links"

    @classmethod
    def make(
        cls,
        purpose: LinkPurpose,
        email: str,
        now: datetime,
        account: Account | None = None,
        section: Section | None = None,
        session: Session | None = None,
        class_code: str = "",
    ) -> str:
        """A new link; returns its token, 256 random bits that only the mail will hold."""
        token = secrets.token_urlsafe(32)
        cls.create(
            token_digest=_digest(token),
            purpose=purpose,
            email=email,
            account=account,
            section=section,
            session=session,
            class_code=class_code,
            made_at=now,
            expires_at=now + LINK_LASTS,
        )
        return token

    @classmethod
    def find(cls, token: str, now: datetime) -> EmailedLink | None:
        """The link with this token while it can be used, or None."""
        return cls._living(cls.token_digest == _digest(token), now)

    @classmethod
    def opened(cls, digest: str, purpose: LinkPurpose, now: datetime) -> EmailedLink | None:
        """A link that was found before, if it can still be used and is for this.

        By its token's digest, since SQLite gives the id of a dropped one to the next.
        """
        return cls._living((cls.token_digest == digest) & (cls.purpose == purpose), now)

    @property
    def makes(self) -> AccountKind:
        """What a sign-up by this link becomes: a class code makes students (S3)."""
        return AccountKind.STUDENT if self.section else AccountKind.STAFF

    @property
    def open_section(self) -> Section | None:
        """The section this leads to, while it takes students in by the code that was typed."""
        found = own_sections.of_code(self.class_code) if self.section else None
        by_email = found is not None and found.login_type == LoginType.EMAIL
        return found if by_email and found == self.section else None

    def use(self, now: datetime) -> bool:
        """Take the link for this request; False when it was taken before or is too old."""
        used = (
            EmailedLink.update(used_at=now)
            .where(
                (EmailedLink.token_digest == self.token_digest)
                & EmailedLink.used_at.is_null()
                & (EmailedLink.expires_at > now)
            )
            .execute()
        )
        return bool(used)

    @classmethod
    def withdraw(cls, token: str) -> None:
        """Forget a link whose mail was not sent."""
        cls.delete().where(cls.token_digest == _digest(token)).execute()

    @classmethod
    def purge(cls, now: datetime) -> int:
        """Delete what has expired; returns how many. The sweeper calls this."""
        purged: int = cls.delete().where(cls.expires_at <= now).execute()
        return purged

    @classmethod
    def drop(cls, account: Account) -> None:
        """Make every link useless that still waits for this account (unexpired email change)."""
        cls.delete().where((cls.account == account) & cls.used_at.is_null()).execute()

    @classmethod
    def _living(cls, which: Expression, now: datetime) -> EmailedLink | None:
        found: EmailedLink | None = cls.get_or_none(
            which & cls.used_at.is_null() & (cls.expires_at > now)
        )
        return found


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
