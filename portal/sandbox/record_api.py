"""Lists, single records and their parts (clever-platform 3.1)."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from portal.sandbox import answers, lists, records, wire
from portal.sandbox.callers import Caller
from portal.sandbox.context import store
from portal.sandbox.paging import Page
from portal.sandbox.records import Body, Record

COLLECTION = "<any(schools,users,sections,courses,terms):collection>"

OWN = ("districts", "schools", "users")

record_api = Blueprint("record_api", __name__)


@record_api.get("/districts")
def districts(version: str) -> Response:
    """Exactly one: the token's own. No paging parameters here."""
    if not _sees_lists():
        return answers.lost()
    rows = store().rows("SELECT * FROM records WHERE id = ?", _caller().district)
    links = [{"rel": "self", "uri": request.path}]
    return answers.json_text(wire.page(wire.items(store(), version, rows), links))


@record_api.get(f"/{COLLECTION}")
def index(version: str, collection: str) -> Response:
    return _list(version, lists.KIND_OF[collection], lists.ALL, {})


@record_api.get("/districts/<record_id>", defaults={"collection": "districts"})
@record_api.get(f"/{COLLECTION}/<record_id>")
def show(version: str, collection: str, record_id: str) -> Response:
    caller = _caller()
    record = _find(collection, record_id)
    if caller.kind == "user":
        return _own(version, record) if collection in OWN else answers.lost()
    if record is None:
        return answers.message(404, "Resource not found")
    return answers.json_text(wire.single(store(), version, record))


@record_api.get(f"/{COLLECTION}/<record_id>/<part>")
def part(version: str, collection: str, record_id: str, part: str) -> Response:
    """A list that hangs on a record, or the one record it belongs to."""
    listed = lists.PARTS.get((collection, part))
    if not _sees_lists() or not (listed or (collection, part) in lists.SINGLE_PARTS):
        return answers.lost()
    record = _find(collection, record_id)
    if record is None:
        return answers.message(404, "Resource not found")
    if listed:
        return _list(version, lists.PART_KINDS[part], listed, {"of": record_id})
    return _related(version, record, lists.SINGLE_PARTS[collection, part])


def _caller() -> Caller:
    caller: Caller = g.caller
    return caller


def _sees_lists() -> bool:
    return _caller().kind == "district"


def _find(collection: str, record_id: str) -> Record | None:
    """The record if this caller may see it: unshared, deleted and foreign ones look alike."""
    record = records.find(store(), record_id, lists.KIND_OF[collection])
    return record if record and _caller().may_see(record) else None


def _list(version: str, kind: str, ids: str, given: lists.Given) -> Response:
    if not _sees_lists():
        return answers.lost()
    page = Page.of(request.args)
    given = given | {"kind": kind, "district": _caller().district}
    given |= {name: request.args.get(name, "") for name in ("role", "primary")}
    if given["role"] not in ("", *lists.ROLES):
        return answers.message(400, "Unknown role")
    rows, more = lists.read_page(store(), ids, given, page)
    links = page.links(request.path, request.args, [row["id"] for row in rows], more)
    return answers.json_text(wire.page(wire.items(store(), version, rows), links))


def _related(version: str, record: Record, key: str) -> Response:
    related = records.find(store(), record.body.get(key, ""))
    if related is None or not related.visible:
        return answers.message(404, "Resource not found")
    return answers.json_text(wire.single(store(), version, related))


def _own(version: str, record: Record | None) -> Response:
    """What a sign-in token may read of itself, its school and its district, and no more (1.6)."""
    user = records.find(store(), _caller().user, "user")
    if user is None or not user.visible:
        return answers.message(404, "Resource not found")
    schools = {school for role in user.roles.values() for school in role.get("schools", [])}
    if record is None or record.id not in {user.id, user.district, *schools}:
        return answers.message(404, "Resource not found")
    link = {"rel": "self", "uri": wire.uri(version, record.kind, record.id)}
    return answers.json_answer({"data": _reduced(record), "links": [link]})


def _reduced(record: Record) -> Body:
    """District sign-in shares names and the e-mail address; no schools, no sections (1.8)."""
    if record.kind == "district":
        return {key: record.body[key] for key in ("id", "name")}
    if record.kind == "school":
        return {key: record.body[key] for key in ("id", "district", "name")}
    roles: Body = {}
    for role, held in record.roles.items():
        schools: Body = {"schools": []} if "schools" in held else {}
        roles[role] = schools | {"legacy_id": held["legacy_id"]}
    return record.body | {"roles": roles}
