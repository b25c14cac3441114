"""One district's rosters from Clever's Data API, v3.0 or v3.1: whole reads, or ProviderError."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, tzinfo
from typing import TypeVar

from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever_api import CleverApi, Understand, in_path
from portal.providers.clever_lists import Gathered, identify
from portal.providers.clever_own_classes import own_classes
from portal.providers.clever_payloads import District, decode_record
from portal.providers.clever_records import (
    ListedClass,
    day,
    listed_class,
    school_record,
    student_record,
    teacher_record,
    term_record,
    text,
)
from portal.providers.clever_rosters import RosterDraft
from portal.providers.clever_tokens import fetch_district_token
from portal.providers.http import (
    UNREADABLE,
    AbsentError,
    ApiReader,
    ReadLimits,
    UnknownPathError,
    WebPageError,
    refused,
    unusable,
)
from portal.roster.records import (
    ClassRecord,
    SchoolRecord,
    StaffPlaces,
    StudentRecord,
    TeacherClasses,
    TeacherRecord,
    TermRecord,
)
from portal.roster.sharing import OwnClasses
from portal.roster.snapshot import RosterSnapshot

__all__ = ["PROVIDER", "CleverRosters", "fetch_district_token"]

PROVIDER = "clever"

Record = TypeVar("Record")


class CleverRosters:
    """A RosterProvider over one token; every read opens its own connection.

    `page_size` is for district tokens; None for a person's token, which may not page.
    `district_sourced_id` is None for Clever Library, whose records name no district.
    `timezone` is that of the schools: a moment that Clever tells is a day there.
    `room` takes a place within the token's rate limit (`ApiReader`).
    """

    def __init__(
        self,
        token: str,
        origin: str,
        api_version: str,
        page_size: int | None,
        district_sourced_id: str | None,
        limits: ReadLimits | None = None,
        timezone: tzinfo = UTC,
        room: Callable[[], float] | None = None,
    ) -> None:
        self._token = token
        self._origin = origin
        self._version = api_version
        self._page_size = page_size
        self._district = district_sourced_id
        self._limits = limits or ReadLimits()
        self._timezone = timezone
        self._room = room

    def fetch_roster(
        self, class_sourced_id: str, enrolled: Collection[str], progress: ReadProgress
    ) -> RosterSnapshot:
        """The class's whole roster, or ProviderError.

        The class's own list says who is in it, the users' list brings their records; where the
        two differ the class is read again, and who is still missing is looked up (F25, M38).
        """
        with self._read(progress) as api:
            refuse_while_paused(api, self._timezone)
            found = class_at(api, class_sourced_id)
            api.reader.students_listed = found.size
            read = students_of(api, class_sourced_id)
            draft = RosterDraft(found, read, frozenset(enrolled))
            if not draft.agrees:
                found = class_at(api, class_sourced_id)
                draft = RosterDraft(found, read, frozenset(enrolled))
            draft.look_up_missing(lambda sourced_id: student_at(api, sourced_id))
            return draft.snapshot()

    def fetch_teacher_classes(self, teacher_sourced_id: str) -> TeacherClasses:
        """A teacher's classes with their evidence; evidence that answers 404 is left out.

        The four kinds of evidence are read side by side: a teacher is waiting for the page.
        """
        teacher = f"/users/{in_path(teacher_sourced_id)}"
        with self._read() as api:
            found = api.all(f"{teacher}/sections", listed_class).records.values()
        classes = tuple(one.record for one in found)
        terms = [one.term_sourced_id for one in classes]
        schools = [one.school_sourced_id for one in classes]
        teachers = [sourced_id for one in classes for sourced_id in one.teacher_sourced_ids]
        with ThreadPoolExecutor(max_workers=4) as pool:
            found_terms = pool.submit(self._each, "/terms", terms, term_record)
            found_schools = pool.submit(self._each, "/schools", schools, school_record)
            found_teachers = pool.submit(self._each, "/users", teachers, teacher_record)
            found_students = pool.submit(self._taught_by, teacher)
            return TeacherClasses(
                classes,
                found_terms.result(),
                found_schools.result(),
                found_teachers.result(),
                found_students.result(),
            )

    def fetch_own_classes(self, teacher_sourced_id: str, progress: ReadProgress) -> OwnClasses:
        """A teacher's classes and all that they name, patiently, for a job (Y2)."""
        with self._read(progress) as api:
            refuse_while_paused(api, self._timezone)
            return own_classes(api, teacher_sourced_id)

    def fetch_teacher_alone(
        self, teacher_sourced_id: str, progress: ReadProgress
    ) -> TeacherRecord | None:
        """One teacher and nothing else: the least that shows whether Clever answers."""
        with self._read(progress) as api:
            return api.one("/users", teacher_sourced_id, teacher_record)

    def fetch_class(self, class_sourced_id: str) -> tuple[ClassRecord, TermRecord | None]:
        """One class and its term, for the page that describes a class before it is saved."""
        with self._read() as api:
            found = class_at(api, class_sourced_id).record
            terms = api.each("/terms", [found.term_sourced_id], term_record)
            return found, terms.get(found.term_sourced_id)

    def fetch_class_alone(self, class_sourced_id: str, progress: ReadProgress) -> ClassRecord:
        """One class and nothing else: the least that shows whether Clever answers."""
        with self._read(progress) as api:
            return class_at(api, class_sourced_id).record

    def _each(self, path: str, ids: list[str], understand: Understand[Record]) -> dict[str, Record]:
        with self._read() as api:
            return api.each(path, ids, understand)

    def _taught_by(self, teacher: str) -> dict[str, StudentRecord]:
        with self._read() as api:
            return students_taught(api, teacher)

    def fetch_staff_places(self, staff_sourced_id: str) -> StaffPlaces:
        """The district's name and the schools of one of its staff; whom it has none for, none."""
        with self._read() as api:
            schools = schools_of(api, f"/users/{in_path(staff_sourced_id)}")
            return StaffPlaces(district_name(api), schools)

    @contextmanager
    def _read(self, progress: ReadProgress | None = None) -> Iterator[CleverApi]:
        bearer = f"Bearer {self._token}"
        with ApiReader(self._origin, bearer, self._limits, progress, self._room) as reader:
            yield CleverApi(reader, self._version, self._page_size, self._district)


