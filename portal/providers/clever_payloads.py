"""Clever's JSON, decoded into only the fields we keep; the rest is never even unpacked (M41)."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from typing import Any, Literal, TypeVar

import msgspec

from portal.providers.http import unusable

Shape = TypeVar("Shape")

LONGEST_NUMBER = 1000
PIECE = 128 * 1024
ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
DIGITS_ONLY = bytes(ord("0") if chr(byte).isdigit() else ord(" ") for byte in range(128)).ljust(
    256, b" "
)


# Clever's empty values (Clever page "Data model"): they stand for none, whatever was due.
Empty = Literal[""] | tuple[()] | None


class Link(msgspec.Struct):
    rel: Any = None
    uri: Any = None


class ListAnswer(msgspec.Struct):
    """Clever page "Paging and limits": `{data: […], links: […]}`."""

    data: list[msgspec.Raw]
    links: list[Link] | msgspec.UnsetType = msgspec.UNSET
    error: Any = None


class RecordAnswer(msgspec.Struct):
    """One record, `{data: {…}}`; also the shape of each item of a list."""

    data: msgspec.Raw
    error: Any = None


class Identity(msgspec.Struct):
    """Whose record it is, readable even where the rest is not."""

    id: Any = None
    district: Any = None


class ListedIdentity(msgspec.Struct):
    """An item of a list, read no further than to know whose record it is."""

    data: Identity


class Name(msgspec.Struct):
    first: Any = None
    last: Any = None


class Credentials(msgspec.Struct):
    district_username: Any = None


class StudentRole(msgspec.Struct):
    grade: Any = None
    sis_id: Any = None
    student_number: Any = None
    school: Any = None
    schools: Any = None
    legacy_id: Any = None
    credentials: Credentials | str | list[Any] | None = None


class StaffRole(msgspec.Struct):
    """Teachers, staff and district admins: where they work, and their id of old."""

    school: Any = None
    schools: Any = None
    legacy_id: Any = None


class Roles(msgspec.Struct):
    student: StudentRole | Empty = None
    teacher: StaffRole | Empty = None
    staff: StaffRole | Empty = None
    district_admin: StaffRole | Empty = None
    contact: StaffRole | Empty = None


class User(msgspec.Struct):
    """Clever page "Data model", user."""

    id: Any = None
    district: Any = None
    name: Name | Empty = None
    roles: Roles | Empty = None


class Me(msgspec.Struct):
    """Clever page "Identity API"; a Library sign-in is authorised by a `teacher`."""

    id: Any = None
    district: Any = None
    authorized_by: Any = None


class Section(msgspec.Struct):
    """Clever page "Data model", section; Library sections lack term, school and district."""

    id: Any = None
    district: Any = None
    name: Any = None
    school: Any = None
    term_id: Any = None
    course: Any = None
    teacher: Any = None
    teachers: Any = None
    students: Any = None
    period: Any = None
    grade: Any = None
    subject: Any = None
    section_number: Any = None
    sis_id: Any = None
    created: Any = None


class Term(msgspec.Struct):
    id: Any = None
    district: Any = None
    name: Any = None
    start_date: Any = None
    end_date: Any = None


class School(msgspec.Struct):
    id: Any = None
    district: Any = None
    name: Any = None


class Course(msgspec.Struct):
    id: Any = None
    district: Any = None
    name: Any = None


class District(msgspec.Struct):
    """`state` is `paused` while last year's records are shown (Clever page "Districts")."""

    id: Any = None
    name: Any = None
    state: Any = None
    last_sync: Any = None
    pause_start: Any = None
    pause_end: Any = None
    district_contact: Any = None


class EventRecord(msgspec.Struct):
    """Clever page "Events API": the record after the change, or as it was when it went."""

    object: msgspec.Raw
    previous_attributes: Any = None


class Event(msgspec.Struct):
    """`previous_attributes` is where the specification has it; the wire has it in `data`."""

    id: Any = None
    type: Any = None
    created: Any = None
    data: EventRecord | None = None
    previous_attributes: Any = None

    @property
    def previous(self) -> dict[str, Any] | None:
        """The old values of what changed, wherever they are; None where nobody says."""
        inside = self.data.previous_attributes if self.data else None
        return next((told for told in (inside, self.previous_attributes) if _is_told(told)), None)


def _is_told(fields: Any) -> bool:
    return isinstance(fields, dict) and bool(fields)


def decode_answer(body: bytes, shape: type[Shape]) -> Shape:
    """A whole answer in its envelope, or ProviderError (trust M05 to M14)."""
    try:
        return msgspec.json.decode(_well_formed(body), type=shape)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise unusable(f"not the JSON that was due: {type(error).__name__}") from error


def decode_record(raw: msgspec.Raw, shape: type[Shape]) -> Shape | None:
    """One record of an answer, or None if it is not what it should be."""
    try:
        return msgspec.json.decode(raw, type=shape)
    except (msgspec.DecodeError, RecursionError):
        return None


def _well_formed(body: bytes) -> bytes:
    """The body, once what msgspec would pass over is refused and what it trips over is mended.

    Looked at in pieces: copies of a whole page would be most of what a read needs of memory.
    """
    decoder = getincrementaldecoder("utf-8")()
    for start in range(0, len(body), PIECE):
        decoder.decode(body[start : start + PIECE])
    decoder.decode(b"", final=True)
    if _holds_endless_number(body):
        raise unusable("a number of more digits than any number has")
    if ESCAPED_SURROGATE.search(body):
        return ESCAPE.sub(_mended, body)
    return body


def _mended(escape: re.Match[bytes]) -> bytes:
    """Half a surrogate pair is no character: replaced as a browser would (trust M31)."""
    return rb"\ufffd" if escape["lone"] else escape[0]


def _holds_endless_number(body: bytes) -> bool:
    """True for a number that Python itself refuses to read (trust M14), in any field."""
    endless = b"0" * LONGEST_NUMBER
    starts = range(0, len(body), PIECE)
    pieces = (body[start : start + PIECE + LONGEST_NUMBER] for start in starts)
    if not any(endless in piece.translate(DIGITS_ONLY) for piece in pieces):
        return False
    return endless in STRING.sub(b"", body).translate(DIGITS_ONLY)
