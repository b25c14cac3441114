"""Whether an ID token is Clever's, for us, for this sign-in (OIDC Core 3.1.3.7; A07 to A15)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from portal.clock import now
from portal.providers.signing_keys import SigningKeys

LEEWAY_SECONDS = 60


class IdTokenError(Exception):
    """The token is not to be believed; the message says which check it failed, nothing of it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the claims must say."""

    issuer: str
    client_id: str
    nonce: str


def subject_of(id_token: str, keys: SigningKeys, expected: Expected) -> str:
    """The verified token's `sub`, or IdTokenError; ProviderError if the keys cannot be had."""
    claims = _verified_claims(id_token, keys)
    _check_parties(claims, expected)
    _check_times(claims, now().timestamp())
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise IdTokenError("no subject")
    return subject


def _verified_claims(id_token: str, keys: SigningKeys) -> dict[str, Any]:
    """The claims under a signature by one of the published keys; the header chooses no key of
    its own and no algorithm that Clever does not announce (A12)."""

    def published(token: Any) -> Key:
        header = token.headers()
        key = keys.find(header.get("kid"), header.get("alg"))
        if key is None:
            raise IdTokenError("signed with an unknown key")
        return key

    if id_token.count(".") != 2:
        raise IdTokenError("not a signed token")
    algorithms = keys.algorithms()
    if not algorithms:
        raise IdTokenError("no algorithm that proves anything is announced")
    try:
        return dict(jwt.decode(id_token, published, algorithms=algorithms).claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise IdTokenError(f"not verified: {type(error).__name__}") from error


def _check_parties(claims: dict[str, Any], expected: Expected) -> None:
    """Exact matches only: Authlib alone lets an extra audience through (O1, O2)."""
    if claims.get("iss") != expected.issuer:
        raise IdTokenError("another issuer")
    if claims.get("aud") not in (expected.client_id, [expected.client_id]):
        raise IdTokenError("another audience")
    if claims.get("azp", expected.client_id) != expected.client_id:
        raise IdTokenError("another authorized party")
    if claims.get("nonce") != expected.nonce:
        raise IdTokenError("another sign-in's nonce")


def _check_times(claims: dict[str, Any], moment: float) -> None:
    if moment >= _seconds(claims, "exp") + LEEWAY_SECONDS:
        raise IdTokenError("expired")
    if moment < _seconds(claims, "iat") - LEEWAY_SECONDS:
        raise IdTokenError("issued in the future")
    if "nbf" in claims and moment < _seconds(claims, "nbf") - LEEWAY_SECONDS:
        raise IdTokenError("not valid yet")


def _seconds(claims: dict[str, Any], name: str) -> float:
    """A time claim; Python's JSON would let NaN through, which no comparison ever refuses."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise IdTokenError(f"no usable {name}")
    return float(value)
