"""A whole read of a district of the sandbox Clever, and the mirror that comes of it."""

from __future__ import annotations

from datetime import datetime

from portal import clock
from portal.mirroring import match
from portal.models.districts import DistrictConnection
from portal.models.shared.known import KnownRecords
from portal.providers.clever_district import CleverDistrict
from portal.providers.http import ReadLimits
from portal.providers.spools import Spool
from portal.roster.sharing import Differences
from tests.sandbox_clever import RunningSandbox

QUICK = ReadLimits(page_seconds=5.0, read_seconds=30.0, backoff_seconds=0.01)


def nobody(*_progress: object) -> None:
    """Nobody follows the read."""


class Nothing:
    """A district that was never read."""

    def count(self, _kind: object) -> int:
        return 0

    def every(self, _kind: object, _step: int) -> list[str]:
        return []


def connection_to(district_id: str) -> DistrictConnection:
    DistrictConnection.keep("clever", district_id, "sealed", clock.now())
    found = DistrictConnection.of("clever", district_id)
    assert found
    return found


def reader_of(sandbox: RunningSandbox, district_id: str, page_size: int = 10_000) -> CleverDistrict:
    token = sandbox.district_token(district_id)
    return CleverDistrict(token, sandbox.url, "v3.0", page_size, district_id, QUICK)


def matched(
    connection: DistrictConnection, spool: Spool, as_of: datetime | None = None
) -> Differences:
    with spool:
        return match(connection, spool, as_of or clock.now(), nobody)


def mirrored(
    sandbox: RunningSandbox, connection: DistrictConnection, page_size: int = 10_000
) -> Differences:
    """Read the district whole and match it."""
    as_of = clock.now()
    reader = reader_of(sandbox, connection.district_sourced_id, page_size)
    return matched(connection, reader.read(KnownRecords(connection), nobody), as_of)
