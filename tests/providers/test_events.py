"""What Clever's Events mean for what is shared (clever-platform 4 and 3.9)."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from portal.providers.base import FailureReason, ProviderError
from portal.providers.clever_events import told_by
from portal.roster.sharing import Fate, Kind, Told

DISTRICT = "64a000000000000000000001"
TEACHER: dict[str, Any] = {"school": "school1", "schools": ["school1"]}
STUDENT: dict[str, Any] = {"school": "school1", "schools": ["school1"], "grade": "7"}


def told(kind: str, record: dict[str, Any], **more: Any) -> Told:
    """An event as a page lists it; `inside` lies beside the record, all else beside the data."""
    inside = more.pop("inside", {})
    record = {"id": "r1", "district": DISTRICT, **record}
    event = {"id": "e1", "type": kind, "created": "2026-01-20T07:05:00.000Z", **more}
    event["data"] = {"object": record, **inside}
    return told_by(msgspec.Raw(json.dumps({"data": event}).encode()), DISTRICT)


def fates(event: Told) -> dict[Kind, Fate]:
    return {change.kind: change.fate for change in event.changes}


def person(**roles: Any) -> dict[str, Any]:
    return {"name": {"first": "Maria", "last": "Rivera"}, "roles": roles}


@pytest.mark.parametrize("verb", ["created", "updated"])
def test_a_record_that_came_or_changed_is_shared_as_it_is_now(verb: str) -> None:
    event = told(f"schools.{verb}", {"name": "Lincoln High"})
    (change,) = event.changes
    assert (event.event_id, event.told_at is not None) == ("e1", True)
    assert (change.kind, change.fate) == (Kind.SCHOOLS, Fate.SHARED)
    assert change.listing.name == "Lincoln High"


def test_a_record_that_went_is_shared_no_more() -> None:
    assert fates(told("sections.deleted", {"name": "Band"})) == {Kind.CLASSES: Fate.UNSHARED}


def test_a_person_is_told_apart_by_their_roles_and_a_role_that_is_gone_takes_its_record() -> None:
    teacher = told("users.updated", person(teacher=TEACHER, staff={"schools": ["school1"]}))
    assert fates(teacher) == {Kind.TEACHERS: Fate.SHARED, Kind.STUDENTS: Fate.UNSHARED}
    student = told("users.created", person(student=STUDENT))
    assert fates(student) == {Kind.TEACHERS: Fate.UNSHARED, Kind.STUDENTS: Fate.SHARED}
    assert set(fates(told("users.updated", person(contact={}))).values()) == {Fate.UNSHARED}


def test_a_student_who_is_a_teacher_too_is_believed_in_neither() -> None:
    event = told("users.updated", person(teacher=TEACHER, student=STUDENT))
    assert set(fates(event).values()) == {Fate.UNREADABLE}


def test_a_class_without_a_list_is_not_a_class_without_students() -> None:
    event = told("sections.updated", {"name": "Band"})
    assert fates(event) == {Kind.CLASSES: Fate.UNREADABLE}


@pytest.mark.parametrize("place", ["inside", "beside"])
def test_an_update_of_what_nobody_keeps_changes_nothing_wherever_clever_says_so(
    place: str,
) -> None:
    old = {"previous_attributes": {"email": "old@school.example"}}
    more: dict[str, Any] = {"inside": old} if place == "inside" else old
    assert told("users.updated", person(student=STUDENT), **more).changes == ()
    old["previous_attributes"] = {"name": {"first": "Mary"}}
    assert told("users.updated", person(student=STUDENT), **more).changes != ()


@pytest.mark.parametrize("kind", ["districts.updated", "resources.created", "users.merged", "odd"])
def test_what_does_not_concern_us_is_passed_by(kind: str) -> None:
    event = told(kind, {"name": "anything"})
    assert (event.event_id, event.changes) == ("e1", ())


def test_m42_the_record_of_another_district_is_refused() -> None:
    with pytest.raises(ProviderError) as refused:
        told("schools.created", {"name": "Theirs", "district": "another"})
    assert refused.value.reason is FailureReason.REFUSED_ANSWER


def test_an_event_without_an_id_is_no_place_to_go_on_from() -> None:
    with pytest.raises(ProviderError) as unusable:
        told("schools.created", {"name": "Lincoln High"}, id=None)
    assert unusable.value.reason is FailureReason.UNUSABLE_ANSWER
