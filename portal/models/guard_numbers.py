"""A district's own numbers for when people are asked first, and those of a school (decision 4)."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.districts import DistrictConnection
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.roster.guard import DECISION_4, Numbers


class GuardNumbers(BaseModel):
    """The numbers of a whole district, or of one of its schools; a school's go first."""

    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
    school_sourced_id = CharField(max_length=64, default="")
    few_removals = IntegerField()
    few_percent = IntegerField()
    many_removals = IntegerField()
    many_percent = IntegerField()
    renames = IntegerField()
    renames_percent = IntegerField()
    unshared_percent = IntegerField()
    set_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    set_at = UtcDateTimeField()

    class Meta:
        table_name = "guard_numbers"

    @classmethod
    def of(cls, section: Section) -> Numbers:
        """The numbers that a section is judged by: its school's, its district's or ours."""
        found = _OF_SECTION.first(
            provider=section.provider,
            district=section.district_sourced_id,
            school=section.school_sourced_id,
        )
        return DECISION_4 if found is None else Numbers(*found)


_OF_SECTION = Prepared(
    lambda provider, district, school: (
        GuardNumbers.select(
            GuardNumbers.few_removals,
            GuardNumbers.few_percent,
            GuardNumbers.many_removals,
            GuardNumbers.many_percent,
            GuardNumbers.renames,
            GuardNumbers.renames_percent,
            GuardNumbers.unshared_percent,
        )
        .join(DistrictConnection)
        .where(
            (DistrictConnection.provider == provider)
            & (DistrictConnection.district_sourced_id == district)
            & ((GuardNumbers.school_sourced_id == school) | (GuardNumbers.school_sourced_id == ""))
        )
        .order_by(GuardNumbers.school_sourced_id.desc())
        .limit(1)
        .tuples()
    )
)
