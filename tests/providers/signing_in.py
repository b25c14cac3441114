"""Signing in at a hostile Clever from a test."""

from __future__ import annotations

from typing import Any

import pytest

from portal.providers.clever_sign_in import CleverSignIn, PendingSignIn, SignInError
from portal.providers.http import ReadLimits
from portal.roster.records import PersonRecord
from tests.healthy_district import DISTRICT, PERSON_TOKEN, TEACHER
from tests.hostile_clever import HostileClever, answered
from tests.providers.signing import CLIENT_ID, CLIENT_SECRET, ISSUER

CALLBACK = "https://rosterly.example.org/sign-in/clever/callback"
ME = "/v3.0/me"
TOKENS = "/oauth/tokens"
QUICK = ReadLimits(page_seconds=1.0, read_seconds=5.0, backoff_seconds=0.01, patient=False)


def sign_in(clever: HostileClever, **changed: Any) -> CleverSignIn:
    settings = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "auth_url": clever.origin,
        "api_url": clever.origin,
        "issuer": ISSUER,
        "api_version": "v3.0",
        "redirect_uri": CALLBACK,
        "limits": QUICK,
    }
    return CleverSignIn(**{**settings, **changed})


def someone_signs_in(
    clever: HostileClever,
    sourced_id: str = TEACHER,
    district: str | None = DISTRICT,
    authorized_by: str = "district",
    **token_answer: Any,
) -> None:
    """The token endpoint and /me answer for this person."""
    clever.answer(TOKENS, answered({"access_token": PERSON_TOKEN, **token_answer}))
    known = {"id": sourced_id, "type": "user", "authorized_by": authorized_by}
    me = answered({"data": known | ({"district": district} if district else {})})
    clever.always(ME, me)
    clever.always(ME.replace("v3.0", "v3.1"), me)


def finished(clever: HostileClever, **changed: Any) -> PersonRecord:
    door = sign_in(clever, **changed)
    _, pending = door.start()
    return door.finish(pending, "a-code")


def problem(clever: HostileClever, pending: PendingSignIn | None = None, **changed: Any) -> str:
    """Why a sign-in came to nothing, as it must."""
    door = sign_in(clever, **changed)
    with pytest.raises(SignInError) as raised:
        door.finish(pending or door.start()[1], "a-code")
    return raised.value.reason
