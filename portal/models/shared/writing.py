"""The one writer of what a district shares: whole reads, Events and teachers' own reads use it.

Both verbs are called inside a transaction, are safe twice, and mark the sections whose class, or
whose students, became another than they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.database import execute, execute_many, insert_many, is_postgresql, rows
from portal.models.base import to_microseconds
from portal.models.districts import DistrictConnection
from portal.models.shared import counting, links, outdating
from portal.models.shared.shapes import SHAPES, Listing, Row, Shape
from portal.roster.sharing import Differences, Kind

__all__ = ["Listing", "list_unreadable", "put", "unshare"]

UNKNOWN = 0  # a digest that no record has: the next whole read looks at such a record anew
MIRROR_LOCK = 7_305_002
OWN = ("connection_id", "sourced_id", "digest", "shared_at", "changed_at")


@dataclass(frozen=True, slots=True)
class Found:
    """A row as it is; `touched_at` is when it was last changed, unshared or brought back."""

    id: int
    digest: int
    touched_at: int
    unshared: bool
    values: Row


def put(
    connection: DistrictConnection,
    kind: Kind,
    listings: Sequence[tuple[Listing, int]],
    now: datetime,
    as_of: datetime | None = None,
) -> Differences:
    """Make the mirror say what these listings say; `digest` 0 is one that nobody knows.

    A row that somebody changed since `as_of`, when the read began that found these, is younger
    than they are and stays. At most 1,000 rows or 50 whole classes at a time.
    """
    by_id = {listing.sourced_id: (listing, digest) for listing, digest in listings}
    found = _found(connection, SHAPES[kind], by_id)
    younger = _younger(found, as_of)
    batch = _Batch(connection, kind, to_microseconds(now))
    batch.add([pair for key, pair in by_id.items() if key not in found])
    batch.revise([(found[key], *by_id[key]) for key in by_id if key in found.keys() - younger])
    _mark(connection, kind, batch.touched, now, as_of)
    return batch.differences


def unshare(
    connection: DistrictConnection,
    kind: Kind,
    sourced_ids: Collection[str],
    now: datetime,
    as_of: datetime | None = None,
) -> int:
    """These are no longer shared: their rows stay, shown nowhere; returns how many went."""
    found = _found(connection, SHAPES[kind], sourced_ids)
    younger = _younger(found, as_of)
    gone = [key for key, row in found.items() if not row.unshared and key not in younger]
    at = to_microseconds(now)
    execute_many(
        f"UPDATE {SHAPES[kind].table} SET unshared_at = ? WHERE id = ?",
        [(at, found[key].id) for key in gone],
    )
    _mark(connection, kind, gone, now, as_of)
    return len(gone)


def list_unreadable(
    connection: DistrictConnection,
    sourced_ids: Collection[str],
    now: datetime,
    as_of: datetime | None = None,
) -> None:
    """Students whom the district lists with a record nobody could use: known ones stay as they are.

    The others get a row without a name, so that no section loses them (trust.md M19, M25).
    """
    shape = SHAPES[Kind.STUDENTS]
    found = _found(connection, shape, sourced_ids)
    nobody = (*("",) * (len(shape.columns) - 1), True)
    at = to_microseconds(now)
    strangers = [key for key in dict.fromkeys(sourced_ids) if key not in found]
    insert_many(
        shape.table,
        (*OWN, *shape.columns),
        [(connection.id, key, 0, at, at, *nobody) for key in strangers],
    )
    back = [key for key, row in found.items() if row.unshared]
    execute_many(
        f"UPDATE {shape.table} SET unshared_at = NULL, shared_at = ? WHERE id = ?",
        [(at, found[key].id) for key in back],
    )
    _mark(connection, Kind.STUDENTS, [*strangers, *back], now, as_of)


class _Batch:
    """Rows of one kind on their way in, and what they changed."""

    def __init__(self, connection: DistrictConnection, kind: Kind, at: int) -> None:
        self.touched: list[str] = []
        self.differences = Differences()
        self._connection = connection
        self._kind = kind
        self._shape = SHAPES[kind]
        self._at = at

    def add(self, listings: Sequence[tuple[Any, int]]) -> None:
        """Rows for records that have none."""
        shape, at, key = self._shape, self._at, self._connection.id
        none = (0,) * len(shape.counts)
        new = [
            (key, one.sourced_id, digest, at, at, *shape.row(one), *none)
            for one, digest in listings
        ]
        insert_many(shape.table, (*OWN, *shape.columns, *shape.counts), new)
        records = [listing for listing, _ in listings]
        links.add(self._connection, self._kind, records)
        self.touched += [record.sourced_id for record in records]
        self.differences += Differences(added=len(records))

    def revise(self, listings: Sequence[tuple[Found, Any, int]]) -> None:
        """Rows that differ become what is listed; of those that do not, only the digest moves."""
        relinked = links.revise(
            self._connection, self._kind, {row.id: one for row, one, _ in listings}, self._at
        )
        told, same = [], []
        for row, one, digest in listings:
            values = self._shape.row(one)
            if row.unshared or one.sourced_id in relinked or row.values != values:
                told.append((row, one.sourced_id, digest, values))
            elif digest not in (0, row.digest):
                same.append((digest, row.id))
        execute_many(f"UPDATE {self._shape.table} SET digest = ? WHERE id = ?", same)
        self._tell(told)

    def _tell(self, told: Sequence[tuple[Found, str, int, Row]]) -> None:
        shape, at = self._shape, self._at
        assigned = ", ".join(f"{column} = ?" for column in shape.columns)
        execute_many(
            f"UPDATE {shape.table} SET {assigned}, digest = ?, changed_at = ?,"
            " shared_at = CASE WHEN unshared_at IS NULL THEN shared_at ELSE ? END,"
            " unshared_at = NULL WHERE id = ?",
            [(*values, digest, at, at, row.id) for row, _, digest, values in told],
        )
        back = sum(row.unshared for row, *_ in told)
        self.touched += [sourced_id for _, sourced_id, *_ in told]
        self.differences += Differences(changed=len(told) - back, returned=back)


def _mark(
    connection: DistrictConnection,
    kind: Kind,
    sourced_ids: Collection[str],
    now: datetime,
    as_of: datetime | None = None,
) -> None:
    """What follows from these records has to follow them again."""
    if sourced_ids:
        counting.mark_outdated(connection, now)
        outdating.mark(connection, kind, sourced_ids, as_of or now)


def _found(
    connection: DistrictConnection, shape: Shape, sourced_ids: Iterable[str]
) -> dict[str, Found]:
    """The rows of these records as nobody but us can change them until the transaction ends."""
    if is_postgresql():
        execute("SELECT pg_advisory_xact_lock(?, ?)", (MIRROR_LOCK, connection.id))
    item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
    found = execute(_FIND.format(shape=shape, rows=item), (connection.id, parameter))
    return {row[0]: _as_found(*row) for row in found.fetchall()}


def _as_found(
    _sourced_id: str, key: int, digest: int, changed_at: int, unshared_at: int | None, *values: Any
) -> Found:
    touched_at = max(changed_at, unshared_at or 0)
    return Found(key, digest, touched_at, unshared_at is not None, values)


def _younger(found: dict[str, Found], as_of: datetime | None) -> set[str]:
    if as_of is None:
        return set()
    moment = to_microseconds(as_of)
    return {key for key, row in found.items() if row.touched_at > moment}


_FIND = """
    SELECT sourced_id, id, digest, changed_at, unshared_at, {shape.selected}
    FROM {shape.table}
    WHERE connection_id = ? AND sourced_id IN (SELECT r.value->>0 FROM {rows})
"""
