""" "I have used Rosterly before": a student asks, the teacher knows who they are (AC7)."""

from __future__ import annotations

from enum import StrEnum

from peewee import CharField, ForeignKeyField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.merges import Merge
from portal.models.sections import Section


class ClaimState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Claim(BaseModel):
    """A student's word that another account is theirs too, put to the teachers of one section."""

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


Claim.add_index(
    Claim.index(
        Claim.account,
        unique=True,
        where=(Claim.state == ClaimState.WAITING),
        name="claims_one_waiting",
    )
)
