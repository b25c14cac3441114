"""Who gets where: back to the page they wanted, and never to anybody else's (A49, A58, A61, H4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock
from portal.database import write
from portal.models.entrance.sessions import Session
from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun
from tests.rosters import algebra
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.html import Page

NewVisitor = Callable[[], Visitor]
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
ELSEWHERE = (
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "/%2f%2fevil.example",
    "https://evil.example",
    "https:evil.example",
    "http:///evil.example",
    "javascript:alert(1)",
    "/.evil.example",
    "/dashboard@evil.example",
    "data:text/html,x",
    "/sign-out",
    "/help",
)


def test_a_link_to_a_section_arrives_there_after_signing_in(
    maria: Visitor, new_visitor: NewVisitor, section: Section, cast: Cast
) -> None:
    path = f"/sections/{section.public_id}"
    visitor = new_visitor()
    page = visitor.page(path)
    answer = visitor.sign_in(cast.teachers["Maria Rivera"], page.links["Continue with Clever"])

    assert answer.headers["location"] == path


def test_a_link_for_teachers_takes_a_student_to_their_own_home(
    visitor: Visitor, cast: Cast
) -> None:
    answer = visitor.sign_in(cast.students["Ada Byrne"], "/sign-in/clever?to=/dashboard")

    assert answer.headers["location"] == "/home"


@pytest.mark.parametrize("parameter", ["to", "next"])
def test_a49_signing_in_never_ends_elsewhere(visitor: Visitor, rivera: str, parameter: str) -> None:
    visitor.arrive_at_clever(rivera)

    ends = {elsewhere: end_of_a_trip(visitor, {parameter: elsewhere}) for elsewhere in ELSEWHERE}
    assert set(ends.values()) == {"/dashboard"}, ends


def end_of_a_trip(visitor: Visitor, asked: dict[str, str]) -> str:
    at_clever = visitor.get("/sign-in/clever", params=asked).headers["location"]
    back = visitor.get(at_clever).headers["location"]
    return str(visitor.get(back).headers["location"])


def test_h4_a_fragment_of_an_ended_session_sends_the_whole_page_to_sign_in(
    maria: Visitor, new_visitor: NewVisitor, section: Section
) -> None:
    run = SyncRun.get()
    answer = new_visitor().get(f"/roster-syncs/{run.public_id}/panel", headers=PARTIAL)

    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["hx-redirect"] == "/sign-in"


def test_h4_a_button_of_an_ended_session_does_too(
    maria: Visitor, new_visitor: NewVisitor, section: Section
) -> None:
    path = f"/sections/{section.public_id}/roster-syncs"
    answer = new_visitor().client.post(path, headers=PARTIAL)

    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")


def test_a_boosted_link_of_an_ended_session_gets_a_page(visitor: Visitor) -> None:
    answer = visitor.get("/dashboard", headers={"HX-Request": "true", "HX-Request-Type": "full"})

    assert answer.status_code == 303


@pytest.mark.parametrize("who", ["Daniel Okafor", "Ada Byrne", "Ruth Kim", "Pat Lowell"])
def test_a58_what_somebody_else_teaches_looks_as_if_it_did_not_exist(
    new_visitor: NewVisitor, section: Section, cast: Cast, who: str
) -> None:
    other = new_visitor()
    people = cast.teachers | cast.students | cast.staffs | cast.district_admins
    other.sign_in(people[who])
    theirs = other.get(f"/sections/{section.public_id}")
    nobodys = other.get("/sections/AAAAAAAAAAAAAAAA")

    assert theirs.status_code == nobodys.status_code == 404
    assert Page.of(theirs.text).text == Page.of(nobodys.text).text


def test_a58_runs_and_holds_belong_to_the_teachers_of_their_section(
    new_visitor: NewVisitor, section: Section, cast: Cast
) -> None:
    okafor = new_visitor()
    okafor.sign_in(cast.teachers["Daniel Okafor"])
    hold = Hold.get()

    assert okafor.get(f"/roster-syncs/{hold.run.public_id}/panel").status_code == 404
    assert okafor.post(f"/holds/{hold.public_id}/answer", answer="remove").status_code == 404
    assert Hold.get().state == "waiting"


def test_a_teacher_whom_clever_lists_in_a_section_finds_it_on_the_first_sign_in(
    new_visitor: NewVisitor, maria: Visitor, section: Section, cast: Cast
) -> None:
    """Y11: the section was made before Mr Okafor had an account."""
    both = (cast.teachers["Maria Rivera"], cast.teachers["Daniel Okafor"])
    write(lambda: section.revise_teachers(algebra(teachers=both), clock.now()))
    okafor = new_visitor()
    okafor.sign_in(cast.teachers["Daniel Okafor"])

    assert okafor.get(f"/sections/{section.public_id}").status_code == 200


def test_a_person_with_two_roles_chooses_one_and_may_switch(visitor: Visitor, cast: Cast) -> None:
    first = visitor.sign_in(cast.teachers["Amara Diallo"])

    assert first.headers["location"] == "/sign-in/role"
    assert visitor.get("/dashboard").status_code == 404
    assert visitor.post("/sign-in/role", role="teacher").headers["location"] == "/dashboard"
    assert visitor.get("/dashboard").status_code == 200
    assert visitor.post("/sign-in/role", role="district_admin").headers["location"] == "/district"
    assert visitor.get("/dashboard").status_code == 404


@pytest.mark.parametrize("role", ["district_admin", "school_admin", "student", "", "root"])
def test_a61_a_role_that_clever_does_not_give_cannot_be_taken(maria: Visitor, role: str) -> None:
    answer = maria.post("/sign-in/role", role=role, account="1", district="another")

    assert answer.status_code == 400
    assert {session.role for session in Session.select()} == {"teacher"}


def test_a61_what_a_browser_adds_to_the_callback_is_not_read(visitor: Visitor, cast: Cast) -> None:
    visitor.arrive_at_clever(cast.students["Ada Byrne"])
    address = visitor.come_back().copy_merge_params(
        {"role": "district_admin", "user_type": "teacher", "district_id": "another"}
    )

    assert visitor.get(str(address)).headers["location"] == "/home"
