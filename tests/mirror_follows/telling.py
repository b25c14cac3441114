"""Cedar Valley and a portal that is told of its changes, in this process, over real HTTP."""

from __future__ import annotations

from portal import clock, connecting, district_sync, events
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.settings import Settings
from tests.rosters import RIVERA, account_of, algebra, section_of
from tests.sandbox_clever import RunningSandbox


class ToldDistrict:
    """Read whole, with the feed asked for before that, as the scheduler does it."""

    def __init__(self, settings: Settings, sandbox: RunningSandbox) -> None:
        self.settings = settings
        self.sandbox = sandbox
        self.cast = sandbox.cast("Cedar Valley ISD")
        connecting.discover(settings)
        DistrictRun.delete().execute()
        self.poll()
        sandbox.forget_requests()

    @property
    def connection(self) -> DistrictConnection:
        found = DistrictConnection.of("clever", self.cast.id)
        assert found
        return found

    def section(self, sourced_id: str) -> Section:
        """A section of this class, synced with what was told of it."""
        section = section_of(algebra(sourced_id), account_of(RIVERA))
        issuer, now = self.settings.clever_issuer, clock.now()
        Section.update(
            district_sourced_id=self.cast.id, issuer=issuer, outdated_at=self.connection.read_at
        ).execute()
        run, _ = DistrictRun.request(self.connection, DistrictRunSource.OPERATOR, now)
        while district_sync.carry_out(run, self.settings):
            pass
        return Section.by_key(section.id)

    def poll(self) -> DistrictRun | None:
        """One look at the feed, and all that follows from it; the run, if there was one."""
        run = events.poll(self.settings, self.connection)
        while run is not None and district_sync.carry_out(run, self.settings):
            pass
        return DistrictRun.get_by_id(run.id) if run else None
