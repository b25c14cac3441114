"""A district's own numbers for when people are asked first, and those of a school (decision 4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from peewee import CharField, ForeignKeyField, IntegerField, ModelSelect

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.districts import DistrictConnection
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.roster.guard import DECISION_4, Numbers


class GuardNumbers(BaseModel):
    """The numbers of a whole district, or of one of its schools; a school's go first."""

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
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

    @classmethod
    def set_for(cls, connection: DistrictConnection) -> ModelSelect[GuardNumbers]:
        """All that were set in this district, its own first."""
        theirs = cls.select().where(cls.connection == connection)
        return theirs.order_by(cls.school_sourced_id)

    @classmethod
    def set(
        cls,
        connection: DistrictConnection,
        school_sourced_id: str,
        numbers: Numbers,
        account: Account,
        now: datetime,
    ) -> GuardNumbers:
        """In place of what counted there; no school is the whole district. In a transaction."""
        told = {**asdict(numbers), "set_by": account, "set_at": now}
        cls.insert(connection=connection, school_sourced_id=school_sourced_id, **told).on_conflict(
            conflict_target=[cls.connection, cls.school_sourced_id],
            update={getattr(cls, name): value for name, value in told.items()},
        ).execute()
        place = (cls.connection == connection) & (cls.school_sourced_id == school_sourced_id)
        found: GuardNumbers = cls.get(place)
        return found

    @property
    def numbers(self) -> Numbers:
        return Numbers(*(getattr(self, each.name) for each in fields(Numbers)))


@dataclass(frozen=True, slots=True)
class DistrictNumbers:
    """What counts in a district, and in each of its schools."""

    rows: dict[str, GuardNumbers]

    @classmethod
    def of(cls, connection: DistrictConnection) -> DistrictNumbers:
        return cls({each.school_sourced_id: each for each in GuardNumbers.set_for(connection)})

    def own(self, school_sourced_id: str = "") -> GuardNumbers | None:
        """What was set for this very place."""
        return self.rows.get(school_sourced_id)

    def usual(self, school_sourced_id: str = "") -> Numbers:
        """What counts there as long as nothing is set for it: the district's, or ours."""
        above = self.rows.get("") if school_sourced_id else None
        return above.numbers if above else DECISION_4

    def at(self, school_sourced_id: str = "") -> Numbers:
        """What counts there today."""
        own = self.own(school_sourced_id)
        return own.numbers if own else self.usual(school_sourced_id)


_OF_SECTION = Prepared(
    lambda provider, district, school: (
        GuardNumbers.select(
            *(getattr(GuardNumbers, each.name) for each in fields(Numbers)),
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
