"""Who and what is in a district, by name: what tests and guides look ids up in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from portal.sandbox import people, records, rosters
from portal.sandbox.records import Body, Record
from portal.sandbox.store import Store


def of(store: Store, district: Record) -> Body:
    """Ids by name; a name that comes again gets a number: `Study Hall`, `Study Hall (2)`."""
    users = people.of_kind(store, district.id, "user")
    found: Body = {"id": district.id, "name": district.name}
    for kind in ("school", "section", "course", "term"):
        found[f"{kind}s"] = by_name(people.of_kind(store, district.id, kind))
    for role in ("teacher", "staff", "district_admin", "student", "contact"):
        found[f"{role}s"] = by_name(user for user in users if role in user.roles)
    return found | {"unshared": by_name(user for user in users if not user.shared)}


def by_name(found: Iterable[Record]) -> dict[str, str]:
    names: dict[str, str] = {}
    times: dict[str, int] = {}
    for record in found:
        times[record.name] = times.get(record.name, 0) + 1
        number = f" ({times[record.name]})" if times[record.name] > 1 else ""
        names[record.name + number] = record.id
    return names


def section(store: Store, section_id: str) -> Body | None:
    """One class with its people's names, shared or not."""
    found = records.find(store, section_id, "section")
    if found is None:
        return None
    listed: Body = {"id": found.id, "name": found.name}
    for role in ("teacher", "student"):
        listed[f"{role}s"] = [asdict(member) for member in rosters.members(store, found.id, role)]
    return listed
