"""Somebody else who writes one row again and again, with a stop-watch."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from bench import timing
from bench.mirror_step import bare_connection

PAUSE = 0.02


class OtherWriter:
    """A connection of its own, as a page of the portal has; it waits for a lock as long as ours."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._took: list[float] = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> OtherWriter:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def p99(self) -> float:
        return timing.p99(self._took)

    @property
    def longest(self) -> float:
        return max(self._took)

    def _write(self) -> None:
        connection = bare_connection(self._url)
        mark = "%s" if self._url.startswith("postgresql") else "?"
        statement = "UPDATE district_connections SET name = {0} WHERE district_sourced_id = {0}"
        while not self._stopped.wait(PAUSE):
            started = time.perf_counter()
            connection.execute(statement.format(mark), (str(started), "other"))
            connection.commit()
            self._took.append(time.perf_counter() - started)
        connection.close()
