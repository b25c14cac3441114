"""A district that is read again and again, and its sections that follow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from portal import clock, reconciling
from portal.database import write
from portal.models.base import MICROSECOND
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.shared import writing
from portal.models.shared.records import ClassStudent, SharedClass, SharedStudent
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.roster.records import ClassRecord
from portal.roster.sharing import Kind, StudentListing
from tests.mirror.sharing import connected_district
from tests.rosters import DISTRICT, RIVERA, account_of, section_of, student

AN_HOUR = timedelta(hours=1)


def school_class(
    sourced_id: str, numbers: Collection[int], school: str = "school1", **changed: Any
) -> ClassRecord:
    listed = tuple(f"s{number:05}" for number in numbers)
    chosen = {"teacher_sourced_ids": ("t1",), "name": f"Class {sourced_id}"} | changed
    return ClassRecord(
        sourced_id,
        DISTRICT,
        student_sourced_ids=listed,
        school_sourced_id=school,
        **chosen,
    )


class ReadDistrict:
    """Everything it shares is a dictionary here; `read` makes the mirror say the same."""

    def __init__(self) -> None:
        self.connection = connected_district()
        self.classes: dict[str, ClassRecord] = {}
        self.students: dict[int, StudentListing] = {}

    def enrol(self, sourced_id: str, numbers: Collection[int], school: str = "school1") -> None:
        """This class lists exactly these students, who are of its school if they are new."""
        self.classes[sourced_id] = school_class(sourced_id, numbers, school)
        for number in numbers:
            self.students.setdefault(number, pupil(number, school))

    def read(self) -> None:
        """A whole read, from its beginning to the moment it is saved."""
        began, connection = clock.now(), self.connection
        self._save(Kind.STUDENTS, SharedStudent, list(self.students.values()), began)
        self._save(Kind.CLASSES, SharedClass, list(self.classes.values()), began)
        DistrictConnection.update(read_at=began).where(
            DistrictConnection.id == connection.id
        ).execute()
        self.connection = DistrictConnection.get_by_id(connection.id)

    def _save(self, kind: Kind, model: Any, values: list[Any], began: datetime) -> None:
        shared = model.select().where(model.of(self.connection))
        gone = {row.sourced_id for row in shared} - {each.sourced_id for each in values}
        found = [(each, 0) for each in values]
        write(lambda: writing.put(self.connection, kind, found, clock.now(), began))
        write(lambda: writing.unshare(self.connection, kind, gone, clock.now(), began))

    def follow(
        self, source: DistrictRunSource = DistrictRunSource.NIGHTLY, lasts: timedelta = AN_HOUR
    ) -> bool:
        """What follows a read: judged, then synced; whether all was done in this time."""
        run, _ = DistrictRun.request(self.connection, source, clock.now())
        reconciling.judge(self.connection, clock.now())
        done = reconciling.sync_outdated(run, clock.now() + lasts)
        DistrictRun.update(finished_at=clock.now()).where(DistrictRun.id == run.id).execute()
        return done

    def night(self) -> None:
        self.read()
        self.follow()

    def holds(self) -> list[SharingHold]:
        return list(SharingHold.waiting_for(self.connection, None, clock.now()))


def pupil(number: int, school: str = "school1", **changed: str) -> StudentListing:
    record = replace(student(number, **changed), school_sourced_id=school)
    return StudentListing(record, (school,))


def section_for(district: ReadDistrict, sourced_id: str) -> Section:
    """A section that follows this class, as the mirror has it already."""
    section = section_of(district.classes[sourced_id], account_of(RIVERA))
    Section.update(outdated_at=district.connection.read_at).where(
        Section.id == section.id
    ).execute()
    return section


def listed(section: Section) -> set[int]:
    return {int(sourced_id[1:]) for sourced_id in Enrollment.roster(section)}


def as_it_is(section: Section) -> Section:
    return Section.by_key(section.id)


def last_run(section: Section) -> SyncRun:
    run = SyncRun.latest(section)
    assert run
    return run


def time_passes(by: timedelta) -> None:
    """Every moment a rule looks back to lies so much further back."""
    micros = by // MICROSECOND
    for model in (SharedClass, SharedStudent):
        model.update(unshared_at=model.unshared_at - micros).execute()
    ClassStudent.update(ended_at=ClassStudent.ended_at - micros).execute()
    for model, columns in (
        (Hold, ("created_at", "expires_at", "answered_at")),
        (SharingHold, ("since", "until", "created_at", "expires_at", "answered_at")),
    ):
        moved = {name: getattr(model, name) - micros for name in columns}
        model.update(**moved).execute()


def finished(run: SyncRun) -> bool:
    return run.state in (RunState.DONE, RunState.HELD)
