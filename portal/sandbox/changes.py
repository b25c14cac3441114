"""Everything a school office or a district can do to its records; each change becomes events.

Every function is one transaction, as one sync of Clever would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from random import Random

from portal.sandbox import events, records, wire
from portal.sandbox.districts import bodies
from portal.sandbox.records import Body, Record
from portal.sandbox.store import Store, timestamp


class NoSuchRecord(Exception):
    """The change names a record that is not there."""


def find(store: Store, record_id: str, *kinds: str) -> Record:
    record = records.find(store, record_id)
    if record is None or (kinds and record.kind not in kinds):
        raise NoSuchRecord(record_id)
    return record


def enrol(store: Store, section_id: str, student_ids: Iterable[str]) -> None:
    """Put students at the end of a class's list."""
    with _updating(store, find(store, section_id, "section")):
        _add_students(store, section_id, student_ids)


def withdraw(store: Store, section_id: str, student_ids: Iterable[str]) -> None:
    with _updating(store, find(store, section_id, "section")):
        _remove_students(store, section_id, student_ids)


def move(store: Store, student_ids: Sequence[str], from_id: str, to_id: str) -> None:
    """Out of one class and into another, in one go."""
    old, new = find(store, from_id, "section"), find(store, to_id, "section")
    with _updating(store, old, new):
        _remove_students(store, from_id, student_ids)
        _add_students(store, to_id, student_ids)


def add_student(store: Store, section_id: str, first: str, last: str, **more: str) -> str:
    """A new student, already in a class. `more`: grade, email."""
    section = find(store, section_id, "section")
    with store.change():
        made = store.new_id()
        now = timestamp(store.now())
        grade = more.get("grade") or section.body.get("grade", "")
        role = bodies.student_role(
            Random(made), int(made[-6:], 16), grade, [section.body["school"]]
        )
        role |= {"legacy_id": made, "email": more.get("email", "")}
        body: Body = {"id": made, "district": section.district}
        body |= bodies.person(first, last, now)
        body |= {"email": more.get("email", ""), "roles": {"student": role}}
        student = Record(made, "user", section.district, body)
        with telling_who_is_shared(store, section.district):
            records.keep(store, [student])
    enrol(store, section_id, [made])
    return made


def rename(store: Store, user_id: str, first: str, last: str) -> None:
    edit(store, user_id, {"name": {"first": first, "last": last}})


def edit(store: Store, record_id: str, patch: Body) -> None:
    """Change any fields; null takes a field away (as RFC 7396 merge patches do).

    A person who goes to a school that is not shared goes out of sight with it.
    """
    record = find(store, record_id)
    with store.change(), telling_who_is_shared(store, record.district, record):
        record.body = merge_patch(record.body, patch)
        _keep(store, record)
        synced(store, record.district)


def set_teachers(store: Store, section_id: str, main: str, co_teachers: Iterable[str]) -> None:
    """The main teacher comes first, then the co-teachers in order."""
    teachers = dict.fromkeys([main, *co_teachers])
    for teacher in teachers:
        find(store, teacher, "user")
    with _updating(store, find(store, section_id, "section")):
        store.write("DELETE FROM members WHERE section = ? AND role = 'teacher'", section_id)
        store.write_many(
            "INSERT INTO members VALUES (?, ?, 'teacher', ?)",
            ((section_id, teacher, position) for position, teacher in enumerate(teachers)),
        )


def delete(store: Store, record_id: str) -> None:
    """Take a record out of the district for good, and a person out of their classes."""
    record = find(store, record_id, "section", "user", "term", "course")
    lists = _sections_of(store, record_id)
    with store.change(), telling_who_is_shared(store, record.district, *lists):
        _remove(store, record)
        synced(store, record.district)


def split_identity(store: Store, user_id: str) -> str:
    """The same person under a new id, as after a changed employee address (1.10, 5.2)."""
    old = find(store, user_id, "user")
    lists = _sections_of(store, user_id)
    with store.change(), telling_who_is_shared(store, old.district, *lists):
        made = store.new_id()
        records.keep(store, [Record(made, "user", old.district, old.body | {"id": made})])
        store.write("UPDATE members SET user = ? WHERE user = ?", made, user_id)
        _remove(store, old)
        synced(store, old.district)
    return made


def merge_patch(body: Body, patch: Body) -> Body:
    merged = dict(body)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = merge_patch(merged[key], value)
        else:
            merged[key] = value
    return merged


@contextmanager
def _updating(store: Store, *changed: Record) -> Iterator[None]:
    """One transaction around a change of records that stay: new times, `updated` events."""
    with store.change():
        before = [wire.body(store, "v3.0", record) for record in changed]
        yield
        for record, earlier in zip(changed, before, strict=True):
            _keep(store, record)
            if record.visible:
                events.updated(store, record, earlier)
        records.work_out_visible(store, changed[0].district)
        synced(store, changed[0].district)


@contextmanager
def telling_who_is_shared(store: Store, district_id: str, *changed: Record) -> Iterator[None]:
    """Around a change of who is there: events of all that came, of these records, and that went.

    What is deleted for good has been told already. Call inside `change()`.
    """
    shared = records.visible_ids(store, district_id)
    before = [wire.body(store, "v3.0", record) for record in changed]
    yield
    records.work_out_visible(store, district_id)
    still = records.visible_ids(store, district_id)
    for came in sorted(still - shared):
        events.created(store, find(store, came))
    for record, earlier in zip(changed, before, strict=True):
        if record.id in still & shared:
            events.updated(store, find(store, record.id), earlier)
    for lost in sorted(shared - still, reverse=True):
        if gone := records.find(store, lost):
            events.deleted(store, gone)


def _sections_of(store: Store, user_id: str) -> list[Record]:
    found = store.rows("SELECT DISTINCT section FROM members WHERE user = ?", user_id)
    return [find(store, row["section"]) for row in found]


def _remove(store: Store, record: Record) -> None:
    if record.visible:
        events.deleted(store, record)
    records.remove(store, record)


def _keep(store: Store, record: Record) -> None:
    if "last_modified" in record.body:
        record.body["last_modified"] = timestamp(store.now())
    records.keep(store, [record])


def _add_students(store: Store, section_id: str, student_ids: Iterable[str]) -> None:
    row = store.row(
        "SELECT coalesce(max(position), -1) AS last FROM members WHERE section = ?", section_id
    )
    start = int(row["last"]) + 1 if row else 0
    store.write_many(
        "INSERT OR IGNORE INTO members VALUES (?, ?, 'student', ?)",
        (
            (section_id, find(store, student, "user").id, position)
            for position, student in enumerate(student_ids, start)
        ),
    )


def _remove_students(store: Store, section_id: str, student_ids: Iterable[str]) -> None:
    store.write_many(
        "DELETE FROM members WHERE section = ? AND role = 'student' AND user = ?",
        ((section_id, student) for student in student_ids),
    )


def synced(store: Store, district_id: str) -> None:
    """The district's `last_sync` follows each change."""
    district = find(store, district_id, "district")
    district.body["last_sync"] = timestamp(store.now())
    records.keep(store, [district])
