"""What changed, as Clever's Events API tells it (clever-platform 4)."""

from __future__ import annotations

import json
from typing import Any

from portal.sandbox import wire
from portal.sandbox.records import Body, Record, to_json
from portal.sandbox.store import Store, timestamp

RECORD_TYPES = ("districts", "schools", "users", "sections", "courses", "terms", "contacts")


def created(store: Store, record: Record) -> None:
    _add(store, record, "created", {})


def updated(store: Store, record: Record, before: Body) -> None:
    """Tell only what is different; nothing different is no event."""
    previous = difference(before, wire.body(store, "v3.0", record))
    previous.pop("last_modified", None)
    if previous:
        _add(store, record, "updated", {"previous_attributes": previous})


def deleted(store: Store, record: Record) -> None:
    """Also told when a district stops sharing. Call while the record is still there."""
    _add(store, record, "deleted", {})


def difference(before: Body, after: Body) -> Body:
    """Old values of what changed, nested as in the record."""
    found: Body = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            nested = difference(old, new)
            found |= {key: nested} if nested else {}
        elif old != new:
            found[key] = old
    return found


def _add(store: Store, record: Record, verb: str, more: Body) -> None:
    event: dict[str, Any] = {
        "id": store.new_id(),
        "type": f"{wire.COLLECTION_OF[record.kind]}.{verb}",
        "created": timestamp(store.now()),
        "data": {"object": wire.body(store, "v3.0", record)} | more,
    }
    roles = record.roles.values() if record.kind == "user" else (record.body,)
    schools = {school for held in roles for school in held.get("schools", [])}
    schools |= {record.body.get("school", ""), record.id if record.kind == "school" else ""}
    store.write(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
        *(event["id"], record.district, event["type"]),
        *(",".join(sorted(filter(None, schools))), to_json(event)),
    )


def read(store: Store, event_id: str, district: str) -> Body | None:
    row = store.row("SELECT * FROM events WHERE id = ? AND district = ?", event_id, district)
    body: Body | None = json.loads(row["body"]) if row else None
    return body
