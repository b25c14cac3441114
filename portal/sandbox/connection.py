"""The tie between a district and the app: paused, revoked, connected again, a new token."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex

from portal.sandbox import changes
from portal.sandbox.store import Store, timestamp

SUMMER = timedelta(days=60)


def pause(store: Store, district_id: str) -> None:
    """Data stays as it was, as over a summer (clever-platform 4, pauses)."""
    today = store.now().date()
    ends = (today + SUMMER).isoformat()
    paused = {"state": "paused", "pause_start": today.isoformat(), "pause_end": ends}
    changes.edit(store, district_id, paused)


def resume(store: Store, district_id: str) -> None:
    changes.edit(store, district_id, {"state": "success", "pause_start": "", "pause_end": ""})


def revoke(store: Store, district_id: str) -> None:
    """The district disconnects the app: its token stops, and no event tells (2.1)."""
    store.write("DELETE FROM tokens WHERE district = ?", district_id)


def connect(store: Store, district_id: str) -> None:
    """The district connects the app: one active token, the older one stops.

    From now on its word counts, and no teacher's own from Clever Library (2.2).
    """
    changes.find(store, district_id, "district")
    with store.change():
        store.write("DELETE FROM tokens WHERE district = ? AND kind <> 'user'", district_id)
        store.write(
            "INSERT INTO tokens VALUES (?, ?, 'district', ?, '', ?, NULL)",
            *(token_hex(20), store.new_id(), district_id, timestamp(store.now())),
        )


CHANGES = {"pause": pause, "resume": resume, "revoke": revoke, "connect": connect}


def is_connected(store: Store, district_id: str) -> bool:
    row = store.row("SELECT 1 FROM tokens WHERE kind = 'district' AND district = ?", district_id)
    return row is not None
