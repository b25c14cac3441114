"""OpenID Connect for apps that have it: discovery, certificates, id tokens (1.9)."""

from __future__ import annotations

import json

from flask import Blueprint, Response, request
from joserfc import jwt
from joserfc.jwk import RSAKey

from portal.sandbox import answers, me
from portal.sandbox.context import settings, store
from portal.sandbox.records import Record
from portal.sandbox.store import Store

LIFETIME = 3_600

openid = Blueprint("openid", __name__)


@openid.get("/.well-known/openid-configuration")
def discovery() -> Response:
    origin = request.host_url.rstrip("/")
    return answers.json_answer(
        {
            "issuer": settings().issuer,
            "authorization_endpoint": f"{origin}/oauth/authorize",
            "token_endpoint": f"{origin}/oauth/tokens",
            "userinfo_endpoint": f"{origin}/userinfo",
            "jwks_uri": f"{origin}/oauth/certs",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


@openid.get("/oauth/certs")
def certificates() -> Response:
    key = signing_key(store())
    public = key.as_dict(private=False) | {"kid": key.kid, "use": "sig", "alg": "RS256"}
    return answers.json_answer({"keys": [public]})


def signing_key(kept: Store) -> RSAKey:
    """The key all processes sign with; made at first need, because that takes a moment."""
    with kept.change():
        text = kept.setting("signing_key")
        if text:
            return RSAKey.import_key(json.loads(text))
        key = RSAKey.generate_key(2048, {"kid": "sandbox"}, private=True)
        kept.keep_setting("signing_key", json.dumps(key.as_dict(private=True)))
        return key


def id_token(kept: Store, person: Record, nonce: str) -> str:
    """A signed statement of who signed in; good for one hour."""
    now = int(kept.now().timestamp())
    token = {
        "iss": settings().issuer,
        "aud": settings().client_id,
        "iat": now,
        "exp": now + LIFETIME,
    } | me.claims(person)
    if nonce:
        token["nonce"] = nonce
    key = signing_key(kept)
    return jwt.encode({"alg": "RS256", "kid": key.kid}, token, key)
