""" "I have used Rosterly before": a student asks, the teacher knows who they are (AC7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from peewee import JOIN, CharField, ForeignKeyField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.merging.merges import Merge
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment

ANSWER_SHOWN_FOR = timedelta(days=14)


class ClaimState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Claim(BaseModel):
    """A student's word that another account is theirs too, put to the teachers of one section.

    It can be answered while the student is in that section.
    """

    account_id: int
    section_id: int

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    account = ForeignKeyField(Account, backref="claims", index=False, on_delete="CASCADE")
    section = ForeignKeyField(Section, backref="claims", on_delete="CASCADE")
    state = CharField(max_length=16, default=ClaimState.WAITING)
    made_at = UtcDateTimeField()
    answered_by = ForeignKeyField(Account, backref="+", null=True, on_delete="SET NULL")
    answered_at = UtcDateTimeField(null=True)
    merge = ForeignKeyField(Merge, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "claims"

    @classmethod
    def ask(cls, account: Account, section: Section, now: datetime) -> Claim | None:
        """Put it to the section's teachers; None while they can answer an earlier one.

        One that nobody can answer any more makes room. Call inside a transaction.
        """
        account.lock()
        before = cls.waiting_of(account)
        if before is not None and before.is_answerable():
            return None
        if before is not None:
            before.close(ClaimState.WITHDRAWN, now)
        asked: Claim = cls.create(account=account, section=section, made_at=now)
        return asked

    @classmethod
    def waiting_of(cls, account: Account) -> Claim | None:
        """The one claim of this student that nobody has answered."""
        found: Claim | None = cls.get_or_none(
            (cls.account == account) & (cls.state == ClaimState.WAITING)
        )
        return found

    @classmethod
    def newest_of(cls, account: Account) -> Claim | None:
        """What this student asked last, with its section and what came of it."""
        asked = cls.select(cls, Section, Merge).join(Section)
        found: Claim | None = (
            asked.join_from(cls, Merge, JOIN.LEFT_OUTER)
            .where(cls.account == account)
            .order_by(cls.id.desc())
            .first()
        )
        return found

    @classmethod
    def waiting_for(cls, teacher: Account) -> list[Claim]:
        """What this person can answer, the oldest first."""
        return _WAITING_FOR.all(teacher=teacher)

    @classmethod
    def put_to(cls, teacher: Account, public_id: str) -> Claim | None:
        """The claim with this id, if it is put to this person: they teach its section today."""
        taught = Section.visible_to(teacher).select(Section.id)
        still_there = (cls.state != ClaimState.WAITING) | Enrollment.ended_at.is_null()
        found: Claim | None = (
            cls.with_place()
            .where((cls.public_id == public_id) & cls.section.in_(taught) & still_there)
            .get_or_none()
        )
        return found

    @classmethod
    def with_place(cls) -> Any:
        """Claims with their student and section, each beside the place the student has there."""
        place = (Enrollment.account == cls.account) & (Enrollment.section == cls.section)
        return (
            cls.select(cls, Account, Section)
            .join(Account, on=(cls.account == Account.id))
            .join_from(cls, Section)
            .join_from(cls, Enrollment, on=place)
        )

    def is_answerable(self) -> bool:
        """Whether it waits, and its student is in the section still."""
        return (
            self.state == ClaimState.WAITING
            and Enrollment.active(self.section)
            .where(Enrollment.account == self.account_id)
            .exists()
        )

    def shown_state(self, now: datetime) -> ClaimState | None:
        """What the student's home says of it: an answer only for a while, and while it holds."""
        if self.answered_at is None:
            return ClaimState.WAITING if self.is_answerable() else None
        undone = self.merge is not None and self.merge.undone_at is not None
        if undone or self.state == ClaimState.WITHDRAWN:
            return None
        return ClaimState(self.state) if now - self.answered_at < ANSWER_SHOWN_FOR else None

    def close(
        self,
        state: ClaimState,
        now: datetime,
        by: Account | None = None,
        merge: Merge | None = None,
    ) -> bool:
        """Answer or withdraw it; False when that was done before. Call inside a transaction."""
        closed = (
            Claim.update(state=state, answered_at=now, answered_by=by, merge=merge)
            .where((Claim.id == self.id) & (Claim.state == ClaimState.WAITING))
            .execute()
        )
        return bool(closed)


Claim.add_index(
    Claim.index(
        Claim.account,
        unique=True,
        where=(Claim.state == ClaimState.WAITING),
        name="claims_one_waiting",
    )
)


def _waiting_for(teacher: Any) -> Any:
    taught = Section.visible_to(teacher).select(Section.id)
    waiting = (Claim.state == ClaimState.WAITING) & Enrollment.ended_at.is_null()
    return Claim.with_place().where(waiting & Claim.section.in_(taught)).order_by(Claim.id)


# What every section's page asks, and every dashboard.
_WAITING_FOR = Prepared(_waiting_for)
