"""Putting a student whom Clever lists into another of the teacher's sections as well (K5)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.models import own_students
from portal.models.accounts import Account, LinkedAccount
from portal.models.plans import PlanGrant
from portal.models.sections import Section
from portal.models.shared.scopes import Scope
from portal.plans import Allowance
from portal.roster.records import Role
from portal.web.ground.access import current_account, current_linked_account, current_person
from portal.web.ground.current import current_plans
from portal.web.sections.override_forms import default_day


@dataclass(frozen=True, slots=True)
class AnotherSection:
    """A student with an account here, and the teacher's sections.

    The list of one with Clever is Clever's: there the student is kept until a day (Y10).
    """

    student: Account
    already_in: tuple[Section, ...]
    to_choose: tuple[Section, ...]

    @classmethod
    def of(cls, scope: Scope, sourced_id: str) -> AnotherSection | None:
        """None for admins, where the plan does not allow it, and without an account or a section.

        Who is in no section yet and has never signed in has no account.
        """
        identity = current_linked_account()
        teaches = current_person().role == Role.TEACHER
        if not teaches or not _is_allowed(identity):
            return None
        known = LinkedAccount.find(scope.connection.provider, identity.issuer, sourced_id)
        if known is None or not known.account.is_open:
            return None
        own = list(Section.open_to(current_account(), known))
        if not own:
            return None
        here = own_students.sections_of(known.account)
        return cls(
            known.account,
            tuple(each for each in own if each.id in here),
            tuple(each for each in own if each.id not in here),
        )

    @property
    def all(self) -> tuple[Section, ...]:
        return self.already_in + self.to_choose

    @property
    def any_synced(self) -> bool:
        return any(section.synced for section in self.to_choose)

    @property
    def day(self) -> str:
        """Until when the student is kept, as long as nobody says otherwise."""
        synced = next(section for section in self.to_choose if section.synced)
        return default_day(synced).isoformat()


def _is_allowed(identity: LinkedAccount) -> bool:
    return PlanGrant.of_person(identity, current_plans()).allows(Allowance.ANOTHER_SECTION)
