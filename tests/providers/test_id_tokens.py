"""An ID token is believed only after every check of OIDC Core 3.1.3.7 (trust A07 to A15, O1-O7)."""

from __future__ import annotations

import time
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from portal.providers.clever_sign_in import SignInError, SignInProblem
from portal.roster.records import PersonRecord
from tests.healthy_district import TEACHER, student_id
from tests.hostile_clever import Answer, HostileClever, answered, html, status
from tests.providers.signing import (
    CLEVERS_KEY,
    CLIENT_ID,
    PUBLISHED,
    STRANGERS_KEY,
    claims,
    signed,
    signed_with_the_public_key,
    unsigned,
)
from tests.providers.signing_in import sign_in, someone_signs_in

CERTS = "/oauth/certs"
DISCOVERY = "/.well-known/openid-configuration"
NOW = int(time.time())


class Door:
    """A sign-in whose token answer brings an ID token that knows the nonce."""

    def __init__(self, clever: HostileClever, publish: bool = True) -> None:
        self.clever = clever
        self.door = sign_in(clever)
        if publish:
            clever.always(CERTS, answered(PUBLISHED))

    def enter(self, make: Any = signed, **changed: Any) -> PersonRecord:
        _, pending = self.door.start()
        token = make(claims(pending.nonce, TEACHER) | changed)
        someone_signs_in(self.clever, id_token=token)
        return self.door.finish(pending, "a-code")

    def refuses(self, make: Any = signed, **changed: Any) -> None:
        with pytest.raises(SignInError) as raised:
            self.enter(make, **changed)
        assert raised.value.reason is SignInProblem.REFUSED


def test_a_good_id_token_lets_its_person_in(clever: HostileClever) -> None:
    assert Door(clever).enter().sourced_id == TEACHER


def test_the_audience_may_be_a_list_of_us_alone(clever: HostileClever) -> None:
    assert Door(clever).enter(aud=[CLIENT_ID], azp=CLIENT_ID).sourced_id == TEACHER


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"iss": "https://clever.example.org"}, id="A07-other-issuer"),
        pytest.param({"iss": "https://clever.com/"}, id="A07-nearly-our-issuer"),
        pytest.param({"iss": None}, id="A07-no-issuer"),
        pytest.param({"iss": ["https://clever.com"]}, id="A07-list-of-issuers"),
        pytest.param({"aud": "other", "azp": CLIENT_ID}, id="A08-other-audience-azp-ours"),
        pytest.param({"aud": [CLIENT_ID, "other"]}, id="A08-extra-audience"),
        pytest.param({"aud": []}, id="A08-empty-audience"),
        pytest.param({"aud": None}, id="A08-no-audience"),
        pytest.param({"azp": "other"}, id="A08-other-azp"),
        pytest.param({"nonce": "another"}, id="A10-other-nonce"),
        pytest.param({"nonce": None}, id="A10-null-nonce"),
        pytest.param({"sub": student_id(1)}, id="somebody-elses"),
        pytest.param({"sub": None}, id="nobodys"),
        pytest.param({"exp": NOW - 90}, id="A15-expired-90-s-ago"),
        pytest.param({"exp": "tomorrow"}, id="A15-expiry-in-words"),
        pytest.param({"exp": True}, id="A15-expiry-true"),
        pytest.param({"exp": float("nan")}, id="A15-expiry-nan"),
        pytest.param({"exp": None}, id="A15-no-expiry"),
        pytest.param({"iat": NOW + 3600}, id="A15-issued-in-an-hour"),
        pytest.param({"iat": None}, id="A15-issued-never"),
        pytest.param({"nbf": NOW + 3600}, id="A15-not-yet-valid"),
    ],
)
def test_a_wrong_claim_lets_nobody_in(clever: HostileClever, changed: dict[str, Any]) -> None:
    Door(clever).refuses(**changed)


def test_a_clock_half_a_minute_off_is_forgiven(clever: HostileClever) -> None:
    """A15 allows 60 s."""
    now = int(time.time())
    assert Door(clever).enter(exp=now - 30, iat=now + 30).sourced_id == TEACHER


def test_a_token_without_a_nonce_is_refused(clever: HostileClever) -> None:
    """A10."""

    def without_nonce(said: dict[str, Any]) -> str:
        return signed({name: value for name, value in said.items() if name != "nonce"})

    Door(clever).refuses(without_nonce)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(unsigned, id="A12-alg-none"),
        pytest.param(lambda said: signed(said, STRANGERS_KEY), id="strangers-key"),
        pytest.param(signed_with_the_public_key, id="A12-public-key-as-shared-secret"),
        pytest.param(lambda said: signed(said, algorithm="RS512"), id="A12-not-announced"),
        pytest.param(
            lambda said: signed(said, STRANGERS_KEY, jwk=STRANGERS_KEY.as_dict(private=False)),
            id="key-in-the-header",
        ),
        pytest.param(lambda said: signed(said, kid="unknown"), id="O7-unknown-key-id"),
        pytest.param(lambda said: signed(said) + "x", id="broken-signature"),
        pytest.param(lambda said: "not.a.token", id="garbage"),
        pytest.param(lambda said: "", id="empty"),
        pytest.param(lambda said: "a.b.c.d.e", id="encrypted"),
        pytest.param(lambda said: {"not": "text"}, id="object"),
        pytest.param(lambda said: 7, id="number"),
    ],
)
def test_what_clever_did_not_sign_lets_nobody_in(clever: HostileClever, make: Any) -> None:
    Door(clever).refuses(make)


