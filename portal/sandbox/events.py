"""What changed, as Clever's Events API tells it (clever-platform 4)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from portal.sandbox import wire
from portal.sandbox.paging import Page
from portal.sandbox.records import Body, Record, to_json
from portal.sandbox.store import Store, timestamp

KEPT = timedelta(days=30)


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


def find(store: Store, event_id: str, district: str) -> Body | None:
    row = store.row("SELECT * FROM events WHERE id = ? AND district = ?", event_id, district)
    body: Body | None = json.loads(row["body"]) if row else None
    return body


def read_page(
    store: Store, district: str, page: Page, record_types: Sequence[str], school: str
) -> tuple[list[Body], bool]:
    """One page of a district's events of the last 30 days, and whether more lie beyond."""
    condition, cursor, direction = page.range
    rows = store.named_rows(
        f"""SELECT body FROM events WHERE district = :district AND {condition}
            AND json_extract(body, '$.created') >= :oldest
            AND (:types = '[]' OR substr(type, 1, instr(type, '.') - 1)
                IN (SELECT value FROM json_each(:types)))
            AND (:school = '' OR schools = '' OR instr(schools, :school))
        ORDER BY id {direction} LIMIT :limit""",
        {
            "district": district,
            "cursor": cursor,
            "oldest": timestamp(store.now() - KEPT),
            "types": to_json(record_types),
            "school": school,
            "limit": page.limit + 1,
        },
    )
    found = [json.loads(row["body"]) for row in rows[: page.limit]]
    return found[::-1] if page.backwards else found, len(rows) > page.limit
