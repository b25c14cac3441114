"""What others did that somebody must know: to how they sign in, or to their lists (AC3, AD1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from peewee import CharField, ForeignKeyField, ModelSelect

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id, tuples_of
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.password_sign_ins import PasswordSignIn

LIST_ANSWERED = "list_answered"  # An admin has answered a question about a list of theirs.


class AccountNotice(BaseModel):
    """One change, shown on every page until its reader puts it away."""

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    account = ForeignKeyField(Account, backref="notices", on_delete="CASCADE")
    kind = CharField(max_length=32)
    made_at = UtcDateTimeField()
    read_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "account_notices"

    @classmethod
    def tell(cls, account: Account, kind: LetterKind, now: datetime) -> list[Letter]:
        """Note the change and write to each of the person's addresses.

        Returns the letters, to be rung for after the commit. Call inside a transaction.
        """
        cls.create(account=account, kind=kind, made_at=now)
        addresses = [each.email for each in PasswordSignIn.of(account)]
        return [Letter.write(kind, email, now, account) for email in addresses]

    @classmethod
    def tell_all(cls, account_ids: Collection[int], kind: str, now: datetime) -> None:
        """Note on their pages what is no way in; once until they put it away, and without mail.

        Call inside a transaction.
        """
        unread = cls.account.in_(list(account_ids)) & (cls.kind == kind) & cls.read_at.is_null()
        told = {key for (key,) in tuples_of(cls.select(cls.account).where(unread))}
        new = [
            {"account": key, "kind": kind, "made_at": now} for key in sorted({*account_ids} - told)
        ]
        if new:
            cls.insert_many(new).execute()

    @classmethod
    def unread(cls, account: Account) -> ModelSelect[AccountNotice]:
        """What the person has not put away yet, the newest first."""
        return (
            cls.select()
            .where((cls.account == account) & cls.read_at.is_null())
            .order_by(cls.id.desc())
        )

    @classmethod
    def wait_for(cls, account: Account, since: datetime) -> bool:
        """Whether something was changed before `since` that the person has not put away."""
        return bool(cls.unread(account).where(cls.made_at < since).exists())

    @classmethod
    def made_since(cls, account: Account, since: datetime) -> bool:
        """Whether a way in was changed from then on, be it put away or not."""
        theirs = (cls.account == account) & cls.kind.in_(list(LetterKind))
        changes = cls.select().where(theirs & (cls.made_at >= since))
        return bool(changes.exists())

    def put_away(self, now: datetime) -> None:
        """Its reader needs it no more; the first time counts."""
        AccountNotice.update(read_at=now).where(
            (AccountNotice.id == self.id) & AccountNotice.read_at.is_null()
        ).execute()
