"""A whole district from Clever's Data API, v3.0 or v3.1: all its lists on disk, or ProviderError.

Contacts are never asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, tzinfo
from functools import partial
from itertools import chain
from typing import Any

import msgspec

from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever_api import CleverApi, in_path
from portal.providers.clever_api import Understand as UnderstandRecord
from portal.providers.clever_lists import identify, own_id
from portal.providers.clever_payloads import ListedIdentity, RecordAnswer, decode_record
from portal.providers.clever_records import (
    class_with_list,
    course_record,
    district_record,
    school_record,
    student_listing,
    teacher_listing,
    term_record,
)
from portal.providers.http import UNREADABLE, ApiReader, ReadLimits, refused
from portal.providers.side_by_side import Crew
from portal.providers.spools import Entry, Spool
from portal.providers.stretches import Known, Stretch, stretches
from portal.roster.sharing import DistrictRecord, Kind

# Another number has every record of every district decoded anew: raise it with what we keep.
SHAPE = 1
PATIENT = ReadLimits(read_seconds=3600.0)
PATHS = {
    Kind.SCHOOLS: "/schools",
    Kind.TERMS: "/terms",
    Kind.COURSES: "/courses",
    Kind.TEACHERS: "/users?role=teacher",
    Kind.STUDENTS: "/users?role=student",
    Kind.CLASSES: "/sections",
}
RECORDS: dict[Kind, UnderstandRecord[Any]] = {
    Kind.SCHOOLS: school_record,
    Kind.TERMS: term_record,
    Kind.COURSES: course_record,
    Kind.TEACHERS: teacher_listing,
    Kind.STUDENTS: student_listing,
    Kind.CLASSES: class_with_list,
}
# A token may not be allowed these, and a district may have none: people and classes do without.
EVIDENCE = frozenset({Kind.TERMS, Kind.COURSES})
# What Clever may answer where it does not know the id to read on from.
UNKNOWN_ID = frozenset({FailureReason.UNUSABLE_ANSWER, FailureReason.NOT_SHARED})
# A class lists its students: ten thousand classes on a page are a page nobody wants in memory.
LARGEST_PAGE = dict.fromkeys(Kind, 10_000) | {Kind.CLASSES: 1_000}
# Each holds a page in memory: the longer the pages, the fewer at once.
CURSORS, CURSORS_OF_LONG_PAGES, LONG_PAGE = 8, 4, 2_000

IDENTITY = msgspec.json.Decoder(ListedIdentity)


class CleverDistrict:
    """One district over its own token; every read opens its own connections.

    `room` takes a place within the token's rate limit (`ApiReader`), for several threads at once.
    """

    def __init__(
        self,
        token: str,
        origin: str,
        api_version: str,
        page_size: int,
        district_sourced_id: str,
        limits: ReadLimits = PATIENT,
        timezone: tzinfo = UTC,
        room: Callable[[], float] | None = None,
    ) -> None:
        self._token = token
        self._origin = origin
        self._version = api_version
        self._page_size = page_size
        self._district = district_sourced_id
        self._limits = limits
        self._timezone = timezone
        self._room = room

    def describe(self, progress: ReadProgress | None = None) -> DistrictRecord:
        """How Clever says the district is doing; only its id where Clever does not say."""
        with self._reader(progress) as reader, suppress(*UNREADABLE):
            raw = self._api(reader).record(f"/districts/{in_path(self._district)}")
            if identify(raw, None) not in (None, self._district):
                raise refused("the record of another district")
            found = district_record(raw, self._district, self._timezone)
            return found or DistrictRecord(self._district)
        return DistrictRecord(self._district)

    def read(self, known: Known, progress: ReadProgress) -> Spool:
        """Everything the district shares, whole, for the caller to close; or ProviderError.

        `known` says what was there the last time: where that is many pages they are read side
        by side, split at known ids. `progress` is told of the records of all kinds together.
        """
        understand = {kind: partial(_understood, each) for kind, each in RECORDS.items()}
        spool = Spool(SHAPE, understand)
        try:
            self._fill(spool, known, progress)
        except BaseException:
            spool.close()
            raise
        return spool

    def _fill(self, spool: Spool, known: Known, progress: ReadProgress) -> None:
        planned = {kind: stretches(kind, known, self._size(kind)) for kind in Kind}
        expected = sum(known.count(kind) for kind in Kind) or None
        cursors = CURSORS if self._page_size <= LONG_PAGE else CURSORS_OF_LONG_PAGES
        with Crew(self._reader, progress, expected, cursors) as crew:
            spoiled: set[Kind] = set()
            read = partial(self._read_stretch, spool, spoiled)
            crew.work([partial(read, each) for each in chain.from_iterable(planned.values())])
            spoiled |= {kind for kind in Kind if len(planned[kind]) > 1 and not spool.ascends(kind)}
            for kind in spoiled:
                spool.forget(kind)
            crew.work([partial(read, Stretch(kind)) for kind in spoiled])
            spool.request_count = crew.request_count
        for kind in Kind:
            if not spool.ascends(kind):
                spool.sort(kind)

    def _read_stretch(
        self, spool: Spool, spoiled: set[Kind], stretch: Stretch, reader: ApiReader
    ) -> None:
        """One stretch; where Clever does not know its ids or keeps no order its kind is spoiled.

        What it answers to an id that is gone is not documented: to ask without one tells more.
        """
        try:
            self._spool_stretch(spool, stretch, reader)
        except ProviderError as error:
            if stretch.is_whole and stretch.kind in EVIDENCE and isinstance(error, UNREADABLE):
                spool.leave_out(stretch.kind)
            elif stretch.is_whole or error.reason not in UNKNOWN_ID:
                raise
            else:
                spoiled.add(stretch.kind)

    def _spool_stretch(self, spool: Spool, stretch: Stretch, reader: ApiReader) -> None:
        kind, last = stretch.kind, stretch.after
        pages = self._api(reader).stretch(PATHS[kind], self._size(kind), stretch.after)
        for number, items in enumerate(pages):
            entries = self._identified(items)
            stretch.refuse_disorder(entries, last)
            kept = (
                entries if stretch.is_whole else [one for one in entries if stretch.holds(one[0])]
            )
            spool.add(kind, (stretch.number, number), kept, len(items) - len(entries))
            reader.students_read += len(kept)
            last = entries[-1][0] if entries else last
            for done in (items, entries, kept):
                done.clear()  # Or a page would stay in memory while the next one arrives.
            if stretch.until is not None and last >= stretch.until:
                return
        stretch.refuse_silence(last)

    def _identified(self, items: Iterable[msgspec.Raw]) -> list[Entry]:
        """The items that say which record they are; another district's refuses the read (M42)."""
        return [(found, item) for item in items if (found := self._id_of(item))]

    def _id_of(self, item: msgspec.Raw) -> str | None:
        try:
            identity = IDENTITY.decode(item).data
        except (msgspec.DecodeError, RecursionError):
            return None
        return own_id(identity, self._district)

    def _reader(self, progress: ReadProgress | None) -> ApiReader:
        bearer = f"Bearer {self._token}"
        return ApiReader(self._origin, bearer, self._limits, progress, self._room)

    def _api(self, reader: ApiReader) -> CleverApi:
        return CleverApi(reader, self._version, self._page_size, self._district)

    def _size(self, kind: Kind) -> int:
        return min(self._page_size, LARGEST_PAGE[kind])


def _understood(understand: UnderstandRecord[Any], item: bytes, sourced_id: str) -> Any:
    """The record in an item of a list, or None if it cannot be used."""
    envelope = decode_record(msgspec.Raw(item), RecordAnswer)
    return understand(envelope.data, sourced_id) if envelope else None
