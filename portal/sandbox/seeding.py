"""Fills an empty store with the three districts."""

from __future__ import annotations

from portal.sandbox.districts.cedar_valley import CedarValley
from portal.sandbox.districts.juniper_falls import JuniperFalls
from portal.sandbox.districts.lincoln import Lincoln
from portal.sandbox.store import Store


def plant(store: Store, seed: int) -> None:
    """Make the store's districts, once; every process that starts may call this."""
    with store.change():
        if not store.setting("seed"):
            replant(store, seed)


def replant(store: Store, seed: int) -> None:
    """Back to the first day: districts, tokens, faults and log. Call inside `change()`."""
    store.empty()
    store.keep_setting("seed", str(seed))
    today = store.now().date()
    for district in (Lincoln, CedarValley, JuniperFalls):
        district(seed, today).save(store)
