"""Signing in with Clever: what is sent, who comes back, and why not (product S1 to S8)."""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.providers.clever_sign_in import SignInError, SignInProblem
from portal.roster.records import PersonRecord, Role
from tests.healthy_district import (
    DISTRICT,
    PERSON_TOKEN,
    SCHOOL,
    TEACHER,
    student_id,
)
from tests.hostile_clever import (
    Answer,
    HostileClever,
    answered,
    body,
    drip,
    gzip_bomb,
    hang_up,
    html,
    status,
)
from tests.providers.signing import CLIENT_ID, CLIENT_SECRET
from tests.providers.signing_in import (
    CALLBACK,
    ME,
    TOKENS,
    finished,
    problem,
    sign_in,
    someone_signs_in,
)

OWN_RECORD = f"/v3.0/users/{TEACHER}"


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_the_browser_is_sent_out_with_state_nonce_and_pkce(clever: HostileClever) -> None:
    """A16."""
    url, pending = sign_in(clever).start()
    challenge = sha256(pending.code_verifier.encode()).digest()

    assert url.startswith(f"{clever.origin}/oauth/authorize?")
    assert query_of(url) == {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": CALLBACK,
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "return_unshared": "true",
    }


def test_no_two_sign_ins_share_a_secret(clever: HostileClever) -> None:
    door = sign_in(clever)
    secrets = [
        secret
        for _, pending in (door.start(), door.start())
        for secret in (pending.state, pending.nonce, pending.code_verifier)
    ]

    assert len(set(secrets)) == 6
    assert min(map(len, secrets)) >= 43


def test_a_known_district_skips_the_school_picker(clever: HostileClever) -> None:
    """S1."""
    url, _ = sign_in(clever).start(DISTRICT)

    assert query_of(url)["district_id"] == DISTRICT


def test_what_is_pending_does_not_show_its_secrets(clever: HostileClever) -> None:
    _, pending = sign_in(clever).start()

    assert repr(pending) == "PendingSignIn()"


def test_the_code_is_exchanged_once_with_basic_and_the_verifier(clever: HostileClever) -> None:
    """A16, and Clever page "OAuth implementation"."""
    someone_signs_in(clever)
    door = sign_in(clever)
    _, pending = door.start()

    door.finish(pending, "a+code/=")

    [exchange] = [hit for hit in clever.hits if hit.path == TOKENS]
    assert exchange.method == "POST"
    assert exchange.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert b64decode((exchange.authorization or "").removeprefix("Basic ")).decode() == (
        f"{CLIENT_ID}:{CLIENT_SECRET}"
    )
    assert query_of(f"?{exchange.body}") == {
        "grant_type": "authorization_code",
        "code": "a+code/=",
        "redirect_uri": CALLBACK,
        "code_verifier": pending.code_verifier,
    }


def test_a_teacher_comes_back_with_role_and_school(clever: HostileClever) -> None:
    someone_signs_in(clever)

    assert finished(clever) == PersonRecord(
        sourced_id=TEACHER,
        district_sourced_id=DISTRICT,
        roles=(Role.TEACHER,),
        given_name="Maria",
        family_name="Rivera",
        school_sourced_ids=(SCHOOL,),
        legacy_id="64a0000000000000000001a1",
    )


def test_a_student_comes_back_with_the_published_fields(clever: HostileClever) -> None:
    someone_signs_in(clever, student_id(7))

    person = finished(clever)

    assert person.roles == (Role.STUDENT,)
    assert (person.grade, person.sis_id, person.district_username) == ("7", "000007", "student7")


def test_the_persons_token_reads_the_person_and_nothing_else(clever: HostileClever) -> None:
    someone_signs_in(clever)

    finished(clever)

    asked = [hit.path for hit in clever.hits if hit.authorization == f"Bearer {PERSON_TOKEN}"]
    assert asked == [ME, OWN_RECORD]


@pytest.mark.parametrize(
    ("roles", "ours"),
    [
        ({"staff": {}}, (Role.SCHOOL_ADMIN,)),
        ({"district_admin": {}}, (Role.DISTRICT_ADMIN,)),
        ({"teacher": {}, "district_admin": {}}, (Role.TEACHER, Role.DISTRICT_ADMIN)),
        ({"teacher": {}, "contact": {}}, (Role.TEACHER,)),
    ],
)
def test_roles_come_from_clever(
    clever: HostileClever, roles: dict[str, Any], ours: tuple[Role, ...]
) -> None:
    """S7."""
    someone_signs_in(clever)
    clever.district.teachers[TEACHER]["roles"] = roles

    assert finished(clever).roles == ours


