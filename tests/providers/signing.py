"""ID tokens as Clever would sign them, and as others would (OIDC Core 2)."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "rosterly-client"
CLIENT_SECRET = "rosterly-client-secret"
ISSUER = "https://clever.com"

CLEVERS_KEY = RSAKey.generate_key(2048, {"kid": "clever-1"})
STRANGERS_KEY = RSAKey.generate_key(2048, {"kid": "clever-1"})
PUBLISHED = {"keys": [CLEVERS_KEY.as_dict(private=False)]}


def claims(nonce: str, subject: str, **changed: Any) -> dict[str, Any]:
    """What a good ID token says; a claim changed to None is left out."""
    now = int(time.time())
    good = {
        "iss": ISSUER,
        "aud": CLIENT_ID,
        "sub": subject,
        "nonce": nonce,
        "iat": now,
        "exp": now + 3600,
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(
    said: dict[str, Any],
    key: RSAKey | OctKey = CLEVERS_KEY,
    algorithm: str = "RS256",
    **header: Any,
) -> str:
    """A header field changed to None is left out."""
    fields = {"alg": algorithm, "kid": "clever-1", **header}
    kept = {name: value for name, value in fields.items() if value is not None}
    return jwt.encode(kept, said, key, algorithms=[algorithm])


def unsigned(said: dict[str, Any]) -> str:
    """`alg: none`, which proves nothing (A12)."""
    return f"{_written('none', said)}."


def signed_with_the_public_key(said: dict[str, Any]) -> str:
    """An HMAC keyed with what everybody can read (A12)."""
    written = _written("HS256", said)
    mac = hmac.digest(CLEVERS_KEY.as_pem(private=False), written.encode(), "sha256")
    return f"{written}.{_base64(mac)}"


def _written(algorithm: str, said: dict[str, Any]) -> str:
    header = {"alg": algorithm, "kid": "clever-1"}
    return ".".join(_base64(json.dumps(part).encode()) for part in (header, said))


def _base64(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
