"""The use case: read a district's rosters with the token it gave us."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TypeVar

from portal import clock
from portal.breaking import breaker_of
from portal.database import write
from portal.district_tokens import with_district_token
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.shared.known import KnownRecords
from portal.pacing import Room, pace_of
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever import PROVIDER, CleverRosters
from portal.providers.clever_district import CleverDistrict
from portal.providers.clever_events import CleverEvents
from portal.providers.http import ReadLimits
from portal.providers.spools import Spool
from portal.roster.records import ClassRecord, StaffPlaces, TeacherClasses, TermRecord
from portal.roster.sharing import DistrictRecord, OwnClasses
from portal.roster.snapshot import RosterSnapshot
from portal.settings import Settings

PATIENT = ReadLimits()

Found = TypeVar("Found")


def read_roster(
    settings: Settings,
    section: Section,
    enrolled: Collection[str],
    progress: ReadProgress,
    limits: ReadLimits = PATIENT,
) -> RosterSnapshot:
    """The whole roster of a section's class, patiently, for a job; or ProviderError.

    One worker waits when Clever asks this district's token to slow down; the others come back
    later without asking (F26). When Clever is down, one worker at a time asks for the class
    alone; that concerns every district, so this one's token does not rest for it (F29).
    """
    district, class_id = section.district_sourced_id, section.class_sourced_id
    shared = _shared_wait(district, progress)
    with in_turn(shared, lambda: _ask_for_class(settings, section, limits, shared)):
        return _read(
            settings,
            district,
            limits,
            lambda rosters: rosters.fetch_roster(class_id, enrolled, shared),
            shared,
        )


def read_district(
    settings: Settings, connection: DistrictConnection, progress: ReadProgress
) -> Spool | None:
    """Everything a district shares, whole and on disk, for the caller to close; or ProviderError.

    First what Clever says of the district is noted: None, and nothing is read, while Clever holds
    its records still (a pause, or a hold of its own).
    """
    shared = _shared_wait(connection.district_sourced_id, progress)

    def describe() -> DistrictRecord:
        return _of_whole(settings, connection, shared, lambda each: each.describe(shared))

    with in_turn(shared, describe):
        found = describe()
        write(lambda: connection.describe(found))
        if DistrictConnection.by_key(connection.id).frozen:
            return None
        known = KnownRecords(connection)
        return _of_whole(settings, connection, shared, lambda each: each.read(known, shared))


def read_events(
    settings: Settings,
    connection: DistrictConnection,
    read: Callable[[CleverEvents, ReadProgress], Found],
    progress: ReadProgress,
) -> Found:
    """A look at a district's Events, or ProviderError; it waits and asks as `read_roster` does."""
    district = connection.district_sourced_id
    shared = _shared_wait(district, progress)

    def with_token(token: str) -> Found:
        events = CleverEvents(
            token=token,
            origin=settings.clever_api_url,
            api_version=settings.clever_api_version,
            page_size=settings.clever_page_size,
            district_sourced_id=district,
            room=_room(settings, token),
        )
        return read(events, shared)

    with in_turn(
        shared,
        lambda: _of_whole(settings, connection, shared, lambda each: each.describe(shared)),
    ):
        return with_district_token(settings, district, PATIENT, with_token, shared)


def read_own_classes(
    settings: Settings,
    district_sourced_id: str,
    teacher_sourced_id: str,
    progress: ReadProgress,
    limits: ReadLimits = PATIENT,
) -> OwnClasses:
    """A teacher's classes and all that they name, patiently, for a job; or ProviderError (Y2).

    It waits with the other workers of this district's token (F26), and asks a Clever that is down
    for one record first (F29), as a sync does.
    """

    def read(limits: ReadLimits, what: Callable[[CleverRosters], Found]) -> Found:
        return _read(settings, district_sourced_id, limits, what, shared)

    shared, teacher = _shared_wait(district_sourced_id, progress), teacher_sourced_id
    bounds = limits.for_one_page()
    with in_turn(
        shared, lambda: read(bounds, lambda each: each.fetch_teacher_alone(teacher, shared))
    ):
        return read(limits, lambda each: each.fetch_own_classes(teacher, shared))


def read_teacher_classes(
    settings: Settings, district_sourced_id: str, teacher_sourced_id: str
) -> TeacherClasses:
    """A teacher's classes with their evidence, quickly, for a page; or ProviderError."""
    return _read(
        settings,
        district_sourced_id,
        ReadLimits.for_a_page_view(),
        lambda rosters: rosters.fetch_teacher_classes(teacher_sourced_id),
    )


