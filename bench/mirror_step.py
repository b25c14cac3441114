"""Carries one read of a district to its end in a process of its own, and says what it cost.

`python -m bench.mirror_step ours|nothing|json|upsert|peewee|antijoin URL ORIGIN TOKEN PAGE_SIZE`
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import psycopg

from bench import antijoin, mirror_upsert, plain_fetch
from bench.large_district import DISTRICT
from bench.one_sync import megabytes
from portal import clock, database
from portal.mirroring import match
from portal.models.districts import DistrictConnection
from portal.models.shared.known import KnownRecords
from portal.providers.clever_district import CleverDistrict
from portal.providers.transport import trusted_authorities


class Step:
    """What a contestant is given: the database, open in both ways, and the pages' address."""

    def __init__(self, url: str, origin: str, token: str, page_size: str) -> None:
        database.init(url)
        connection = DistrictConnection.of("clever", DISTRICT)
        assert connection
        self.connection = connection
        self.is_postgresql = url.startswith("postgresql")
        self.bare = bare_connection(url)
        self.given = (origin, token, int(page_size))
        self.requests = 0

    def ours(self) -> None:
        origin, token, page_size = self.given
        began = clock.now()
        reader = CleverDistrict(token, origin, "v3.0", page_size, DISTRICT)
        with reader.read(KnownRecords(self.connection), _nobody) as spool:
            self.requests = spool.request_count
            match(self.connection, spool, began, _nobody)

    def nothing(self) -> None:
        """What every contestant costs before it begins."""

    def json(self) -> None:
        for _ in plain_fetch.pages(*self.given):
            self.requests += 1

    def upsert(self) -> None:
        mark = "%s" if self.is_postgresql else "?"
        pages = plain_fetch.pages(*self.given)
        mirror_upsert.put(self.bare, mark, self.connection.id, pages)

    def peewee(self) -> None:
        mirror_upsert.put_with_peewee(self.connection.id, plain_fetch.pages(*self.given))

    def antijoin(self) -> None:
        antijoin.put(self.bare, self.connection.id, plain_fetch.pages(*self.given))

    def worked(self) -> float:
        """CPU seconds of this process and of the database server's that work for it."""
        took = time.process_time()
        if self.is_postgresql:
            for connection in (database.db.connection(), self.bare):
                stat = Path(f"/proc/{connection.info.backend_pid}/schedstat")
                took += int(stat.read_text().split()[0]) / 1e9
        return took

    def cost(self, name: str) -> dict[str, float]:
        memory, cpu, wall = megabytes("VmRSS"), self.worked(), time.perf_counter()
        getattr(self, name)()
        return {
            "wall": time.perf_counter() - wall,
            "cpu": self.worked() - cpu,
            "above": megabytes("VmHWM") - memory,
            "requests": self.requests,
        }


def bare_connection(url: str) -> Any:
    """The driver's own, set up as ours is."""
    if url.startswith("postgresql"):
        return psycopg.connect(url)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=15)
    for pragma in ("journal_mode = wal", "foreign_keys = 1", "synchronous = 1"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _nobody(*_progress: object) -> None:
    """Nobody follows."""


if __name__ == "__main__":
    chosen, *given = sys.argv[1:]
    trusted_authorities()  # which a worker has read before it takes its first job
    print(json.dumps(Step(*given).cost(chosen)))