def test_unknown_key_ids_do_not_make_us_ask_for_the_keys_again(clever: HostileClever) -> None:
    """O7."""
    door = Door(clever)
    for number in range(5):
        door.refuses(lambda said, number=number: signed(said, kid=f"unknown-{number}"))

    assert clever.paths().count(CERTS) == 1


def test_the_keys_are_fetched_once_for_many_sign_ins(clever: HostileClever) -> None:
    door = Door(clever)
    door.enter()
    door.enter()

    assert clever.paths().count(CERTS) == 1


def test_discovery_names_the_keys_and_the_algorithm(clever: HostileClever) -> None:
    announced = {
        "jwks_uri": f"{clever.origin}/keys",
        "id_token_signing_alg_values_supported": ["RS512", "none", "HS256"],
    }
    clever.always(DISCOVERY, answered(announced))
    clever.always("/keys", answered(PUBLISHED))
    door = Door(clever, publish=False)

    assert door.enter(lambda said: signed(said, algorithm="RS512")).sourced_id == TEACHER
    door.refuses()


def test_keys_published_on_another_origin_are_not_fetched_there(
    clever: HostileClever, elsewhere: HostileClever
) -> None:
    clever.always(DISCOVERY, answered({"jwks_uri": f"{elsewhere.origin}/keys"}))

    assert Door(clever).enter().sourced_id == TEACHER
    assert elsewhere.hits == []


def test_no_algorithm_but_weak_ones_lets_nobody_in(clever: HostileClever) -> None:
    clever.always(DISCOVERY, answered({"id_token_signing_alg_values_supported": ["none", "HS256"]}))

    Door(clever).refuses()


def test_a_shared_secret_among_the_published_keys_is_no_key(clever: HostileClever) -> None:
    secret = OctKey.generate_key(256, {"kid": "clever-1"})
    clever.always(CERTS, answered({"keys": [secret.as_dict(private=True)]}))

    Door(clever, publish=False).refuses(lambda said: signed(said, secret, "HS256"))


@pytest.mark.parametrize("answer", [status(404), html(404)])
def test_without_keys_nobody_is_let_in(clever: HostileClever, answer: Answer) -> None:
    clever.always(CERTS, answer)

    Door(clever, publish=False).refuses()


def test_keys_that_cannot_be_had_just_now_are_clevers_outage(clever: HostileClever) -> None:
    clever.always(CERTS, status(503))

    with pytest.raises(SignInError) as raised:
        Door(clever, publish=False).enter()
    assert raised.value.reason is SignInProblem.CLEVER_DOWN


def nameless(*keys: RSAKey | ECKey) -> Answer:
    """A list of keys without ids, which are optional (RFC 7517, 4.5)."""
    published = [key.as_dict(private=False) for key in keys]
    return answered({"keys": [{**key, "kid": None} for key in published]})


def test_the_only_key_that_fits_needs_no_id(clever: HostileClever) -> None:
    clever.always(CERTS, nameless(CLEVERS_KEY, ECKey.generate_key("P-256")))
    door = Door(clever, publish=False)

    assert door.enter().sourced_id == TEACHER
    door.refuses(lambda said: signed(said, STRANGERS_KEY))


def test_of_two_keys_without_an_id_none_is_guessed(clever: HostileClever) -> None:
    clever.always(CERTS, nameless(CLEVERS_KEY, STRANGERS_KEY))

    Door(clever, publish=False).refuses()


def test_a_token_that_names_no_key_gets_the_only_one(clever: HostileClever) -> None:
    def unnamed(said: dict[str, Any]) -> str:
        return signed(said, kid=None)

    assert Door(clever).enter(unnamed).sourced_id == TEACHER


def test_the_key_is_chosen_by_its_id(clever: HostileClever) -> None:
    new = RSAKey.generate_key(2048, {"kid": "clever-2"})
    clever.always(CERTS, answered({"keys": [*PUBLISHED["keys"], new.as_dict(private=False)]}))
    door = Door(clever, publish=False)

    assert door.enter(lambda said: signed(said, new, kid="clever-2")).sourced_id == TEACHER
    door.refuses(lambda said: signed(said, new, kid="clever-1"))
