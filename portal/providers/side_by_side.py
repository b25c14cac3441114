"""Several requests at once for one read, each thread with a connection of its own.

Whoever follows the read hears of it from the thread that asked for it, once a second, and may
give it up: then every thread lets go within the second.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from datetime import datetime
from types import TracebackType

from portal.providers.base import ReadProgress
from portal.providers.deadlines import TICK_SECONDS
from portal.providers.http import ApiReader

Task = Callable[[ApiReader], None]


class GivenUp(Exception):
    """Another thread of the read failed, or whoever follows it gave it up."""


class Crew:
    """Threads that carry out the parts of one read; `expected` is how many records it may have."""

    def __init__(
        self,
        open_reader: Callable[[ReadProgress], ApiReader],
        progress: ReadProgress,
        expected: int | None,
        size: int,
    ) -> None:
        self._open_reader = open_reader
        self._progress = progress
        self._expected = expected
        self._readers: list[ApiReader] = []
        self._waiting: dict[int, datetime | None] = {}
        self._stopped = threading.Event()
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix="district-read")

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._pool.shutdown(cancel_futures=True)
        for reader in self._readers:
            reader.__exit__()

    @property
    def request_count(self) -> int:
        return sum(reader.request_count for reader in self._readers)

    def work(self, tasks: Sequence[Task]) -> None:
        """Carry out all of these, or raise what the first one that failed raised."""
        pending: set[Future[None]] = {self._pool.submit(self._carry_out, task) for task in tasks}
        while pending:
            done, pending = wait(pending, TICK_SECONDS, return_when=FIRST_EXCEPTION)
            for each in done:
                each.result()
            self._tell()

    def _carry_out(self, task: Task) -> None:
        reader = getattr(self._own, "reader", None)
        if reader is None:
            reader = self._own.reader = self._open_reader(self._on_watch)
            self._readers.append(reader)
        reader.tell()
        task(reader)

    def _on_watch(
        self,
        students_read: int,
        students_listed: int | None,
        waiting_until: datetime | None = None,
    ) -> None:
        """What each thread's reader tells, about once a second."""
        self._waiting[threading.get_ident()] = waiting_until
        if self._stopped.is_set():
            raise GivenUp

    def _tell(self) -> None:
        read = sum(reader.students_read for reader in self._readers)
        waits = [moment for moment in list(self._waiting.values()) if moment]
        self._progress(read, self._expected, max(waits, default=None))
