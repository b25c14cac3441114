"""Who and what is in a district, by name: what tests and guides look ids up in."""

from __future__ import annotations

from collections.abc import Iterable

from portal.sandbox import people, records
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
    return {
        "id": found.id,
        "name": found.name,
        "teachers": _people(store, found.id, "teacher"),
        "students": _people(store, found.id, "student"),
    }


def _people(store: Store, section_id: str, role: str) -> list[Body]:
    rows = store.rows(
        """SELECT records.id, records.name, records.visible
        FROM members JOIN records ON records.id = members.user
        WHERE section = ? AND role = ? ORDER BY position, user""",
        *(section_id, role),
    )
    return [{"id": row["id"], "name": row["name"], "shared": bool(row["visible"])} for row in rows]
