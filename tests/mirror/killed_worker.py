"""Reads a district of the sandbox and matches it, until it kills itself: as an outage would."""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from typing import Any

from portal import clock, database, mirroring
from portal.models.districts import DistrictConnection
from portal.models.shared.known import KnownRecords
from portal.providers.clever_district import CleverDistrict
from portal.providers.spools import Spool
from tests.mirror.whole_reads import nobody


def main(url: str, origin: str, token: str, district: str, records: str) -> None:
    """`records` are decoded, in batches of 25 students or 2 classes, and not one more."""
    database.init(url)
    mirroring.BATCH, mirroring.CLASS_BATCH = 25, 2
    connection = DistrictConnection.of("clever", district)
    assert connection
    reader = CleverDistrict(token, origin, "v3.0", 10_000, district)
    with reader.read(KnownRecords(connection), nobody) as spool:
        _die_after(int(records), spool)
        mirroring.match(connection, spool, clock.now(), nobody)


def _die_after(records: int, spool: Spool) -> None:
    understand, decoded = spool.understand, count(1)

    def until_killed(*record: Any) -> Any:
        if next(decoded) > records:
            os.kill(os.getpid(), signal.SIGKILL)
        return understand(*record)

    spool.understand = until_killed  # type: ignore[method-assign]


if __name__ == "__main__":
    main(*sys.argv[1:])
