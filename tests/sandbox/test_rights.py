"""Which token may read what (clever-platform 1.6, 2.1, 3.8)."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.asking import App, token_of
from tests.sandbox_clever import Cast, RunningSandbox

RIVERA, MIDDLE = "Maria Rivera", "Lincoln Middle School"


@pytest.fixture
def rivera(sandbox: RunningSandbox, cast: Cast) -> App:
    """The app with the token of Ms Rivera's sign-in."""
    return App(sandbox, token_of(sandbox, cast.teachers[RIVERA]))


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer nonsense"}])
def test_a_bad_or_missing_token_gets_401(sandbox: RunningSandbox, header: dict[str, str]) -> None:
    answer = httpx.get(f"{sandbox.url}/v3.0/users", headers=header, trust_env=False)
    assert answer.status_code == 401
    assert answer.json().keys() == {"message"}
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_district_token_sees_its_own_district_and_no_other(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    foreign = sandbox.cast("Cedar Valley ISD")
    assert district.ids("/v3.0/districts") == [cast.id]
    assert {user["district"] for user in district.records("/v3.0/users")} == {cast.id}
    for path in (f"districts/{foreign.id}", f"users/{foreign.teachers['Nina Alvarez']}"):
        assert district.get(f"/v3.0/{path}").status_code == 404


def test_a_sign_in_token_reads_itself_its_district_and_its_school(rivera: App, cast: Cast) -> None:
    teacher = rivera.record(f"/v3.0/users/{cast.teachers[RIVERA]}")
    assert teacher["roles"]["teacher"].keys() == {"schools", "legacy_id"}
    assert rivera.record(f"/v3.0/districts/{cast.id}") == {"id": cast.id, "name": "Lincoln USD"}
    assert rivera.record(f"/v3.0/schools/{cast.schools[MIDDLE]}")["name"] == MIDDLE


@pytest.mark.parametrize("path", ["users", "sections", "courses", "districts", "events"])
def test_a_sign_in_token_gets_html_for_lists(rivera: App, path: str) -> None:
    answer = rivera.get(f"/v3.0/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_a_sign_in_token_reads_nobody_else_and_no_other_school(rivera: App, cast: Cast) -> None:
    for path in (
        f"users/{cast.students['Ada Byrne']}",
        f"schools/{cast.schools['Lincoln High School']}",
        f"sections/{cast.sections['Advisory 8B']}",
        f"users/{cast.teachers[RIVERA]}/sections",
    ):
        assert rivera.get(f"/v3.0/{path}").status_code == 404


def test_a_sign_in_token_cannot_page(rivera: App, cast: Cast) -> None:
    assert rivera.get(f"/v3.0/users/{cast.teachers[RIVERA]}?limit=10").status_code == 400


def test_a_sign_in_token_lives_24_hours(sandbox: RunningSandbox, rivera: App) -> None:
    sandbox.advance_clock(24 * 3600 - 10)
    assert rivera.get("/v3.0/me").status_code == 200
    sandbox.advance_clock(10)
    assert rivera.get("/v3.0/me").status_code == 401


def test_me_names_the_user_and_never_the_role(rivera: App, cast: Cast) -> None:
    teacher = cast.teachers[RIVERA]
    me = rivera.body("/v3.1/me")
    named = {"id": teacher, "district": cast.id, "type": "user", "authorized_by": "district"}
    assert (me["type"], me["data"]) == ("user", named)
    uris = {each["rel"]: each["uri"] for each in me["links"]}
    assert uris == {
        "self": "/me",
        "canonical": f"/v3.1/users/{teacher}",
        "district": f"/v3.1/districts/{cast.id}",
    }


@pytest.mark.parametrize(
    "path",
    [
        "students",
        "teachers",
        "school_admins",
        "district_admins",
        "contacts",
        "classes",
        "sections/x/students",
    ],
)
def test_gone_and_unknown_paths_answer_html(district: App, path: str) -> None:
    answer = district.get(f"/v3.0/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_an_unshared_student_stays_listed_by_id_and_answers_404(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    hidden, section = cast.unshared["Quiet Marsh"], cast.sections["Math 7 - Period 2"]
    assert hidden in district.record(f"/v3.0/sections/{section}")["students"]
    assert hidden not in district.ids(f"/v3.0/sections/{section}/users")
    answer = district.get(f"/v3.0/users/{hidden}")
    assert (answer.status_code, answer.json()) == (404, {"message": "Resource not found"})


def test_what_hangs_on_an_unshared_school_is_unshared(district: App, cast: Cast) -> None:
    school = cast.schools["Lincoln Elementary School"]
    hidden = [f"schools/{school}", f"sections/{cast.sections['Reading Circle']}"]
    hidden.append(f"users/{cast.teachers['Tom Hart']}")
    hidden.append(f"users/{cast.teachers['Tom Hart']}/resources")
    assert [district.get(f"/v3.0/{path}").status_code for path in hidden] == [404] * 4


def test_a_revoked_district_is_401_everywhere_and_listed_nowhere(
    sandbox: RunningSandbox, district: App, rivera: App, cast: Cast
) -> None:
    sandbox.revoke(cast.id)
    assert district.get("/v3.0/users").status_code == 401
    assert rivera.get("/v3.0/me").status_code == 401
    sandbox.connect(cast.id)
    assert district.get("/v3.0/users").status_code == 401
    with App(sandbox, sandbox.district_token()) as again:
        assert again.get("/v3.0/users").status_code == 200


def test_a_paused_district_says_so_with_dates(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    sandbox.pause(cast.id)
    paused = district.record(f"/v3.0/districts/{cast.id}")
    assert paused["state"] == "paused"
    assert paused["pause_start"] < paused["pause_end"]
    sandbox.resume(cast.id)
    assert district.record(f"/v3.0/districts/{cast.id}")["state"] == "success"