def read_class(
    settings: Settings, district_sourced_id: str, class_sourced_id: str
) -> tuple[ClassRecord, TermRecord | None]:
    """One class and its term, quickly, for a page; or ProviderError."""
    return _read(
        settings,
        district_sourced_id,
        ReadLimits.for_a_page_view(),
        lambda rosters: rosters.fetch_class(class_sourced_id),
    )


def read_staff_places(
    settings: Settings, district_sourced_id: str, staff_sourced_id: str
) -> StaffPlaces:
    """Where somebody on the staff works, quickly, while they sign in; or ProviderError."""
    return _read(
        settings,
        district_sourced_id,
        ReadLimits.for_a_page_view(),
        lambda rosters: rosters.fetch_staff_places(staff_sourced_id),
    )


def _ask_for_class(
    settings: Settings, section: Section, limits: ReadLimits, progress: ReadProgress
) -> ClassRecord:
    """The class's own record: as patient with one page as the read that may follow."""
    bounds = limits.for_one_page()
    return _read(
        settings,
        section.district_sourced_id,
        bounds,
        lambda rosters: rosters.fetch_class_alone(section.class_sourced_id, progress),
        progress,
    )


class SharedWait:
    """Passes progress on, and lets everybody who reads with the same token know of a wait.

    `rest` notes until when the token waits, `rests_until` is what was noted last.
    """

    def __init__(
        self,
        rest: Callable[[datetime], None],
        rests_until: Callable[[], datetime | None],
        progress: ReadProgress,
    ) -> None:
        self.rest = rest
        self._rests_until = rests_until
        self._progress = progress
        self._known: datetime | None = None

    def __call__(
        self,
        students_read: int,
        students_listed: int | None,
        waiting_until: datetime | None = None,
    ) -> None:
        if waiting_until is not None and waiting_until != self._known:
            self.rest(waiting_until)
        self._known = waiting_until
        self._progress(students_read, students_listed, waiting_until)

    def refuse_while_resting(self) -> None:
        until = self._rests_until()
        if until is not None and until > clock.now():
            raise ProviderError(FailureReason.SLOW_DOWN, "another worker waits", retry_at=until)


def _shared_wait(district_sourced_id: str, progress: ReadProgress) -> SharedWait:
    """By all workers of the district."""

    def rests_until() -> datetime | None:
        connection = DistrictConnection.of(PROVIDER, district_sourced_id)
        return connection.rests_until if connection else None

    rest = partial(DistrictConnection.rest, PROVIDER, district_sourced_id)
    return SharedWait(rest, rests_until, progress)


@contextmanager
def in_turn(shared: SharedWait, question: Callable[[], object]) -> Iterator[None]:
    """Around a job's read: one worker waits for a token that was asked to slow down (F26), and
    one at a time puts a small question first to a Clever that is down (F29)."""
    shared.refuse_while_resting()
    try:
        with breaker_of(PROVIDER, question):
            yield
    except ProviderError as error:
        if error.retry_at is not None and error.reason is not FailureReason.DOWN:
            shared.rest(error.retry_at)
        raise


def _read(
    settings: Settings,
    district_sourced_id: str,
    limits: ReadLimits,
    read: Callable[[CleverRosters], Found],
    progress: ReadProgress | None = None,
) -> Found:
    """Read rosters with the district's token."""

    def with_token(token: str) -> Found:
        rosters = CleverRosters(
            token=token,
            origin=settings.clever_api_url,
            api_version=settings.clever_api_version,
            page_size=settings.clever_page_size,
            district_sourced_id=district_sourced_id,
            limits=limits,
            timezone=settings.timezone,
            room=_room(settings, token),
        )
        return read(rosters)

    return with_district_token(settings, district_sourced_id, limits, with_token, progress)


def _of_whole(
    settings: Settings,
    connection: DistrictConnection,
    progress: ReadProgress,
    read: Callable[[CleverDistrict], Found],
) -> Found:
    """Read the whole district with its token."""
    district = connection.district_sourced_id

    def with_token(token: str) -> Found:
        whole = CleverDistrict(
            token=token,
            origin=settings.clever_api_url,
            api_version=settings.clever_api_version,
            page_size=settings.clever_page_size,
            district_sourced_id=district,
            timezone=settings.timezone,
            room=_room(settings, token),
        )
        return read(whole)

    return with_district_token(settings, district, PATIENT, with_token, progress)


def _room(settings: Settings, token: str) -> Room:
    return pace_of(settings.redis_url, settings.secret_keys[0]).room(token)
