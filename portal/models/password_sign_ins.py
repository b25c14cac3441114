"""Email and password: a way in whose address its owner has proved before anything was made (S3)."""

from __future__ import annotations

from peewee import ForeignKeyField, ModelSelect, TextField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField


class PasswordSignIn(BaseModel):
    """One proved address and its password. An account that was brought together may have two.

    `email_key` is how addresses are compared here and nowhere else: no address ever finds an
    account that does not own it by a password (trust.md decision 5).
    """

    account_id: int

    account = ForeignKeyField(Account, backref="password_sign_ins", on_delete="CASCADE")
    email = TextField()
    email_key = TextField(unique=True)
    password_hash = TextField()
    linked_at = UtcDateTimeField()
    set_at = UtcDateTimeField()
    last_used_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "password_sign_ins"

    @classmethod
    def of(cls, account: Account) -> ModelSelect[PasswordSignIn]:
        """The addresses this account signs in with."""
        return cls.select().where(cls.account == account).order_by(cls.id)
