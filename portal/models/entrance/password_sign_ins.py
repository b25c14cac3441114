"""Email and password: a way in whose address its owner has proved before anything was made (S3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import ForeignKeyField, ModelSelect, TextField

from portal.addresses import address_key
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

    @classmethod
    def find(cls, email: str) -> PasswordSignIn | None:
        """The password of this address with its account, or None."""
        found: PasswordSignIn | None = (
            cls.select(cls, Account)
            .join(Account)
            .where(cls.email_key == address_key(email))
            .get_or_none()
        )
        return found

    @classmethod
    def add(
        cls, account: Account, email: str, password_hash: str, now: datetime
    ) -> PasswordSignIn | None:
        """A first password for this account, or None when somebody signs in with the address.

        Call inside a transaction, and only once the address is proved (A24).
        """
        if cls.find(email) is not None:
            return None
        added: PasswordSignIn = cls.create(
            account=account,
            email=email,
            email_key=address_key(email),
            password_hash=password_hash,
            linked_at=now,
            set_at=now,
            last_used_at=now,
        )
        return added

    def change(self, password_hash: str, now: datetime) -> bool:
        """From now on this password; False when the one at hand was changed or taken off since.

        Call inside a transaction.
        """
        changed = (
            PasswordSignIn.update(password_hash=password_hash, set_at=now)
            .where(self._as_shown())
            .execute()
        )
        return bool(changed)

    def use(self, now: datetime, newer_hash: str | None = None) -> bool:
        """Note a sign-in; False when the password was changed or taken off since it was shown.

        `newer_hash` is the same password, made with today's figures.
        """
        used = (
            PasswordSignIn.update(last_used_at=now, password_hash=newer_hash or self.password_hash)
            .where(self._as_shown())
            .execute()
        )
        return bool(used)

    def _as_shown(self) -> Any:
        """This row, if its password is still the one at hand."""
        same = PasswordSignIn.password_hash == self.password_hash
        return (PasswordSignIn.id == self.id) & same
