"""Which plan a district or a school has, and who administers a subscription (K3, K6)."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.districts import DistrictConnection


class PlanGrant(BaseModel):
    """The operator's word; without a school it is the whole district's."""

    provider = CharField(max_length=32)
    district_sourced_id = CharField(max_length=64)
    school_sourced_id = CharField(max_length=64, default="")
    plan = CharField(max_length=32)
    set_at = UtcDateTimeField()

    class Meta:
        table_name = "plan_grants"


class SubscriptionAdmin(BaseModel):
    """Somebody who sees all teachers a district shares, by a plan for several schools (K3)."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
    named_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    named_at = UtcDateTimeField()

    class Meta:
        table_name = "subscription_admins"
