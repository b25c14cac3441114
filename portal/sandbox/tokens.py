"""The token endpoint: codes into tokens, and the app's district tokens (1.5, 2.1)."""

from __future__ import annotations

import base64
import binascii
import hmac
from secrets import token_urlsafe

from flask import Blueprint, Response, request

from portal.sandbox import answers, callers, codes, library, openid, records
from portal.sandbox.context import settings, store
from portal.sandbox.gate import required_caller
from portal.sandbox.records import Body, Record
from portal.sandbox.store import Store, timestamp

LIFETIME = 24 * 3_600

tokens = Blueprint("tokens", __name__)


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
    code = codes.redeem(store(), str(given.get("code", "")))
    person = records.find(store(), code.user, "user") if code and codes.fits(code, given) else None
    if code is None or person is None:
        return _refusal(400, "invalid_grant", "invalid code")
    return _no_store(answers.json_answer(_granted(store(), person, code.nonce)))


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


def _granted(store: Store, person: Record, nonce: str) -> Body:
    """The body is just this: no expires_in, no refresh_token, no id_token in Library (2.2)."""
    token, by_library = f"il{token_urlsafe(30)}", library.takes_in(store, person)
    now = store.now()
    with store.change():
        store.write(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(token, store.new_id(), "library" if by_library else "user"),
            *(person.district, person.id, timestamp(now), now.timestamp() + LIFETIME),
        )
    body = {"access_token": token}
    if settings().token_type:
        body["token_type"] = "Bearer"
    if settings().oidc and not by_library:
        body["id_token"] = openid.id_token(store, person, nonce)
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
