"""One district's rosters from Clever's Data API, v3.0 or v3.1: whole reads, or ProviderError."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever_api import CleverApi, in_path
from portal.providers.clever_lists import Gathered, identify
from portal.providers.clever_payloads import District, decode_record
from portal.providers.clever_records import (
    ListedClass,
    listed_class,
    moment,
    school_record,
    student_record,
    teacher_record,
    term_record,
)
from portal.providers.clever_rosters import RosterDraft
from portal.providers.http import (
    AbsentError,
    ApiReader,
    Reading,
    ReadLimits,
    WebPageError,
    refused,
    unusable,
)
from portal.roster.records import ClassRecord, StudentRecord, TeacherClasses, TermRecord
from portal.roster.snapshot import RosterSnapshot


class CleverRosters:
    """A RosterProvider over one token; not for sharing between threads.

    `page_size` is for district tokens; None for a person's token, which may not page.
    `district_sourced_id` is None for Clever Library, whose records name no district.
    """

    def __init__(
        self,
        token: str,
        origin: str,
        api_version: str,
        page_size: int | None,
        district_sourced_id: str | None,
        limits: ReadLimits | None = None,
    ) -> None:
        self._reader = ApiReader(origin, f"Bearer {token}", limits or ReadLimits())
        self._api = CleverApi(self._reader, api_version, page_size, district_sourced_id)

    def __enter__(self) -> CleverRosters:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        self._reader.close()

    def fetch_roster(
        self, class_sourced_id: str, enrolled: Collection[str], progress: ReadProgress
    ) -> RosterSnapshot:
        """The class's whole roster, or ProviderError.

        The class's own list says who is in it, the users' list brings their records; where the
        two differ the class is read again, and who is still missing is looked up (F25, M38).
        """
        reading = self._reader.start(progress)
        self._refuse_while_paused(reading)
        found = self._class(class_sourced_id, reading)
        reading.students_listed = found.size
        read = self._students_of(class_sourced_id, reading)
        draft = RosterDraft(found, read, frozenset(enrolled))
        if not draft.agrees:
            found = self._class(class_sourced_id, reading)
            draft = RosterDraft(found, read, frozenset(enrolled))
        draft.look_up_missing(lambda sourced_id: self._student(sourced_id, reading))
        return draft.snapshot()

    def fetch_teacher_classes(self, teacher_sourced_id: str) -> TeacherClasses:
        """A teacher's classes with their evidence; evidence that answers 404 is left out."""
        reading = self._reader.start()
        api = self._api
        teacher = f"/users/{in_path(teacher_sourced_id)}"
        found = api.all(f"{teacher}/sections", listed_class, reading).records.values()
        classes = tuple(one.record for one in found)
        terms = (one.term_sourced_id for one in classes)
        schools = (one.school_sourced_id for one in classes)
        teachers = (sourced_id for one in classes for sourced_id in one.teacher_sourced_ids)
        return TeacherClasses(
            classes=classes,
            terms=api.each("/terms", terms, term_record, reading),
            schools=api.each("/schools", schools, school_record, reading),
            teachers=api.each("/users", teachers, teacher_record, reading),
            students=self._students_taught_by(teacher, reading),
        )

    def fetch_class(self, class_sourced_id: str) -> tuple[ClassRecord, TermRecord | None]:
        """One class and its term, for the page that describes a class before it is saved."""
        reading = self._reader.start()
        found = self._class(class_sourced_id, reading).record
        terms = self._api.each("/terms", [found.term_sourced_id], term_record, reading)
        return found, terms.get(found.term_sourced_id)

    def _refuse_while_paused(self, reading: Reading) -> None:
        """A paused district shows last year's records (Clever page "Districts")."""
        own = self._api.district_sourced_id
        if own is None:
            return
        try:
            raw = self._api.record(f"/districts/{in_path(own)}", reading)
        except (AbsentError, WebPageError):
            return
        if identify(raw, None) not in (None, own):
            raise refused("the record of another district")
        district = decode_record(raw, District)
        if district and district.state == "paused":
            until = moment(district.pause_end)
            raise ProviderError(FailureReason.DISTRICT_PAUSED, "paused", until=until)

    def _class(self, class_sourced_id: str, reading: Reading) -> ListedClass:
        try:
            found = self._api.one("/sections", class_sourced_id, listed_class, reading)
        except AbsentError as error:
            raise ProviderError(FailureReason.CLASS_GONE, "404") from error
        if found is None:
            raise unusable("a class that cannot be read")
        return found

    def _students_of(self, class_sourced_id: str, reading: Reading) -> Gathered[StudentRecord]:
        reading.tell()
        path = f"/sections/{in_path(class_sourced_id)}/users?role=student"
        try:
            for gathered in self._api.gather(path, student_record, reading):
                reading.students_read = len(gathered.records)
                reading.tell()
        except AbsentError as error:
            raise ProviderError(FailureReason.CLASS_GONE, "404") from error
        return gathered

    def _student(self, sourced_id: str, reading: Reading) -> StudentRecord | None:
        """One student by id; None if the record cannot be used, AbsentError if not shared."""
        reading.tell()
        return self._api.one("/users", sourced_id, student_record, reading)

    def _students_taught_by(self, teacher: str, reading: Reading) -> dict[str, StudentRecord]:
        with suppress(AbsentError):
            return self._api.all(f"{teacher}/mystudents", student_record, reading).records
        return {}