@pytest.mark.parametrize(
    ("user_type", "role"),
    [
        ("student", Role.STUDENT),
        ("teacher", Role.TEACHER),
        ("staff", Role.SCHOOL_ADMIN),
        ("school_admin", Role.SCHOOL_ADMIN),
        ("district admin", Role.DISTRICT_ADMIN),
        ("district_admin", Role.DISTRICT_ADMIN),
    ],
)
@pytest.mark.parametrize("answer", [status(403), status(404), html(404)])
def test_userinfo_tells_the_role_where_the_record_may_not_be_read(
    clever: HostileClever, user_type: str, role: Role, answer: Answer
) -> None:
    someone_signs_in(clever)
    clever.always(OWN_RECORD, answer)
    told = {"sub": TEACHER, "user_type": user_type, "given_name": "Maria", "family_name": "Rivera"}
    clever.always("/userinfo", answered(told))

    person = finished(clever)

    assert (person.roles, person.given_name, person.family_name) == ((role,), "Maria", "Rivera")


def test_a_library_sign_in_has_no_district(clever: HostileClever) -> None:
    someone_signs_in(clever, district=None)
    del clever.district.teachers[TEACHER]["district"]

    assert finished(clever).district_sourced_id is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(status(401), id="401"),
        pytest.param(status(403), id="403"),
        pytest.param(status(429), id="429"),
        pytest.param(status(503), id="503"),
        pytest.param(hang_up(), id="hang-up"),
        pytest.param(body(b"[]"), id="list"),
        pytest.param(answered({}), id="nobody"),
        pytest.param(answered({"district": DISTRICT}), id="nobodys-district"),
    ],
)
def test_somebody_whose_role_is_known_needs_no_userinfo(
    clever: HostileClever, answer: Answer
) -> None:
    """Of a Library sign-in only `/userinfo` might name a district; it is not needed."""
    someone_signs_in(clever, district=None)
    del clever.district.teachers[TEACHER]["district"]
    clever.always("/userinfo", answer)

    person = finished(clever)

    assert (person.roles, person.district_sourced_id) == ((Role.TEACHER,), None)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(status(403), SignInProblem.NOT_SHARED, id="403"),
        pytest.param(status(503), SignInProblem.CLEVER_DOWN, id="503"),
        pytest.param(answered({}), SignInProblem.REFUSED, id="nobody"),
    ],
)
def test_without_a_role_a_failing_userinfo_still_ends_the_sign_in(
    clever: HostileClever, answer: Answer, expected: SignInProblem
) -> None:
    someone_signs_in(clever)
    clever.always(OWN_RECORD, status(403))
    clever.always("/userinfo", answer)

    assert problem(clever) is expected


@pytest.mark.parametrize("told", [{"district": DISTRICT}, {"district_id": DISTRICT}])
def test_a_district_that_me_leaves_out_is_found_in_the_record_or_in_userinfo(
    clever: HostileClever, told: dict[str, str]
) -> None:
    clever.always("/userinfo", answered({"sub": TEACHER, "user_type": "staff", **told}))
    someone_signs_in(clever, district=None)
    by_record = finished(clever)
    del clever.district.teachers[TEACHER]["district"]
    someone_signs_in(clever, district=None)
    by_userinfo = finished(clever)

    assert by_record == by_userinfo
    assert (by_record.district_sourced_id, by_record.roles) == (DISTRICT, (Role.TEACHER,))


@pytest.mark.parametrize("roles", [{"contact": {}}, {}, {"principal": {}}, None])
def test_a_role_we_do_not_serve_is_said_to_be(clever: HostileClever, roles: Any) -> None:
    someone_signs_in(clever)
    clever.district.teachers[TEACHER]["roles"] = roles

    assert problem(clever) is SignInProblem.UNSUPPORTED_ROLE


