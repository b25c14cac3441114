"""A district's Events from Clever, as changes of what it shares (Clever page "Events API")."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from portal.providers.base import ReadProgress
from portal.providers.clever_api import CleverApi, Understand
from portal.providers.clever_lists import identify
from portal.providers.clever_payloads import Event, RecordAnswer, Roles, User, decode_record
from portal.providers.clever_records import (
    class_with_list,
    course_record,
    moment,
    role_names,
    school_record,
    sourced,
    student_listing,
    teacher_listing,
    term_record,
)
from portal.providers.http import ApiReader, ReadLimits, unusable
from portal.roster.sharing import Change, Fate, Kind, Told

PATIENT = ReadLimits()
MOST_EVENTS = 500  # of a page; a change of a class brings its whole list of students
ALONE: dict[str, tuple[Kind, Understand[Any]]] = {
    "schools": (Kind.SCHOOLS, school_record),
    "terms": (Kind.TERMS, term_record),
    "courses": (Kind.COURSES, course_record),
    "sections": (Kind.CLASSES, class_with_list),
}
PEOPLE: dict[Kind, Understand[Any]] = {
    Kind.TEACHERS: teacher_listing,
    Kind.STUDENTS: student_listing,
}
# An update of none of these changes nothing that we keep.
KEPT_FIELDS = {
    "schools": {"name"},
    "terms": {"name", "start_date", "end_date"},
    "courses": {"name"},
    "users": {"name", "roles"},
    "sections": {
        *("name", "school", "term_id", "course", "teacher", "teachers", "students", "period"),
        *("grade", "subject", "section_number", "sis_id", "created"),
    },
}


class CleverEvents:
    """One district's feed over its own token, the oldest first.

    `room` takes a place within the token's rate limit (`ApiReader`).
    """

    def __init__(
        self,
        token: str,
        origin: str,
        api_version: str,
        page_size: int,
        district_sourced_id: str,
        limits: ReadLimits = PATIENT,
        room: Callable[[], float] | None = None,
    ) -> None:
        self._token = token
        self._origin = origin
        self._version = api_version
        self._page_size = min(page_size, MOST_EVENTS)
        self._district = district_sourced_id
        self._limits = limits
        self._room = room

    def last_id(self, progress: ReadProgress | None = None) -> str:
        """The id of the newest event, or "" where there is none yet."""
        page = self._page("/events?ending_before=last", 1, "", progress)
        return page[-1].event_id if page else ""

    def after(self, cursor: str, progress: ReadProgress | None = None) -> list[Told]:
        """The next events behind this one (or from the first of all); none: nothing is new."""
        return self._page("/events", self._page_size, cursor, progress)

    def _page(self, path: str, size: int, after: str, progress: ReadProgress | None) -> list[Told]:
        bearer = f"Bearer {self._token}"
        with ApiReader(self._origin, bearer, self._limits, progress, self._room) as reader:
            api = CleverApi(reader, self._version, size, self._district)
            items = next(iter(api.stretch(path, size, after)))
        return [told_by(item, self._district) for item in items]


def told_by(item: msgspec.Raw, district: str) -> Told:
    """An event of a page; without an id nobody could go on behind it."""
    envelope = decode_record(item, RecordAnswer)
    event = decode_record(envelope.data, Event) if envelope else None
    event_id = sourced(event.id) if event else None
    if event is None or event_id is None:
        raise unusable("an event that cannot be read")
    return Told(event_id, moment(event.created), tuple(changes_of(event, district)))


def changes_of(event: Event, district: str) -> Iterator[Change]:
    """What an event changes of what is shared; a record of another district is refused (M42)."""
    collection, _, verb = str(event.type).partition(".")
    raw = event.data.object if event.data else None
    sourced_id = identify(raw, district) if raw is not None else None
    if raw is None or sourced_id is None or not _concerns_us(event, collection, verb):
        return
    if collection in ALONE:
        kind, understand = ALONE[collection]
        yield _change(kind, sourced_id, verb, raw, understand)
    elif collection == "users":
        yield from _changes_of_user(raw, sourced_id, verb)


def _concerns_us(event: Event, collection: str, verb: str) -> bool:
    previous = event.previous
    if verb != "updated" or previous is None:
        return verb in ("created", "updated", "deleted")
    return bool(previous.keys() & KEPT_FIELDS.get(collection, set()))


def _changes_of_user(raw: msgspec.Raw, sourced_id: str, verb: str) -> Iterator[Change]:
    """A person is told apart by their roles: one that is gone takes its record along.

    Who is said to have no role at all may have any: nothing is taken away for that (M37).
    """
    user = decode_record(raw, User)
    roles = (user.roles if user else None) or Roles()
    if verb != "deleted" and not role_names(roles):
        return
    held = {Kind.TEACHERS: roles.teacher, Kind.STUDENTS: roles.student}
    for kind, understand in PEOPLE.items():
        fate = verb if isinstance(held[kind], msgspec.Struct) else "deleted"
        yield _change(kind, sourced_id, fate, raw, understand)


def _change(
    kind: Kind, sourced_id: str, verb: str, raw: msgspec.Raw, understand: Understand[Any]
) -> Change:
    if verb == "deleted":
        return Change(kind, sourced_id, Fate.UNSHARED)
    listing = understand(raw, sourced_id)
    fate = Fate.UNREADABLE if listing is None else Fate.SHARED
    return Change(kind, sourced_id, fate, listing)
