"""Changes to the make-believe district show at once in the Data API and in its events."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import App
from tests.sandbox_clever import Cast, RunningSandbox


@pytest.fixture
def algebra(cast: Cast) -> str:
    return cast.sections["Algebra I - Period 3"]


def listed(district: App, section: str) -> list[str]:
    students: list[str] = district.record(f"/v3.0/sections/{section}")["students"]
    assert sorted(students) == district.ids(f"/v3.0/sections/{section}/users?role=student")
    return students


def events(district: App, kind: str) -> list[Any]:
    return [event for event in district.records("/v3.0/events") if event["type"] == kind]


def test_enrolled_students_come_last_and_withdrawn_ones_are_gone(
    sandbox: RunningSandbox, district: App, cast: Cast, algebra: str
) -> None:
    before = listed(district, algebra)
    new = sandbox.enrol_new(algebra, "Noor", "Haddad")
    sandbox.enrol(algebra, cast.students["Nowhere Yet"])
    sandbox.withdraw(algebra, *before[:2])
    assert listed(district, algebra) == [*before[2:], new, cast.students["Nowhere Yet"]]


def test_moving_is_one_change_in_two_classes(
    sandbox: RunningSandbox, district: App, cast: Cast, algebra: str
) -> None:
    grace, empty = cast.students["Grace Nakamura"], cast.sections["Science Lab - Period 5"]
    sandbox.move(grace, algebra, empty)
    assert grace not in listed(district, algebra)
    assert listed(district, empty) == [grace]
    assert len(events(district, "sections.updated")) == 2


def test_a_new_name_shows_and_its_event_holds_the_old_one(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    ada = cast.students["Ada Byrne"]
    sandbox.rename(ada, "Adaline", "Byrne")
    user = district.record(f"/v3.0/users/{ada}")
    assert user["name"] == {"first": "Adaline", "last": "Byrne"}
    assert user["last_modified"] > user["created"]
    changed = events(district, "users.updated")[0]["data"]
    assert changed == {"object": user, "previous_attributes": {"name": {"first": "Ada"}}}


def test_teachers_change_with_the_main_one_first(
    sandbox: RunningSandbox, district: App, cast: Cast, algebra: str
) -> None:
    okafor, rivera = cast.teachers["Daniel Okafor"], cast.teachers["Maria Rivera"]
    sandbox.set_teachers(algebra, okafor, [rivera])
    section = district.record(f"/v3.0/sections/{algebra}")
    assert (section["teacher"], section["teachers"]) == (okafor, [okafor, rivera])
    assert algebra in district.ids(f"/v3.0/users/{okafor}/sections")


def test_a_deleted_class_is_404_and_leaves_an_event(
    sandbox: RunningSandbox, district: App, cast: Cast, algebra: str
) -> None:
    sandbox.delete(algebra)
    assert district.get(f"/v3.0/sections/{algebra}").status_code == 404
    assert events(district, "sections.deleted")[0]["data"]["object"]["id"] == algebra
    assert algebra not in district.ids(f"/v3.0/users/{cast.students['Ada Byrne']}/sections")


def test_stopping_and_resuming_to_share_a_school_takes_everything_along(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    before = district.ids("/v3.0/sections"), district.ids("/v3.0/users")
    high = cast.schools["Lincoln High School"]
    sandbox.unshare(high)
    assert cast.sections["Geometry II"] not in district.ids("/v3.0/sections")
    assert cast.teachers["Daniel Okafor"] in district.ids("/v3.0/users?role=teacher")
    sandbox.share(high)
    assert (district.ids("/v3.0/sections"), district.ids("/v3.0/users")) == before
    assert len(events(district, "schools.created")) == len(events(district, "schools.deleted")) == 1


def test_any_field_can_be_changed_or_taken_away(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    ada = cast.students["Ada Byrne"]
    sandbox.edit(ada, email=None, roles={"student": {"grade": "9"}})
    user = district.record(f"/v3.0/users/{ada}")
    assert "email" not in user
    assert user["roles"]["student"]["grade"] == "9"
    assert user["roles"]["student"]["sis_id"]


def test_a_person_can_come_back_under_a_new_id(
    sandbox: RunningSandbox, district: App, cast: Cast, algebra: str
) -> None:
    old = cast.teachers["Maria Rivera"]
    new = sandbox.give_new_id(old)
    assert district.get(f"/v3.0/users/{old}").status_code == 404
    assert district.record(f"/v3.0/sections/{algebra}")["teacher"] == new


def test_who_leaves_the_district_is_told_out_of_each_class(
    sandbox: RunningSandbox, district: App, cast: Cast, algebra: str
) -> None:
    ada = cast.students["Ada Byrne"]
    sandbox.delete(ada)
    told = [each["data"]["object"] for each in events(district, "sections.updated")]
    assert algebra in [each["id"] for each in told]
    assert all(ada not in each["students"] for each in told)


def test_a_new_id_is_told_in_each_class_too(
    sandbox: RunningSandbox, district: App, cast: Cast, algebra: str
) -> None:
    new = sandbox.give_new_id(cast.students["Ada Byrne"])
    told = {each["data"]["object"]["id"]: each for each in events(district, "sections.updated")}
    assert new in told[algebra]["data"]["object"]["students"]


def test_nobody_is_told_of_who_is_not_shared(
    sandbox: RunningSandbox, district: App, cast: Cast, algebra: str
) -> None:
    sandbox.unshare(next(iter(cast.schools.values())))
    sandbox.unshare(cast.schools["Lincoln Middle School"])
    before = len(events(district, "users.created"))
    sandbox.enrol_new(algebra, "New", "Comer")
    assert len(events(district, "users.created")) == before


def test_each_change_moves_the_districts_last_sync(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    before = district.record(f"/v3.0/districts/{cast.id}")["last_sync"]
    sandbox.rename(cast.students["Ada Byrne"], "Adaline", "Byrne")
    assert district.record(f"/v3.0/districts/{cast.id}")["last_sync"] > before


def test_events_are_polled_from_a_remembered_one(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    sandbox.rename(cast.students["Ada Byrne"], "Adaline", "Byrne")
    last = district.body("/v3.0/events?ending_before=last&limit=1")["data"][0]["data"]["id"]
    assert district.records(f"/v3.0/events?starting_after={last}") == []
    sandbox.unshare(cast.students["Grace Nakamura"])
    news = district.records(f"/v3.0/events?starting_after={last}&record_type=users")
    assert [event["type"] for event in news] == ["users.deleted"] * len(news)
    assert district.record(f"/v3.0/events/{news[0]['id']}") == news[0]


def test_events_are_kept_thirty_days(sandbox: RunningSandbox, district: App, cast: Cast) -> None:
    sandbox.rename(cast.students["Ada Byrne"], "Adaline", "Byrne")
    sandbox.advance_clock(31 * 24 * 3600)
    assert district.records("/v3.0/events") == []


def test_a_generated_district_has_the_shape_asked_for(sandbox: RunningSandbox) -> None:
    big = sandbox.add_district("Big ISD", sections=2, students_per_section=300)
    with App(sandbox, sandbox.district_token(big.id)) as app:
        section = big.sections["Class 2"]
        assert len(app.ids(f"/v3.0/sections/{section}/users?role=student&limit=10000")) == 300
        assert len(app.ids("/v3.0/sections")) == 2
