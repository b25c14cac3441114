"""Two accounts brought together as one, with everything needed to take them apart again (AC5)."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from enum import StrEnum

from peewee import (
    JOIN,
    BooleanField,
    CharField,
    Expression,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    TextField,
    fn,
)

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id, tuples_of
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import SyncRun

UNDO_LASTS = timedelta(days=180)


class MergeGround(StrEnum):
    """Who vouched that both accounts are one person's."""

    BOTH_PROVED = "both_proved"
    TEACHER = "teacher"
    CLAIM = "claim"
    ADMIN = "admin"
    OPERATOR = "operator"


VOUCHED = (MergeGround.TEACHER, MergeGround.CLAIM, MergeGround.ADMIN)


class Merge(BaseModel):
    """`absorbed` became part of `kept`; its row stays, without a way in, until it is undone.

    `…_had_sign_in` says who had an identity or a password: an undo may leave neither without.
    """

    kept_id: int
    absorbed_id: int

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    kept = ForeignKeyField(Account, backref="merges", on_delete="CASCADE")
    absorbed = ForeignKeyField(Account, backref="absorptions", on_delete="CASCADE")
    ground = CharField(max_length=16)
    kept_had_sign_in = BooleanField()
    absorbed_had_sign_in = BooleanField()
    made_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
    made_at = UtcDateTimeField()
    undone_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
    undone_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "merges"

    @classmethod
    def find(cls, public_id: str) -> Merge | None:
        """The merge with this id, be it undone or not."""
        found: Merge | None = cls.get_or_none(cls.public_id == public_id)
        return found

    @classmethod
    def of(cls, account: Account) -> ModelSelect[Merge]:
        """What this account has taken in and may give back, the newest first."""
        return (
            cls.select(cls, Account)
            .join(Account, on=(cls.absorbed == Account.id))
            .where((cls.kept == account) & cls.undone_at.is_null())
            .order_by(cls.id.desc())
        )

    @classmethod
    def own(cls, account: Account) -> ModelSelect[Merge]:
        """Those of them that the person made, and may undo, themselves."""
        return cls.of(account).where(cls.ground == MergeGround.BOTH_PROVED)

    @classmethod
    def vouched(cls) -> ModelSelect[Merge]:
        """What somebody who knows them made one of students' accounts, the newest first (AC6)."""
        absorbed, voucher = Account.alias(), Account.alias()
        return (
            cls.select(cls, Account, absorbed, voucher)
            .join(Account, on=(cls.kept == Account.id))
            .join_from(cls, absorbed, on=(cls.absorbed == absorbed.id))
            .join_from(cls, voucher, JOIN.LEFT_OUTER, on=(cls.made_by == voucher.id))
            .where(cls.ground.in_(VOUCHED))
            .order_by(cls.id.desc())
        )

    @classmethod
    def is_within(cls, identities: ModelSelect[LinkedAccount]) -> Expression:
        """Whether both are among these people: one identity of theirs is, and no other is not.

        Standing or undone, the two hold together the identities that each brought along. An
        account that never had any is known as a part of the other alone.
        """
        each = LinkedAccount.alias()
        pair = (cls.kept, cls.absorbed)
        among = identities.select(LinkedAccount.id).where(LinkedAccount.account.in_(pair))
        others = each.select(each.id).where(each.account.in_(pair) & each.id.not_in(among))
        within: Expression = fn.EXISTS(among) & ~fn.EXISTS(others)
        return within

    @classmethod
    def between(cls, one: Account, other: Account) -> Merge | None:
        """The standing merge of these two, whichever was kept."""
        pair = (one.id, other.id)
        found: Merge | None = cls.get_or_none(
            cls.kept.in_(pair) & cls.absorbed.in_(pair) & cls.undone_at.is_null()
        )
        return found

    @property
    def undo_until(self) -> datetime:
        until: datetime = self.made_at + UNDO_LASTS
        return until

    def is_underneath(self) -> bool:
        """Whether the kept account was brought together with another one since.

        Merges are taken apart as they were put together, the last one first: what three accounts
        have in common could not be shared out otherwise.
        """
        same = (Merge.kept == self.kept_id) | (Merge.absorbed == self.kept_id)
        return bool(
            Merge.select().where((Merge.id > self.id) & same & Merge.undone_at.is_null()).exists()
        )

    def counts(self) -> dict[str, int]:
        """How many rows of each table went over."""
        return MergeMove.counts(self).get(self.id, {})


class MergeMove(BaseModel):
    """One row that went from one account to the other; `place` is its table."""

    merge = ForeignKeyField(Merge, backref="moves", index=False, on_delete="CASCADE")
    place = CharField(max_length=32)
    row_id = IntegerField()

    class Meta:
        table_name = "merge_moves"

    @classmethod
    def counts(cls, merge: Merge | None = None) -> dict[int, dict[str, int]]:
        """How many rows of each table went over, by the key of the merge: of this one, or all."""
        counted = cls.select(cls.merge, cls.place, fn.COUNT(cls.id))
        if merge is not None:
            counted = counted.where(cls.merge == merge)
        found: dict[int, dict[str, int]] = defaultdict(dict)
        for key, place, count in tuples_of(counted.group_by(cls.merge, cls.place)):
            found[key][place] = count
        return {key: dict(sorted(places.items())) for key, places in found.items()}


class MergedEnrollment(BaseModel):
    """A section both accounts were in: one place goes on, the other rests; both as they were."""

    merge = ForeignKeyField(Merge, backref="merged_enrollments", on_delete="CASCADE")
    kept = ForeignKeyField(Enrollment, backref="+", on_delete="CASCADE")
    kept_sourced_id = CharField(max_length=64)
    kept_display_name = TextField(default="")
    kept_ended_at = UtcDateTimeField(null=True)
    kept_ended_by = ForeignKeyField(SyncRun, backref="+", null=True, on_delete="SET NULL")
    absorbed = ForeignKeyField(Enrollment, backref="+", on_delete="CASCADE")
    absorbed_ended_at = UtcDateTimeField(null=True)
    absorbed_ended_by = ForeignKeyField(SyncRun, backref="+", null=True, on_delete="SET NULL")

    class Meta:
        table_name = "merged_enrollments"


MergeMove.add_index(MergeMove.index(MergeMove.merge, MergeMove.place, name="merge_moves_of_merge"))
Merge.add_index(
    Merge.index(
        Merge.absorbed, unique=True, where=Merge.undone_at.is_null(), name="merges_one_standing"
    )
)
