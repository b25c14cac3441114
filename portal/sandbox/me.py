"""Who am I: `/me` and the OpenID `/userinfo` (clever-platform 1.7, 1.9)."""

from __future__ import annotations

from flask import Blueprint, Response, g

from portal.sandbox import answers, callers, library
from portal.sandbox.context import store
from portal.sandbox.gate import required_caller
from portal.sandbox.records import Body, Record

# Which role a sign-in stands for when a person has several; SSO does not say which was meant.
ROLE_ORDER = ("student", "teacher", "staff", "district_admin", "contact")
USER_TYPES = {"district_admin": "district admin"}

me = Blueprint("me", __name__)
userinfo = Blueprint("userinfo", __name__)


@me.get("/me")
def who_am_i(version: str) -> Response:
    caller: callers.Caller = g.caller
    if caller.kind == "district":
        return answers.lost()
    if callers.signed_in_person(store(), caller) is None:
        return answers.unauthorized("Unrecognized token")
    user = {"id": caller.user, "type": "user"}
    links = [
        {"rel": "self", "uri": "/me"},
        {"rel": "canonical", "uri": f"/{version}/users/{caller.user}"},
    ]
    if caller.kind == "library":
        user |= {"authorized_by": "teacher"}
    else:
        user |= {"district": caller.district, "authorized_by": "district"}
        links.append({"rel": "district", "uri": f"/{version}/districts/{caller.district}"})
    return answers.json_answer({"type": "user", "data": user, "links": links})


@userinfo.route("/userinfo", methods=["GET", "POST"])
def show() -> Response:
    caller = required_caller()
    if isinstance(caller, Response):
        return caller
    person = callers.signed_in_person(store(), caller)
    if person is None:
        return answers.unauthorized("Unrecognized token")
    if caller.kind == "library":
        return answers.json_answer(_library_claims(person))
    return answers.json_answer(claims(person) | _more(person))


def role_of(person: Record) -> str:
    return next(role for role in ROLE_ORDER if role in person.roles)


def claims(person: Record) -> Body:
    """The claims that userinfo and the id_token share; the address is never verified."""
    role = role_of(person)
    name = person.body["name"]
    found = {
        "sub": person.id,
        "user_id": person.roles[role].get("legacy_id", person.id),
        "multi_role_user_id": person.id,
        "user_type": USER_TYPES.get(role, role),
        "district": person.district,
        "email_verified": False,
        "given_name": name.get("first", ""),
        "family_name": name.get("last", ""),
    }
    return found | ({"email": person.body["email"]} if person.body.get("email") else {})


def _library_claims(person: Record) -> Body:
    """No district, no school; of a student an initial and no address (2.2)."""
    name = library.name_of(person)
    dropped = {"district", "email"} if "student" in person.roles else {"district"}
    found = {key: value for key, value in claims(person).items() if key not in dropped}
    names = {"given_name": name.get("first", ""), "family_name": name.get("last", "")}
    return found | names | {"name": name, "authorized_by": "teacher"}


def _more(person: Record) -> Body:
    role = person.roles[role_of(person)]
    return {
        "district_id": person.district,
        "name": person.body["name"],
        "schools": role.get("schools", []),
        "authorized_by": "district",
    }
