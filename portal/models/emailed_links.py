"""Links that were sent by mail: each proves once that somebody reads what is sent there."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from peewee import CharField, ForeignKeyField, TextField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.sections import Section
from portal.models.sessions import Session

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

    token_digest = CharField(max_length=64, unique=True)
    purpose = CharField(max_length=16)
    email = TextField()
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    section = ForeignKeyField(Section, null=True, on_delete="CASCADE")
    session = ForeignKeyField(Session, null=True, on_delete="CASCADE")
    made_at = UtcDateTimeField()
    expires_at = UtcDateTimeField(index=True)
    used_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "emailed_links"

    @classmethod
    def drop(cls, account: Account) -> None:
        """Make every link useless that still waits for this account (unexpired email change)."""
        cls.delete().where((cls.account == account) & cls.used_at.is_null()).execute()
