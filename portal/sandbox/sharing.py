"""What a district shares with the app: stopped and started for schools, classes and people."""

from __future__ import annotations

from portal.sandbox import changes, events, records
from portal.sandbox.store import Store


def share(store: Store, record_id: str, shared: bool) -> None:
    """Start or stop sharing a school, class or person, and all that hangs on it."""
    record = changes.find(store, record_id, "school", "section", "user")
    with store.change():
        before = _visible_ids(store, record.district)
        store.write("UPDATE records SET shared = ? WHERE id = ?", shared, record_id)
        records.work_out_visible(store, record.district)
        after = _visible_ids(store, record.district)
        for found in sorted(after - before):
            events.created(store, changes.find(store, found))
        for lost in sorted(before - after, reverse=True):
            events.deleted(store, changes.find(store, lost))
        changes.synced(store, record.district)


def _visible_ids(store: Store, district_id: str) -> set[str]:
    rows = store.rows("SELECT id FROM records WHERE district = ? AND visible", district_id)
    return {row["id"] for row in rows}
