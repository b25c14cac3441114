"""Which plan somebody of the staff works with, in one line with the way to more (K6)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from portal.models.accounts import LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.plans import PlanGrant
from portal.plans import Allowance, Plan
from portal.providers.clever import PROVIDER
from portal.web.ground.access import current_account, current_linked_account
from portal.web.ground.current import current_plans, current_settings


@dataclass(frozen=True, slots=True)
class PlanLine:
    """`quote_url` is the operator's; `by_library` is Clever Library, a teacher on her own."""

    plan: Plan
    quote_url: str
    by_library: bool

    @property
    def updates_itself(self) -> bool:
        return not self.by_library and self.plan.allows(Allowance.AUTOMATIC_UPDATES)


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        plan_line=plan_line,
        clever_portal_url=clever_portal_url,
        has_subscription_admins=lambda: subscribed_connection() is not None,
    )


def plan_line() -> PlanLine:
    """Of the identity in use; a teacher without Clever has a plan too."""
    linked, plans = _identity(), current_plans()
    plan = PlanGrant.of_person(linked, plans)
    by_library = linked is not None and linked.district_sourced_id is None
    return PlanLine(plan, plans.quote_url, by_library)


def subscribed_connection() -> DistrictConnection | None:
    """The reader's district, if a plan of it has subscription admins (K3)."""
    linked = current_linked_account()
    connection = DistrictConnection.of(linked.provider, linked.district_sourced_id or "")
    if connection is None or not PlanGrant.anywhere_allows(
        connection, Allowance.SUBSCRIPTION_ADMINS, current_plans()
    ):
        return None
    return connection


def clever_portal_url() -> str:
    """Where people choose at Clever what they share (Clever page "Identity API")."""
    return f"{current_settings().clever_auth_url}/login"


def _identity() -> LinkedAccount | None:
    own = LinkedAccount.of(current_account(), PROVIDER)
    return current_linked_account() if own.exists() else None
