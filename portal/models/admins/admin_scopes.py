"""What an admin may see: their whole district, or their own schools of it (A58, AD1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect

from portal.models.accounts import Account, LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.shared import scopes
from portal.models.shared.records import SharedPlace, SharedSchool
from portal.models.shared.scopes import Scope


@dataclass(frozen=True, slots=True)
class AdminScope:
    """The identity of an admin, and the schools they are held to; `None` is the whole district."""

    admin: LinkedAccount
    schools: tuple[str, ...] | None

    @classmethod
    def of_district(cls, admin: LinkedAccount) -> AdminScope:
        return cls(admin, None)

    @classmethod
    def of_schools(cls, admin: LinkedAccount) -> AdminScope:
        return cls(admin, admin.school_list)

    @property
    def is_whole_district(self) -> bool:
        return self.schools is None

    @property
    def sections(self) -> Any:
        """Their living sections: a condition. An admin without a district has none."""
        of_district = (
            (Section.provider == self.admin.provider)
            & (Section.issuer == self.admin.issuer)
            & (Section.district_sourced_id == self.admin.district_sourced_id)
            & Section.archived_at.is_null()
        )
        return self.within(of_district, Section.school_sourced_id)

    def within(self, condition: Any, school_sourced_id: Any) -> Any:
        """The condition, and that this column holds one of their schools."""
        if self.schools is None:
            return condition
        return condition & school_sourced_id.in_(self.schools)

    def has_school(self, sourced_id: str) -> bool:
        """Whether this is one of their schools: it is, or was, shared, or has a section here."""
        if self.schools is not None:
            return sourced_id in self.schools
        shared = (SharedSchool.connection == self.connection()) & (
            SharedSchool.sourced_id == sourced_id
        )
        used = self.sections & (Section.school_sourced_id == sourced_id)
        return bool(
            SharedSchool.select().where(shared).exists() or Section.select().where(used).exists()
        )

    @property
    def identities(self) -> Any:
        """Whoever signs in from there, or once did: a condition on linked accounts."""
        of_district = (
            (LinkedAccount.provider == self.admin.provider)
            & (LinkedAccount.issuer == self.admin.issuer)
            & (LinkedAccount.district_sourced_id == self.admin.district_sourced_id)
            & LinkedAccount.district_sourced_id.is_null(False)
        )
        if self.schools is None:
            return of_district
        named = LinkedAccount.school_sourced_ids.in_(self.schools)
        return of_district & (named | LinkedAccount.sourced_id.in_(self._placed()))

    def identities_of(self, sourced_ids: Iterable[str]) -> ModelSelect[LinkedAccount]:
        """Those of them with these ids, and their accounts."""
        joined = LinkedAccount.select(LinkedAccount, Account).join(Account)
        return joined.where(self.identities & LinkedAccount.sourced_id.in_(list(sourced_ids)))

    def shared(self) -> Scope | None:
        """What of the district's records they see; None while it does not share with us."""
        connection = self.connection()
        if connection is None or connection.revoked_at is not None:
            return None
        if self.schools is None:
            return scopes.of_district(connection)
        return scopes.of_schools(connection, self.schools)

    def _placed(self) -> Any:
        """Everybody whom Clever puts at their schools, be it as their second one."""
        return SharedPlace.select(SharedPlace.sourced_id).where(
            (SharedPlace.connection == self.connection())
            & SharedPlace.school_sourced_id.in_(self.schools or ())
        )

    def connection(self) -> DistrictConnection | None:
        """What is known of their district's connection; None before it is connected."""
        district = self.admin.district_sourced_id
        return DistrictConnection.of(self.admin.provider, district) if district else None
