"""What we have of a district from the last time, for whoever reads it again."""

from __future__ import annotations

from portal.database import execute
from portal.models.districts import DistrictConnection
from portal.models.shared.shapes import SHAPES
from portal.roster.sharing import Kind


class KnownRecords:
    """The ids of a connection's records, in the order in which the provider lists them."""

    def __init__(self, connection: DistrictConnection) -> None:
        self._connection = connection
        self._counts: dict[Kind, int] = {}

    def count(self, kind: Kind) -> int:
        """How many of a kind are shared."""
        if kind not in self._counts:
            found = execute(_COUNT.format(table=SHAPES[kind].table), (self._connection.id,))
            self._counts[kind] = found.fetchone()[0]
        return self._counts[kind]

    def every(self, kind: Kind, step: int) -> list[str]:
        """The id of each `step`-th of them, while more follow."""
        found, last = [], ""
        for _ in range((self.count(kind) - 1) // step):
            asked = (self._connection.id, last, step - 1)
            row = execute(_NEXT.format(table=SHAPES[kind].table), asked).fetchone()
            if row is None:
                break  # Fewer than were counted: somebody else writes too.
            (last,) = row
            found.append(last)
        return found


_SHARED = "FROM {table} WHERE connection_id = ? AND unshared_at IS NULL"
_COUNT = f"SELECT COUNT(*) {_SHARED}"
_NEXT = f"SELECT sourced_id {_SHARED} AND sourced_id > ? ORDER BY sourced_id LIMIT 1 OFFSET ?"