def test_a_student_who_is_also_a_teacher_is_neither(clever: HostileClever) -> None:
    """A33, M37."""
    someone_signs_in(clever)
    clever.district.teachers[TEACHER]["roles"]["student"] = {}

    assert problem(clever) is SignInProblem.REFUSED


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(
            status(400, b'{"error": "invalid_grant", "error_description": "invalid code"}'),
            SignInProblem.USED_CODE,
            id="A03-used-code",
        ),
        pytest.param(
            status(401, b'{"error": "invalid_client"}'), SignInProblem.REFUSED, id="invalid-client"
        ),
        pytest.param(
            answered({"access_token": "x", "error": "oops"}),
            SignInProblem.REFUSED,
            id="an-error-beside-a-token",
        ),
        pytest.param(status(429), SignInProblem.CLEVER_DOWN, id="429"),
        pytest.param(status(500), SignInProblem.CLEVER_DOWN, id="500"),
        pytest.param(status(503, b'{"access_token": "x"}'), SignInProblem.CLEVER_DOWN, id="503"),
        pytest.param(html(), SignInProblem.CLEVER_DOWN, id="html"),
        pytest.param(body(b""), SignInProblem.CLEVER_DOWN, id="empty"),
        pytest.param(body(b"[]"), SignInProblem.CLEVER_DOWN, id="list"),
        pytest.param(answered({}), SignInProblem.CLEVER_DOWN, id="no-token"),
        pytest.param(answered({"access_token": 7}), SignInProblem.CLEVER_DOWN, id="number"),
        pytest.param(body(b"[" * 100_000), SignInProblem.CLEVER_DOWN, id="M12-nesting"),
        pytest.param(
            answered({"access_token": "x", "expires_in": "soon"}),
            SignInProblem.CLEVER_DOWN,
            id="expiry-garbage",
        ),
        pytest.param(hang_up(), SignInProblem.CLEVER_DOWN, id="hang-up"),
        pytest.param(drip(), SignInProblem.CLEVER_DOWN, id="O9-drip"),
        pytest.param(gzip_bomb(), SignInProblem.CLEVER_DOWN, id="M11-bomb"),
    ],
)
def test_a_code_that_buys_no_token_is_explained_and_not_sent_again(
    clever: HostileClever, answer: Answer, expected: SignInProblem
) -> None:
    clever.always(TOKENS, answer)

    assert problem(clever) is expected
    assert clever.paths() == [TOKENS]


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("content", [b"", b'{"access_token": "stolen"}'])
def test_a_redirect_of_the_token_endpoint_is_not_followed(
    clever: HostileClever, elsewhere: HostileClever, code: int, content: bytes
) -> None:
    """A17, O8: neither code nor verifier leaves, and what came with it is not used."""
    clever.always(TOKENS, status(code, content, Location=f"{elsewhere.origin}{TOKENS}"))

    assert problem(clever) is SignInProblem.REFUSED
    assert elsewhere.hits == []
    assert clever.paths() == [TOKENS]


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"token_type": "bearer"},
        {"token_type": "Bearer"},
        {"error": None},
        {"error": "", "expires_in": None},
    ],
)
def test_a_token_answer_needs_no_token_type_and_may_have_empty_fields(
    clever: HostileClever, extra: dict[str, Any]
) -> None:
    someone_signs_in(clever, **extra)

    assert finished(clever).sourced_id == TEACHER


@pytest.mark.parametrize(
    ("path", "answer", "expected"),
    [
        pytest.param(ME, status(401), SignInProblem.REFUSED, id="me-401"),
        pytest.param(ME, status(403), SignInProblem.NOT_SHARED, id="me-403"),
        pytest.param(ME, status(404), SignInProblem.NOT_SHARED, id="me-404"),
        pytest.param(ME, status(500), SignInProblem.CLEVER_DOWN, id="me-500"),
        pytest.param(ME, status(429), SignInProblem.CLEVER_DOWN, id="me-429"),
        pytest.param(ME, answered({"data": {}}), SignInProblem.CLEVER_DOWN, id="me-nobody"),
        pytest.param(OWN_RECORD, status(500), SignInProblem.CLEVER_DOWN, id="record-500"),
        pytest.param(
            OWN_RECORD,
            answered({"data": {"id": student_id(1), "roles": {"teacher": {}}}}),
            SignInProblem.REFUSED,
            id="somebody-elses-record",
        ),
        pytest.param(
            OWN_RECORD,
            answered({"data": {"id": TEACHER, "district": "64a000000000000000000999"}}),
            SignInProblem.REFUSED,
            id="M42-another-district",
        ),
    ],
)
def test_a_person_who_cannot_be_read_is_not_signed_in(
    clever: HostileClever, path: str, answer: Answer, expected: SignInProblem
) -> None:
    clever.always(path, answer)
    someone_signs_in(clever)

    assert problem(clever) is expected


def test_userinfo_of_somebody_else_is_refused(clever: HostileClever) -> None:
    someone_signs_in(clever)
    clever.always(OWN_RECORD, html(404))
    clever.always("/userinfo", answered({"sub": student_id(1), "user_type": "teacher"}))

    assert problem(clever) is SignInProblem.REFUSED


@pytest.mark.parametrize("named", ["sub", "multi_role_user_id"])
def test_userinfo_of_somebody_else_is_refused_even_where_it_is_not_needed(
    clever: HostileClever, named: str
) -> None:
    someone_signs_in(clever, district=None)
    del clever.district.teachers[TEACHER]["district"]
    clever.always("/userinfo", answered({named: student_id(1), "district": DISTRICT}))

    assert problem(clever) is SignInProblem.REFUSED


def test_a_callback_of_another_issuer_is_refused_before_any_request(clever: HostileClever) -> None:
    """O4, RFC 9207."""
    door = sign_in(clever)
    _, pending = door.start()

    with pytest.raises(SignInError) as raised:
        door.finish(pending, "a-code", issuer="https://accounts.example.org")

    assert raised.value.reason is SignInProblem.REFUSED
    assert clever.hits == []
