"""A district's own token is found among those Clever lists for our app (product P1)."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from portal.providers.base import FailureReason, ProviderError
from portal.providers.clever import fetch_district_token
from portal.settings import Settings
from tests.healthy_district import DISTRICT, DISTRICT_TOKEN, district_token
from tests.hostile_clever import Answer, HostileClever, answered, html, redirect, status
from tests.providers.reading import QUICK

TOKENS = "/oauth/tokens"


def settings(clever: HostileClever) -> Settings:
    return Settings.from_env(
        {
            "PORTAL_URL": "http://localhost:5000",
            "SECRET_KEY": "a-key",
            "DATABASE_URL": "sqlite:///unused",
            "REDIS_URL": "redis://localhost",
            "CLEVER_CLIENT_ID": "rosterly-client",
            "CLEVER_CLIENT_SECRET": "a-secret",
            "CLEVER_AUTH_URL": clever.origin,
            "CLEVER_API_URL": clever.origin,
        }
    )


def fetched(clever: HostileClever) -> str:
    return fetch_district_token(settings(clever), DISTRICT, QUICK)


def listing(*tokens: dict[str, Any]) -> Answer:
    return answered({"data": list(tokens), "links": []})


def test_the_districts_token_is_asked_for_with_basic(clever: HostileClever) -> None:
    assert fetched(clever) == DISTRICT_TOKEN

    [asked] = clever.hits
    assert asked.target == f"{TOKENS}?owner_type=district&district={DISTRICT}"
    basic = (asked.authorization or "").removeprefix("Basic ")
    assert b64decode(basic) == b"rosterly-client:a-secret"


def test_a_token_of_another_district_is_never_taken(clever: HostileClever) -> None:
    """A60."""
    other = district_token() | {"owner": {"type": "district", "id": "64a000000000000000000999"}}
    clever.always(TOKENS, listing(other, district_token()))

    assert fetched(clever) == DISTRICT_TOKEN


def test_the_newest_of_several_tokens_counts(clever: HostileClever) -> None:
    newer = district_token() | {"created": "2026-05-01T00:00:00.000Z", "access_token": "newer"}
    clever.always(TOKENS, listing(newer, district_token()))

    assert fetched(clever) == "newer"


@pytest.mark.parametrize("created", [None, "", 7])
def test_a_token_without_a_usable_date_is_a_token(clever: HostileClever, created: Any) -> None:
    """It is older than any that has one."""
    undated = district_token() | {"created": created, "access_token": "undated"}
    clever.answer(TOKENS, listing(undated), listing(undated, district_token()))

    assert [fetched(clever), fetched(clever)] == ["undated", DISTRICT_TOKEN]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(listing(), FailureReason.NOT_SHARED, id="none"),
        pytest.param(listing({"owner": "me"}, {}), FailureReason.NOT_SHARED, id="unusable"),
        pytest.param(status(401), FailureReason.RECONNECT, id="our-own-secret-is-wrong"),
        pytest.param(answered([]), FailureReason.UNUSABLE_ANSWER, id="M06"),
        pytest.param(redirect("http://localhost/"), FailureReason.REFUSED_ANSWER, id="A67"),
        pytest.param(status(500), FailureReason.NOT_ANSWERING, id="F29"),
        pytest.param(html(404), FailureReason.UNUSABLE_ANSWER, id="a-path-clever-does-not-know"),
    ],
)
def test_a_token_that_cannot_be_had_is_explained(
    clever: HostileClever, answer: Answer, reason: FailureReason
) -> None:
    clever.always(TOKENS, answer)

    with pytest.raises(ProviderError) as raised:
        fetched(clever)
    assert raised.value.reason is reason
