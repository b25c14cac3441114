"""The scripted district: everything that the demo and the other tests count on is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.asking import App
from tests.sandbox_clever import Cast, RunningSandbox


@pytest.fixture
def sections(district: App, cast: Cast) -> dict[str, Any]:
    """Shared classes by name."""
    found = {section["id"]: section for section in district.records("/v3.0/sections")}
    return {name: found[each] for name, each in cast.sections.items() if each in found}


@pytest.mark.parametrize(
    ("name", "students"),
    [
        ("Algebra I - Period 3", 26),
        ("Algebra 1 - Period 3", 4),
        ("Advisory 8B", 19),
        ("Science Lab - Period 5", 0),
        ("Math 7 - Period 1", 24),
        ("Math 7 - Period 2", 23),
        ("Band - All Grades", 250),
    ],
)
def test_classes_have_the_scripted_sizes(
    sections: dict[str, Any], name: str, students: int
) -> None:
    assert len(sections[name]["students"]) == students


def test_the_right_algebra_is_on_now_and_its_twin_has_ended(
    district: App, cast: Cast, sections: dict[str, Any]
) -> None:
    today = datetime.now(UTC).date().isoformat()
    rivera, okafor = cast.teachers["Maria Rivera"], cast.teachers["Daniel Okafor"]
    right, twin = sections["Algebra I - Period 3"], sections["Algebra 1 - Period 3"]
    assert (right["teachers"], twin["teachers"]) == ([rivera, okafor], [okafor, rivera])
    now, ended = (district.record(f"/v3.0/sections/{each['id']}/term") for each in (right, twin))
    assert now["start_date"] <= today <= now["end_date"]
    assert ended["end_date"] < today


def test_two_classes_have_one_name_and_two_have_look_alikes(sections: dict[str, Any]) -> None:
    assert sections["Study Hall"]["name"] == sections["Study Hall (2)"]["name"]
    assert {"Geometry II", "Geometry 11"} <= sections.keys()


def test_one_class_has_not_started(district: App, sections: dict[str, Any]) -> None:
    term = district.record(f"/v3.0/terms/{sections['Coding Basics - Period 6']['term_id']}")
    assert term["start_date"] > datetime.now(UTC).date().isoformat()


def test_ada_is_in_seven_classes_and_somebody_in_none(district: App, cast: Cast) -> None:
    assert len(district.ids(f"/v3.0/users/{cast.students['Ada Byrne']}/sections")) == 7
    assert district.ids(f"/v3.0/users/{cast.students['Nowhere Yet']}/sections") == []
    assert district.ids(f"/v3.0/users/{cast.teachers['Beatriz Núñez']}/sections") == []


def test_people_hold_every_role_and_one_holds_two(district: App, cast: Cast) -> None:
    diallo = district.record(f"/v3.0/users/{cast.teachers['Amara Diallo']}")
    assert diallo["roles"].keys() == {"teacher", "district_admin"}
    assert cast.staffs.keys() == {"Ruth Kim", "Omar Haddad"}
    lowell = district.record(f"/v3.0/districts/{cast.id}")["district_contact"]
    assert lowell["id"] == cast.district_admins["Pat Lowell"]


def test_emails_are_shared_malformed_empty_and_missing(district: App) -> None:
    found = [user.get("email") for user in district.records("/v3.0/users?role=student")]
    assert {None, "", "shared@mail.example", "no-at-sign"} <= set(found)
    assert found.count("shared@mail.example") == 2


def test_sublists_follow_people_and_places(district: App, cast: Cast) -> None:
    rivera, ada = cast.teachers["Maria Rivera"], cast.students["Ada Byrne"]
    middle = cast.schools["Lincoln Middle School"]
    assert ada in district.ids(f"/v3.0/users/{rivera}/mystudents?limit=10000")
    assert rivera in district.ids(f"/v3.0/users/{ada}/myteachers")
    contact = district.ids(f"/v3.0/users/{ada}/mycontacts")[0]
    assert district.ids(f"/v3.0/users/{contact}/mystudents") == [ada]
    assert len(district.ids(f"/v3.0/users/{ada}/schools")) == 2
    assert district.ids(f"/v3.0/users/{ada}/schools?primary=true") == [middle]
    assert rivera in district.ids(f"/v3.0/schools/{middle}/users?role=teacher")


def test_courses_and_terms_lead_to_their_classes_and_schools(
    district: App, cast: Cast, sections: dict[str, Any]
) -> None:
    right, middle = sections["Algebra I - Period 3"], cast.schools["Lincoln Middle School"]
    assert right["id"] in district.ids(f"/v3.0/courses/{right['course']}/sections")
    assert district.ids(f"/v3.0/courses/{right['course']}/schools") == [middle]
    assert right["id"] in district.ids(f"/v3.0/terms/{right['term_id']}/sections")
    assert right["course"] in district.ids(f"/v3.0/schools/{middle}/courses")
    assert right["term_id"] in district.ids(f"/v3.0/schools/{middle}/terms")


def test_the_same_seed_makes_the_same_ids(sandbox: RunningSandbox, cast: Cast) -> None:
    sandbox.reset()
    assert sandbox.cast() == cast
