"""A portal in this process, on a database of its own, that follows one district."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from portal import clock, connecting, database, district_sync, events, reconciling, sync
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.shared.records import SharedClass
from portal.models.shared.rosters import roster_of
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.sync_runs import SyncRun
from portal.settings import Settings
from tests.portal_stack import empty_tables
from tests.rosters import staff

Work = Callable[[], None]
Worker = Callable[["Portal", Work], bool]


def undisturbed(_portal: Portal, work: Work) -> bool:
    """A worker to whom nothing happens; whether it finished its work."""
    work()
    return True


class Portal:
    """`worker` does what a job would do; whatever it leaves another one takes up."""

    def __init__(self, settings: Settings, url: str, worker: Worker) -> None:
        self.settings = replace(settings, database_url=url)
        self._worker = worker

    @contextmanager
    def open(self) -> Iterator[None]:
        database.init(self.settings.database_url)
        try:
            with database.connected():
                yield
        finally:
            database.close()

    @property
    def connection(self) -> DistrictConnection:
        found: DistrictConnection = DistrictConnection.get()
        return found

    def begin(self, district_id: str) -> None:
        """Empty but for this district, read whole behind its feed; a section for each class."""
        empty_tables()
        connecting.discover(self.settings)
        DistrictRun.delete().execute()
        mine = DistrictConnection.district_sourced_id == district_id
        DistrictConnection.delete().where(~mine).execute()
        self._poll()
        for each in SharedClass.select().order_by(SharedClass.sourced_id):
            self._start_section(each.sourced_id)
        self._read()

    def be_told(self) -> None:
        """Follow the feed to its end."""
        if not self._worker(self, self._poll):
            self._take_over()
            self._poll()

    def read_whole(self) -> None:
        if not self._worker(self, self._read):
            self._take_over()
            self._read()

    def _poll(self) -> None:
        run = events.poll(self.settings, self.connection)
        if run is not None:
            self._carry_out(run)

    def _read(self) -> None:
        run, _ = DistrictRun.request(self.connection, DistrictRunSource.OPERATOR, clock.now())
        self._carry_out(run)

    def _carry_out(self, run: DistrictRun) -> None:
        while district_sync.carry_out(run, self.settings):
            pass

    def _take_over(self) -> None:
        """What a dead worker left is another's as soon as its lease is over."""
        for model in (DistrictRun, SyncRun):
            model.update(lease_until=0).where(model.finished_at.is_null()).execute()
        while sync.sync_next(lambda _run: reconciling.read_mirror):
            pass
        for run in DistrictRun.select().where(DistrictRun.finished_at.is_null()):
            self._carry_out(run)

    def _start_section(self, sourced_id: str) -> None:
        """As a teacher made it, whose first sync is still to come."""
        connection, issuer = self.connection, self.settings.clever_issuer
        chosen = {"provider": connection.provider, "issuer": issuer, "name": sourced_id}
        place = {"class_sourced_id": sourced_id, "created_at": clock.now()}
        district = {"district_sourced_id": connection.district_sourced_id}
        found = roster_of(Section(**chosen, **place, **district)).snapshot
        assert found
        made = database.write(
            lambda: Section.start(
                staff(), found.roster_class, None, **chosen, created_at=clock.now()
            )
        )
        Section.update(outdated_at=connection.read_at).where(Section.id == made.id).execute()
