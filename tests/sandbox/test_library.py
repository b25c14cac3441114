"""Clever Library: a teacher's own token, where the district has not connected (2.2)."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.sandbox.asking import App, Browser, exchange, token_of
from tests.sandbox_clever import Cast, RunningSandbox

PARK, SANDOVAL, WREN = "Helen Park", "Victor Sandoval", "Wren Castillo"
SCIENCE, MATH, ROBOTICS = "Life Science - Period 2", "Math 6 - Period 4", "Robotics Club"
TRIMMED = {"id", "name", "section_number", "teachers", "students", "subject", "grade"}


@pytest.fixture
def juniper(sandbox: RunningSandbox) -> Cast:
    return sandbox.cast("Juniper Falls Schools")


@pytest.fixture
def park(sandbox: RunningSandbox, juniper: Cast) -> Iterator[App]:
    """The app with the token of Ms Park, who added it by herself."""
    with App(sandbox, token_of(sandbox, juniper.teachers[PARK])) as app:
        yield app


def test_the_district_has_no_token(sandbox: RunningSandbox, juniper: Cast) -> None:
    auth = (sandbox.client_id, sandbox.client_secret)
    answer = httpx.get(f"{sandbox.url}/oauth/tokens", auth=auth, trust_env=False)

    owners = {each["owner"]["id"] for each in answer.json()["data"]}
    assert sandbox.cast().id in owners
    assert juniper.id not in owners


def test_me_says_that_the_teacher_authorised_and_names_no_district(
    park: App, juniper: Cast
) -> None:
    me = park.body("/v3.0/me")
    teacher = juniper.teachers[PARK]
    assert me["data"] == {"id": teacher, "type": "user", "authorized_by": "teacher"}
    assert [link["rel"] for link in me["links"]] == ["self", "canonical"]


def test_userinfo_names_no_district_either(park: App, juniper: Cast) -> None:
    told = park.body("/userinfo")
    assert (told["user_type"], told["authorized_by"]) == ("teacher", "teacher")
    assert juniper.id not in str(told)


def test_a_teacher_reads_her_own_classes_and_no_other(park: App, juniper: Cast) -> None:
    teacher = juniper.teachers[PARK]
    classes = park.records(f"/v3.0/users/{teacher}/sections")

    assert [each["name"] for each in classes] == [SCIENCE, MATH]
    assert all(each.keys() == TRIMMED for each in classes)
    foreign = juniper.sections[ROBOTICS]
    assert park.get(f"/v3.0/sections/{foreign}").status_code == 404
    assert park.get(f"/v3.0/sections/{foreign}/users").status_code == 404


def test_students_are_a_first_name_an_initial_and_a_grade(park: App, juniper: Cast) -> None:
    section = juniper.sections[SCIENCE]
    listed = park.record(f"/v3.0/sections/{section}")["students"]
    students = park.records(f"/v3.0/sections/{section}/users?role=student")

    assert sorted(listed) == [each["id"] for each in students]
    wren = next(each for each in students if each["id"] == juniper.students[WREN])
    assert wren == {
        "id": juniper.students[WREN],
        "name": {"first": "Wren", "last": "C"},
        "roles": {"student": {"grade": "6"}},
    }


def test_a_co_teacher_is_listed_first_name_and_last(park: App, juniper: Cast) -> None:
    teachers = park.records(f"/v3.0/sections/{juniper.sections[MATH]}/users?role=teacher")
    assert [each["name"]["last"] for each in teachers] == ["Park", "Sandoval"]


@pytest.mark.parametrize(
    "path", ["users", "sections", "schools", "terms", "districts", "events", "courses"]
)
def test_there_are_no_lists(park: App, path: str) -> None:
    answer = park.get(f"/v3.0/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_there_is_no_paging(park: App, juniper: Cast) -> None:
    path = f"/v3.0/users/{juniper.teachers[PARK]}/sections"
    assert park.get(f"{path}?limit=10").status_code == 400
    assert [link["rel"] for link in park.body(path)["links"]] == ["self"]


def test_students_come_in_by_a_class_of_a_teacher_with_the_app(
    sandbox: RunningSandbox, juniper: Cast
) -> None:
    wren = juniper.students[WREN]
    with App(sandbox, token_of(sandbox, wren)) as app:
        assert app.record("/v3.0/me")["authorized_by"] == "teacher"
        assert app.record(f"/v3.0/users/{wren}")["name"] == {"first": "Wren", "last": "C"}

    sandbox.remove_from_library(juniper.teachers[PARK])
    assert Browser(sandbox).sign_in(wren).authorize().status_code == 403


@pytest.mark.parametrize("who", [SANDOVAL, "Nora Bell", "Dana Wells"])
def test_who_has_not_added_the_app_and_staff_stay_out(
    sandbox: RunningSandbox, juniper: Cast, who: str
) -> None:
    people = juniper.teachers | juniper.staffs | juniper.district_admins
    assert Browser(sandbox).sign_in(people[who]).authorize().status_code == 403


def test_a_teacher_adds_the_app_in_her_portal(sandbox: RunningSandbox, juniper: Cast) -> None:
    victor = Browser(sandbox).sign_in(juniper.teachers[SANDOVAL])
    assert "Add Rosterly" in victor.get("/portal").text

    start = victor.post("/library").headers["location"]
    arrived = httpx.URL(victor.get(start).headers["location"])
    assert arrived.params.keys() == {"code", "scope"}
    assert "Add Rosterly" not in victor.get("/portal").text


def test_a_teacher_who_removes_the_app_ends_her_token(
    sandbox: RunningSandbox, park: App, juniper: Cast
) -> None:
    sandbox.remove_from_library(juniper.teachers[PARK])
    assert park.get("/v3.0/me").status_code == 401


def test_where_the_district_connects_its_word_counts(
    sandbox: RunningSandbox, park: App, juniper: Cast
) -> None:
    teacher = juniper.teachers[PARK]
    sandbox.connect(juniper.id)

    assert park.get("/v3.0/me").status_code == 401
    with App(sandbox, token_of(sandbox, teacher)) as again:
        assert again.record("/v3.0/me")["district"] == juniper.id
        assert again.get(f"/v3.0/users/{teacher}/sections").status_code == 404
    with App(sandbox, sandbox.district_token(juniper.id)) as district:
        wren = district.record(f"/v3.0/users/{juniper.students[WREN]}")
        assert wren["name"]["last"] == "Castillo"


def test_openid_is_not_for_library(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with RunningSandbox(tmp_path_factory.mktemp("openid"), oidc=1) as sandbox:
        park = sandbox.cast("Juniper Falls Schools").teachers[PARK]
        code = Browser(sandbox).sign_in(park).code()
        assert exchange(sandbox, code).json().keys() == {"access_token"}


def test_the_control_page_adds_and_removes_the_app(sandbox: RunningSandbox, juniper: Cast) -> None:
    browser, victor = Browser(sandbox), juniper.teachers[SANDOVAL]
    assert "has not added the app" in browser.get(f"/sandbox/users/{victor}").text

    answer = browser.post(f"/sandbox/users/{victor}/library/add")
    assert "Victor Sandoval has added the app" in browser.get(answer.headers["location"]).text
    assert Browser(sandbox).sign_in(victor).code()
