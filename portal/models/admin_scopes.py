"""What an admin may see: their whole district, or their own schools of it (A58, AD1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.models.accounts import LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.sections import Section


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

    def has_school(self, school_sourced_id: str) -> bool:
        """Whether this is one of their schools, as far as their own identity says."""
        return self.schools is None or school_sourced_id in self.schools

    def connection(self) -> DistrictConnection | None:
        """What is known of their district's connection; None before it is connected."""
        district = self.admin.district_sourced_id
        return DistrictConnection.of(self.admin.provider, district) if district else None
