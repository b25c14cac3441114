"""How current what is shown of a district is: the hops on the way here, and what waits (Y15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from peewee import ModelSelect, fn

from portal.models.districts import DistrictConnection
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.models.shared.scopes import SHOWN, Scope
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.holds import HoldState
from portal.roster.sharing import Kind


@dataclass(frozen=True, slots=True)
class Freshness:
    """`read_at` is when the provider last reached us, be it the reader's own classes alone.

    `matched_at` is when one of the reader's sections last matched its class.
    """

    connection: DistrictConnection
    read_at: datetime | None
    matched_at: datetime | None
    on_hold: bool
    today: date

    @classmethod
    def of(
        cls,
        scope: Scope,
        sections: ModelSelect[Section],
        now: datetime,
        today: date,
        own_read_at: datetime | None = None,
    ) -> Freshness:
        reads = [each for each in (scope.connection.read_at, own_read_at) if each]
        matched_at = sections.select(fn.MAX(Section.checked_at)).scalar()
        return cls(
            scope.connection, max(reads, default=None), matched_at, _is_on_hold(scope, now), today
        )

    @property
    def paused_until(self) -> date | None:
        """The last day of the district's own pause, while it is on (Y14)."""
        starts, ends = self.connection.pause_starts_on, self.connection.pause_ends_on
        is_on = starts is not None and starts <= self.today and (not ends or self.today <= ends)
        return ends if is_on else None


def records_at(section: Section) -> datetime | None:
    """When school records last reached the provider of the section's class, if it says so."""
    found = _RECORDS.first(
        provider=section.provider, district_sourced_id=section.district_sourced_id
    )
    return found.records_at if found else None


def _is_on_hold(scope: Scope, now: datetime) -> bool:
    """Whether one of the reader's schools, or the district, waits for an admin's word."""
    model = SHOWN[Kind.SCHOOLS]
    schools = model.select(model.sourced_id).where(scope.of[Kind.SCHOOLS])
    school = SharingHold.school_sourced_id
    waiting = (
        (SharingHold.connection == scope.connection)
        & (SharingHold.state == HoldState.WAITING)
        & (SharingHold.expires_at > now)
    )
    return bool(
        SharingHold.select().where(waiting & ((school == "") | school.in_(schools))).exists()
    )


_RECORDS = Prepared(
    lambda provider, district_sourced_id: (
        DistrictConnection.select(DistrictConnection.records_at)
        .where(
            (DistrictConnection.provider == provider)
            & (DistrictConnection.district_sourced_id == district_sourced_id)
        )
        .limit(1)
    )
)
