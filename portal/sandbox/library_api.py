"""The Data API as a Library token sees it: the person, a teacher's classes and who is in them.

Which paths Library serves is documented nowhere (2.2): these are the ones public clients ask for.
"""

from __future__ import annotations

from flask import Response, request

from portal.sandbox import answers, library, lists, records, wire
from portal.sandbox.callers import Caller
from portal.sandbox.context import store
from portal.sandbox.records import Body, to_json


def answer(version: str, caller: Caller, parts: list[str]) -> Response:
    """What a Library token gets at a path; a page that is lost for any but these."""
    match parts:
        case ["users", person]:
            return _person(version, caller, person)
        case ["users", caller.user, "sections"]:
            return _list(version, "section", library.classes_of(store(), caller.user))
        case ["users", caller.user, "mystudents"]:
            return _list(version, "user", library.students_of(store(), caller.user))
        case ["sections", section]:
            return _section(version, caller, section)
        case ["sections", section, "users"]:
            return _people(version, caller, section)
    return answers.lost()


def _person(version: str, caller: Caller, person_id: str) -> Response:
    """Themselves; a teacher also whoever is in a class of hers."""
    person = records.find(store(), person_id, "user")
    if person is None or not person.visible or not library.knows(store(), caller.user, person_id):
        return answers.message(404, "Resource not found")
    return _single(version, "user", library.trimmed(store(), person))


def _section(version: str, caller: Caller, section_id: str) -> Response:
    section = records.find(store(), section_id, "section")
    if section is None or not library.teaches(store(), caller.user, section_id):
        return answers.message(404, "Resource not found")
    return _single(version, "section", library.trimmed(store(), section))


def _people(version: str, caller: Caller, section_id: str) -> Response:
    role = request.args.get("role", "")
    if role not in ("", *lists.ROLES):
        return answers.message(400, "Unknown role")
    if not library.teaches(store(), caller.user, section_id):
        return answers.message(404, "Resource not found")
    return _list(version, "user", library.people_of(store(), section_id, role))


def _list(version: str, kind: str, found: list[Body]) -> Response:
    """The whole list at once, with a link to itself alone."""
    items = [{"data": body, "uri": wire.uri(version, kind, body["id"])} for body in found]
    links = [{"rel": "self", "uri": request.full_path.rstrip("?")}]
    return answers.json_text(wire.page([to_json(item) for item in items], links))


def _single(version: str, kind: str, body: Body) -> Response:
    links = [{"rel": "self", "uri": wire.uri(version, kind, body["id"])}]
    return answers.json_answer({"data": body, "links": links})
