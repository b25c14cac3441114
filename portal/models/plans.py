"""Which plan a district or a school has, and who administers a subscription (K3, K6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import CharField, ForeignKeyField, ModelSelect

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.districts import DistrictConnection
from portal.plans import Allowance, Plan, Plans, PlanSlug

RANK = {slug: number for number, slug in enumerate(PlanSlug)}


class PlanGrant(BaseModel):
    """The operator's word; without a school it is the whole district's."""

    provider = CharField(max_length=32)
    district_sourced_id = CharField(max_length=64)
    school_sourced_id = CharField(max_length=64, default="")
    plan = CharField(max_length=32)
    set_at = UtcDateTimeField()

    class Meta:
        table_name = "plan_grants"

    @classmethod
    def grant(
        cls, provider: str, district: str, plan: PlanSlug, now: datetime, school: str = ""
    ) -> None:
        """In place of what it had. Call inside a transaction."""
        cls.insert(
            provider=provider,
            district_sourced_id=district,
            school_sourced_id=school,
            plan=plan,
            set_at=now,
        ).on_conflict(
            conflict_target=[cls.provider, cls.district_sourced_id, cls.school_sourced_id],
            update={cls.plan: plan, cls.set_at: now},
        ).execute()

    @classmethod
    def take_back(cls, provider: str, district: str, school: str = "") -> int:
        """From now on the default counts, or for a school its district's; returns how many went."""
        which = _of_district(provider, district) & (cls.school_sourced_id == school)
        taken: int = cls.delete().where(which).execute()
        return taken

    @classmethod
    def of_district(cls, connection: DistrictConnection, plans: Plans) -> Plan:
        """The plan of a connection as a whole; Clever Library's is the free one."""
        if connection.is_library:
            return plans[PlanSlug.FREE]
        return _counted(connection.provider, connection.district_sourced_id, (), plans)

    @classmethod
    def anywhere_allows(
        cls, connection: DistrictConnection, allowance: Allowance, plans: Plans
    ) -> bool:
        """Whether the district's plan allows it, or that of one of its schools."""
        granted = cls.select().where(
            _of_district(connection.provider, connection.district_sourced_id)
            & (cls.school_sourced_id != "")
        )
        of_schools = (plans[each.plan] for each in granted)
        own = cls.of_district(connection, plans)
        return own.allows(allowance) or any(plan.allows(allowance) for plan in of_schools)

    @classmethod
    def of_person(cls, linked: LinkedAccount | None, plans: Plans) -> Plan:
        """The plan somebody on the staff works with, by the identity they use.

        Their schools' own before the district's; without Clever a teacher has Premium, and who
        comes by Library the free one.
        """
        if linked is None:
            return plans[PlanSlug.PREMIUM]
        if linked.district_sourced_id is None:
            return plans[PlanSlug.FREE]
        return _counted(linked.provider, linked.district_sourced_id, linked.school_list, plans)


class SubscriptionAdmin(BaseModel):
    """Somebody who sees all teachers a district shares, by a plan for several schools (K3)."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
    named_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    named_at = UtcDateTimeField()

    class Meta:
        table_name = "subscription_admins"

    @classmethod
    def name(
        cls, account: Account, connection: DistrictConnection, by: Account | None, now: datetime
    ) -> None:
        """Safe to do twice; `by` is None for the operator. Call inside a transaction."""
        cls.insert(
            account=account, connection=connection, named_by=by, named_at=now
        ).on_conflict_ignore().execute()

    @classmethod
    def dismiss(cls, account: Account, connection: DistrictConnection) -> int:
        """Returns how many went: one or none."""
        gone: int = (
            cls.delete().where((cls.account == account) & (cls.connection == connection)).execute()
        )
        return gone

    @classmethod
    def of(cls, connection: DistrictConnection) -> ModelSelect[SubscriptionAdmin]:
        """Who administers this district's subscription, by name."""
        return (
            cls.select(cls, Account)
            .join(Account)
            .where(cls.connection == connection)
            .order_by(Account.sort_name, Account.id)
        )

    @classmethod
    def find(cls, connection: DistrictConnection, account_id: str) -> SubscriptionAdmin | None:
        """One of them, by their account's public id."""
        found: SubscriptionAdmin | None = (
            cls.of(connection).where(Account.public_id == account_id).get_or_none()
        )
        return found

    @classmethod
    def sees_all_teachers(
        cls, account: Account, connection: DistrictConnection, plans: Plans
    ) -> bool:
        """Whether they were named, and some plan of the district allows it today (K3)."""
        named = (cls.account == account) & (cls.connection == connection)
        return bool(cls.select().where(named).exists()) and PlanGrant.anywhere_allows(
            connection, Allowance.SUBSCRIPTION_ADMINS, plans
        )


def _counted(provider: str, district: str, schools: tuple[str, ...], plans: Plans) -> Plan:
    """The highest of the schools' grants, else the district's, else the default."""
    at = PlanGrant.school_sourced_id.in_([*schools, ""])
    granted = list(PlanGrant.select().where(_of_district(provider, district) & at))
    of_schools = [each for each in granted if each.school_sourced_id]
    slugs = [PlanSlug(each.plan) for each in of_schools or granted]
    return plans[max(slugs, key=RANK.__getitem__)] if slugs else plans.default


def _of_district(provider: str, district: str) -> Any:
    return (PlanGrant.provider == provider) & (PlanGrant.district_sourced_id == district)
