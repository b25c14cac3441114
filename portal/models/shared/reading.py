"""The mirror side of a walk in the order of ids: what we have between two of them."""

from __future__ import annotations

from portal.database import execute
from portal.models.districts import DistrictConnection
from portal.models.shared.shapes import SHAPES
from portal.roster.sharing import Kind


def digests_between(
    connection: DistrictConnection, kind: Kind, after: str, until: str
) -> list[tuple[str, int]]:
    """Each shared record's id and digest, behind one id and up to another."""
    found = execute(
        _DIGESTS.format(table=SHAPES[kind].table, rest="AND sourced_id <= ? ORDER BY sourced_id"),
        (connection.id, after, until),
    )
    return [*found.fetchall()]


def ids_after(connection: DistrictConnection, kind: Kind, after: str, limit: int) -> list[str]:
    """The next shared ids behind one."""
    found = execute(
        _DIGESTS.format(table=SHAPES[kind].table, rest="ORDER BY sourced_id LIMIT ?"),
        (connection.id, after, limit),
    )
    return [row[0] for row in found.fetchall()]


_DIGESTS = """
    SELECT sourced_id, digest FROM {table}
    WHERE connection_id = ? AND unshared_at IS NULL AND sourced_id > ? {rest}
"""
