"""Classes that somebody has put out of their own sight, and out of nobody else's (K4, Y12)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from peewee import CharField, ForeignKeyField, ModelSelect

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, from_microseconds, tuples_of


class HiddenClass(BaseModel):
    """Kept by the provider's own id of the class: no sync can bring it back."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    class_sourced_id = CharField(max_length=64)
    hidden_at = UtcDateTimeField()

    class Meta:
        table_name = "hidden_classes"

    @classmethod
    def hide(cls, account: Account, sourced_ids: Collection[str], now: datetime) -> None:
        """Hide these; a second time changes nothing. Call inside a transaction."""
        rows = [
            {"account": account, "class_sourced_id": each, "hidden_at": now} for each in sourced_ids
        ]
        if rows:
            cls.insert_many(rows).on_conflict_ignore().execute()

    @classmethod
    def unhide(cls, account: Account, sourced_ids: Collection[str]) -> None:
        """Show these again. Call inside a transaction."""
        hidden = cls.class_sourced_id.in_(list(sourced_ids))
        cls.delete().where((cls.account == account) & hidden).execute()

    @classmethod
    def of(cls, account: Account) -> frozenset[str]:
        """The ids of the classes that this person has hidden."""
        return frozenset(sourced_id for (sourced_id,) in tuples_of(cls.ids_of(account)))

    @classmethod
    def ids_of(cls, account: Account) -> ModelSelect[HiddenClass]:
        """The same as a question, to narrow a list by it."""
        return cls.select(cls.class_sourced_id).where(cls.account == account)

    @classmethod
    def at(cls, account: Account, moment: int) -> list[str]:
        """What this person hid in one go, at this microsecond, and has not shown again."""
        found = cls.ids_of(account).where(cls.hidden_at == from_microseconds(moment))
        return [sourced_id for (sourced_id,) in tuples_of(found)]
