"""The token endpoint: codes into tokens, and the app's district tokens (1.5, 2.1)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from secrets import token_urlsafe

from flask import Blueprint, Response, request

from portal.sandbox import answers, callers, openid, records
from portal.sandbox.context import settings, store
from portal.sandbox.gate import required_caller
from portal.sandbox.records import Body
from portal.sandbox.store import Store, timestamp

CODE_LIFETIME, TOKEN_LIFETIME = 60, 24 * 3_600

tokens = Blueprint("tokens", __name__)


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code as it was handed out."""

    user: str
    redirect_uri: str
    nonce: str
    challenge: str


@tokens.post("/oauth/tokens")
def exchange() -> Response:
    """One code, once, within a minute, at the address where it arrived."""
    if not _app_authenticated():
        return _refusal(401, "invalid_client", "client authentication failed")
    given = _given()
    if given is None:
        return _refusal(400, "invalid_request", "invalid request / invalid content-type")
    if given.get("grant_type") != "authorization_code":
        return _refusal(400, "unsupported_grant_type", "grant_type must be authorization_code")
    code = redeem(store(), str(given.get("code", "")))
    if code is None or not _fits(code, given):
        return _refusal(400, "invalid_grant", "invalid code")
    return _no_store(answers.json_answer(_granted(store(), code)))


@tokens.get("/oauth/tokens")
def index() -> Response:
    """The active tokens of the districts that connected this app."""
    if not _app_authenticated():
        return _refusal(401, "invalid_client", "client authentication failed")
    rows = store().rows(
        "SELECT * FROM tokens WHERE kind = 'district' AND ?1 IN ('', district) ORDER BY id",
        request.args.get("district", ""),
    )
    found = [
        {
            "id": row["id"],
            "created": row["created"],
            "owner": {"type": "district", "id": row["district"]},
            "access_token": row["token"],
            "scopes": list(callers.DISTRICT_SCOPES),
        }
        for row in rows
    ]
    links = [{"rel": "self", "uri": request.full_path.rstrip("?")}]
    return _no_store(answers.json_answer({"data": found, "links": links}))


@tokens.get("/oauth/tokeninfo")
def show() -> Response:
    caller = required_caller()
    if isinstance(caller, Response):
        return caller
    body = {"client_id": settings().client_id, "scopes": list(caller.scopes)}
    return answers.json_answer(body)


def hand_out(store: Store, code: Code) -> str:
    """A fresh code for somebody who just signed in."""
    made = token_urlsafe(24)
    expires_at = store.now().timestamp() + CODE_LIFETIME
    store.write(
        "INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?)",
        *(made, code.user, code.redirect_uri, code.nonce, code.challenge, expires_at),
    )
    return made


def redeem(store: Store, code: str) -> Code | None:
    """Take a code out of the world; whatever follows, it never works again."""
    row = store.row("DELETE FROM codes WHERE code = ? RETURNING *", code)
    if row is None or row["expires_at"] <= store.now().timestamp():
        return None
    return Code(row["user"], row["redirect_uri"], row["nonce"], row["challenge"])


def _fits(code: Code, given: Body) -> bool:
    if given.get("redirect_uri") != code.redirect_uri:
        return False
    return not code.challenge or _challenge(str(given.get("code_verifier", ""))) == code.challenge


def _challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _granted(store: Store, code: Code) -> Body:
    """The body is just this: no expires_in, no refresh_token."""
    person = records.find(store, code.user, "user")
    assert person is not None
    token = f"il{token_urlsafe(30)}"
    now = store.now()
    with store.change():
        store.write(
            "INSERT INTO tokens VALUES (?, ?, 'user', ?, ?, ?, ?)",
            *(token, store.new_id(), person.district, person.id, timestamp(now)),
            now.timestamp() + TOKEN_LIFETIME,
        )
    body = {"access_token": token}
    if settings().token_type:
        body["token_type"] = "Bearer"
    if settings().oidc:
        body["id_token"] = openid.id_token(store, person, code.nonce)
    return body


def _given() -> Body | None:
    """The form or JSON body; anything else is refused."""
    if request.mimetype == "application/x-www-form-urlencoded":
        return request.form.to_dict()
    if request.mimetype != "application/json":
        return None
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else None


def _app_authenticated() -> bool:
    """Basic only: an id and a secret in the body do not count."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    right = f"{settings().client_id}:{settings().client_secret}".encode()
    return scheme.lower() == "basic" and hmac.compare_digest(given, right)


def _refusal(status: int, error: str, description: str) -> Response:
    body = {"error": error, "error_description": description}
    return _no_store(answers.json_answer(body, status))


def _no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
