"""The adapter and the sandbox Clever understand each other, as they would over the real one."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from portal.providers.base import FailureReason, ProviderError
from portal.providers.clever import CleverRosters
from portal.providers.clever_sign_in import CleverSignIn, SignInError, SignInProblem
from portal.roster.records import Role
from tests.providers import signing_in
from tests.providers.reading import QUICK, nobody
from tests.sandbox.asking import CALLBACK, Browser
from tests.sandbox_clever import Cast, RunningSandbox

RIVERA = "Maria Rivera"
BAND = "Band - All Grades"
ALGEBRA = "Algebra I - Period 3"


@pytest.fixture
def cast(sandbox: RunningSandbox) -> Cast:
    return sandbox.cast()


@pytest.fixture
def lincoln(sandbox: RunningSandbox, cast: Cast) -> CleverRosters:
    return CleverRosters(sandbox.district_token(), sandbox.url, "v3.0", 100, cast.id, QUICK)


@pytest.fixture(scope="module")
def oidc_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    folder = tmp_path_factory.mktemp("oidc")
    with RunningSandbox(folder, oidc=1, token_type=1, pkce=0) as running:
        yield running


def door(sandbox: RunningSandbox) -> CleverSignIn:
    return CleverSignIn(
        client_id=sandbox.client_id,
        client_secret=sandbox.client_secret,
        auth_url=sandbox.url,
        api_url=sandbox.url,
        issuer="https://clever.com",
        api_version="v3.0",
        redirect_uri=CALLBACK,
        limits=signing_in.QUICK,
    )


def code_for(sandbox: RunningSandbox, person: str, url: str) -> str:
    """What Clever sends back when this person's browser follows our link."""
    return Browser(sandbox).sign_in(person).code(**httpx.URL(url).params)


def test_the_class_of_250_arrives_whole(lincoln: CleverRosters, cast: Cast) -> None:
    snapshot = lincoln.fetch_roster(cast.sections[BAND], [], nobody)

    assert len(snapshot.students) == 250


@pytest.mark.parametrize("kind", ["500", "502", "503", "html", "cut"])
def test_a_second_page_that_comes_right_is_waited_for(
    lincoln: CleverRosters, sandbox: RunningSandbox, cast: Cast, kind: str
) -> None:
    sandbox.fail_next(kind, times=2, only_later_pages=True)

    assert len(lincoln.fetch_roster(cast.sections[BAND], [], nobody).students) == 250


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("500", FailureReason.NOT_ANSWERING),
        ("html", FailureReason.NOT_ANSWERING),
        ("401", FailureReason.RECONNECT),
        ("403", FailureReason.NOT_SHARED),
        ("404", FailureReason.UNUSABLE_ANSWER),
        ("empty", FailureReason.UNUSABLE_ANSWER),
        ("truncated", FailureReason.UNUSABLE_ANSWER),
        ("no_data", FailureReason.UNUSABLE_ANSWER),
        ("no_links", FailureReason.UNUSABLE_ANSWER),
        ("next_is_self", FailureReason.UNUSABLE_ANSWER),
        ("next_elsewhere", FailureReason.REFUSED_ANSWER),
        ("foreign", FailureReason.REFUSED_ANSWER),
    ],
)
def test_a_second_page_that_stays_wrong_fails_the_read(
    lincoln: CleverRosters, sandbox: RunningSandbox, cast: Cast, kind: str, reason: FailureReason
) -> None:
    sandbox.fail_next(kind, times=9, only_later_pages=True)

    with pytest.raises(ProviderError) as raised:
        lincoln.fetch_roster(cast.sections[BAND], [], nobody)
    assert raised.value.reason is reason


def test_a_class_with_an_unshared_student_comes_without_that_student(
    lincoln: CleverRosters, cast: Cast
) -> None:
    snapshot = lincoln.fetch_roster(cast.sections["Math 7 - Period 2"], [], nobody)

    assert (len(snapshot.students), snapshot.unshared_count) == (22, 1)


def test_names_of_every_script_arrive_as_they_are(lincoln: CleverRosters, cast: Cast) -> None:
    snapshot = lincoln.fetch_roster(cast.sections[ALGEBRA], [], nobody)

    names = {(one.given_name, one.family_name) for one in snapshot.students.values()}
    assert {("Zoë", "Núñez"), ("يوسف", "الحسن"), ("Pelé", ""), ("Rocket 🚀", "Bloom")} <= names


def test_a_deleted_class_is_gone(
    lincoln: CleverRosters, sandbox: RunningSandbox, cast: Cast
) -> None:
    sandbox.delete(cast.sections[ALGEBRA])

    with pytest.raises(ProviderError) as raised:
        lincoln.fetch_roster(cast.sections[ALGEBRA], [], nobody)
    assert raised.value.reason is FailureReason.CLASS_GONE


def test_a_paused_district_is_not_read(
    lincoln: CleverRosters, sandbox: RunningSandbox, cast: Cast
) -> None:
    sandbox.pause(cast.id)

    with pytest.raises(ProviderError) as raised:
        lincoln.fetch_roster(cast.sections[ALGEBRA], [], nobody)
    assert raised.value.reason is FailureReason.DISTRICT_PAUSED


def test_a_teachers_classes_come_with_their_evidence(lincoln: CleverRosters, cast: Cast) -> None:
    found = lincoln.fetch_teacher_classes(cast.teachers[RIVERA])

    by_id = {one.sourced_id: one for one in found.classes}
    algebra = by_id[cast.sections[ALGEBRA]]
    assert len(algebra.student_sourced_ids) == 26
    assert found.terms[algebra.term_sourced_id].ends_on is not None
    assert algebra.school_sourced_id in found.schools
    assert cast.teachers["Daniel Okafor"] in found.teachers
    assert set(algebra.student_sourced_ids) <= set(found.students)


@pytest.mark.parametrize(
    ("group", "name", "roles"),
    [
        ("teachers", RIVERA, (Role.TEACHER,)),
        ("students", "Ada Byrne", (Role.STUDENT,)),
        ("staffs", "Ruth Kim", (Role.SCHOOL_ADMIN,)),
        ("district_admins", "Pat Lowell", (Role.DISTRICT_ADMIN,)),
        ("teachers", "Amara Diallo", (Role.TEACHER, Role.DISTRICT_ADMIN)),
    ],
)
@pytest.mark.parametrize("kind", ["sandbox", "oidc_sandbox"])
def test_everybody_signs_in_with_their_roles(
    request: pytest.FixtureRequest, kind: str, group: str, name: str, roles: tuple[Role, ...]
) -> None:
    sandbox: RunningSandbox = request.getfixturevalue(kind)
    sandbox_door, person = door(sandbox), getattr(sandbox.cast(), group)[name]
    url, pending = sandbox_door.start()

    who = sandbox_door.finish(pending, code_for(sandbox, person, url))

    assert (who.sourced_id, who.roles) == (person, roles)


def test_a_code_works_once(sandbox: RunningSandbox, cast: Cast) -> None:
    sandbox_door = door(sandbox)
    url, pending = sandbox_door.start()
    code = code_for(sandbox, cast.teachers[RIVERA], url)
    sandbox_door.finish(pending, code)

    with pytest.raises(SignInError) as raised:
        sandbox_door.finish(pending, code)
    assert raised.value.reason is SignInProblem.USED_CODE
