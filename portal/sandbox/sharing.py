"""What a district shares with the app: stopped and started for schools, classes and people."""

from __future__ import annotations

from portal.sandbox import changes
from portal.sandbox.store import Store


def share(store: Store, record_id: str, shared: bool) -> None:
    """Start or stop sharing a school, class or person, and all that hangs on it."""
    record = changes.find(store, record_id, "school", "section", "user")
    with store.change(), changes.telling_who_is_shared(store, record.district):
        store.write("UPDATE records SET shared = ? WHERE id = ?", shared, record_id)
        changes.synced(store, record.district)
