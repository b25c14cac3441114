"""What schools are called, shared today or not: a list may have outlived its school's sharing."""

from __future__ import annotations

from collections.abc import Iterable

from portal.models.base import tuples_of
from portal.models.districts import DistrictConnection
from portal.models.shared.records import SharedSchool


def school_names(
    connection: DistrictConnection | None, sourced_ids: Iterable[str]
) -> dict[str, str]:
    """The names of these schools by their ids, of those a district has ever shared."""
    if connection is None:
        return {}
    theirs = SharedSchool.sourced_id.in_(list(sourced_ids))
    known = SharedSchool.select(SharedSchool.sourced_id, SharedSchool.name)
    return dict(tuples_of(known.where((SharedSchool.connection == connection) & theirs)))