def refuse_while_paused(api: CleverApi, timezone: tzinfo) -> None:
    """A paused district shows last year's records (Clever page "Districts")."""
    own = api.district_sourced_id
    if own is None:
        return
    try:
        raw = api.record(f"/districts/{in_path(own)}")
    except UNREADABLE:
        return
    if identify(raw, None) not in (None, own):
        raise refused("the record of another district")
    district = decode_record(raw, District)
    if district and district.state == "paused":
        until = day(district.pause_end, timezone)
        raise ProviderError(FailureReason.DISTRICT_PAUSED, "paused", until=until)


def district_name(api: CleverApi) -> str:
    own = api.district_sourced_id
    with suppress(*UNREADABLE):
        district = decode_record(api.record(f"/districts/{in_path(own or '')}"), District)
        return text(district.name) if district and district.id == own else ""
    return ""


def schools_of(api: CleverApi, person: str) -> tuple[SchoolRecord, ...]:
    with suppress(AbsentError, WebPageError):
        return tuple(api.all(f"{person}/schools", school_record).records.values())
    return ()


def class_at(api: CleverApi, class_sourced_id: str) -> ListedClass:
    try:
        found = api.one("/sections", class_sourced_id, listed_class)
    except AbsentError as error:
        raise ProviderError(FailureReason.CLASS_GONE, "404") from error
    if found is None:
        raise unusable("a class that cannot be read")
    return found


def students_of(api: CleverApi, class_sourced_id: str) -> Gathered[StudentRecord]:
    """Everyone whom the users' list of the class names, telling how far it has come."""
    api.reader.tell()
    path = f"/sections/{in_path(class_sourced_id)}/users?role=student"
    try:
        for gathered in api.gather(path, student_record):
            api.reader.students_read = len(gathered.records)
            api.reader.tell()
    except AbsentError as error:
        class_at(api, class_sourced_id)  # says CLASS_GONE if the class itself has gone meanwhile
        raise unusable("a class without its users' list") from error
    return gathered


def student_at(api: CleverApi, sourced_id: str) -> StudentRecord | None:
    """One student by id; None if the record cannot be used, AbsentError if not shared.

    A web page with a 404 tells neither that they are shared nor that they are not: they stay.
    """
    api.reader.tell()
    with suppress(UnknownPathError):
        return api.one("/users", sourced_id, student_record)
    return None


def students_taught(api: CleverApi, teacher: str) -> dict[str, StudentRecord]:
    with suppress(AbsentError, UnknownPathError):
        return api.all(f"{teacher}/mystudents", student_record).records
    return {}
