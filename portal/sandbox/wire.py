"""Prints records the way Clever does: `uri` on list items, `links` on single ones (3.2)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from portal.sandbox import records
from portal.sandbox.lists import KIND_OF
from portal.sandbox.records import Body, Record, to_json
from portal.sandbox.store import Store

COLLECTION_OF = {kind: collection for collection, kind in KIND_OF.items()}
# The parts that the documentation lists for each kind of record.
LINKED_PARTS = {
    "district": (),
    "school": ("district", "sections", "users", "terms", "courses"),
    "section": ("district", "users", "school", "term", "course"),
    "course": ("district", "sections"),
    "term": ("district", "schools", "sections"),
    "user": ("district", "schools", "sections", "mycontacts", "myteachers", "mystudents"),
}
# The paths are in lower case, the names of their links are not (3.1, 3.2).
RELS = {"mycontacts": "myContacts", "myteachers": "myTeachers", "mystudents": "myStudents"}


def uri(version: str, kind: str, record_id: str) -> str:
    return f"/{version}/{COLLECTION_OF[kind]}/{record_id}"


def items(store: Store, version: str, rows: Iterable[sqlite3.Row]) -> list[str]:
    """JSON texts of list items; a user's stored text is printed as it is, for lists of 10,000."""
    return [
        f'{{"data":{_text(store, version, row)},"uri":"{uri(version, row["kind"], row["id"])}"}}'
        for row in rows
    ]


def page(version_items: list[str], links: list[Body]) -> str:
    return f'{{"data":[{",".join(version_items)}],"links":{to_json(links)}}}'


def single(store: Store, version: str, record: Record) -> str:
    """One record with its links."""
    own = uri(version, record.kind, record.id)
    links = [{"rel": "self", "uri": own}]
    links += [
        {"rel": RELS.get(part, part), "uri": f"{own}/{part}"} for part in LINKED_PARTS[record.kind]
    ]
    return to_json({"data": body(store, version, record), "links": links})


def body(store: Store, version: str, record: Record) -> Body:
    """The record as this version prints it."""
    shown = records.with_people(store, record) if record.kind == "section" else record.body
    return merged(shown, record.body_v31) if version == "v3.1" else shown


def merged(base: Body, more: Body) -> Body:
    """`base` with `more` laid over it, nested objects too."""
    both = base | more
    for key in base.keys() & more.keys():
        if isinstance(base[key], dict) and isinstance(more[key], dict):
            both[key] = merged(base[key], more[key])
    return both


def _text(store: Store, version: str, row: sqlite3.Row) -> str:
    if row["kind"] != "section" and (version == "v3.0" or row["body_v31"] == "{}"):
        text: str = row["body"]
        return text
    record = Record(
        row["id"], row["kind"], "", json.loads(row["body"]), json.loads(row["body_v31"])
    )
    return to_json(body(store, version, record))
