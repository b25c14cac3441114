"""A district's whole read on disk: every record's own bytes, its id and a digest of them.

The file has no name in any folder, so that nothing is left of it whatever becomes of the process.
Records are decoded only when somebody asks: on most nights that is nobody (performance.md).
"""

from __future__ import annotations

import errno
import os
import sqlite3
import struct
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import accumulate, count, groupby, islice
from operator import itemgetter, lt
from types import TracebackType
from typing import Any

from xxhash import xxh3_64_digest

from portal.roster.sharing import Kind

Entry = tuple[str, Any]
Place = tuple[int, int]
Understand = Callable[[bytes, str], Any]

SORTED_PAGE = 1000
PARTS_AT_ONCE = 1000  # the least that systems promise to take (POSIX, IOV_MAX) is less than theirs
NO_RECORD = b""
WINDOW = 64 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a page of records is in the file, and between which ids."""

    place: Place
    first: str
    last: str
    count: int
    ids_at: int
    ids_size: int

    @property
    def digests_at(self) -> int:
        return self.ids_at + self.ids_size

    @property
    def ends_at(self) -> int:
        return self.digests_at + 8 * self.count

    @property
    def records_at(self) -> int:
        return self.ends_at + 4 * self.count


class Spool:
    """The read of all kinds. Pages may be added from several threads, and are read in order.

    `shape` numbers what we keep of a record: another number gives every record another digest,
    so that a new version of ours decodes each of them anew.
    """

    def __init__(self, shape: int, understand: Mapping[Kind, Understand]) -> None:
        self.request_count = 0
        self.anonymous: dict[Kind, int] = defaultdict(int)
        self.left_out: set[Kind] = set()
        self._shape = shape
        self._understand = understand
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (it is our own to close)
        self._frames: dict[Kind, list[Frame]] = defaultdict(list)
        self._disordered: set[Kind] = set()
        self._end = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()

    def add(self, kind: Kind, place: Place, entries: Sequence[Entry], anonymous: int = 0) -> None:
        """Keep a page of records, `place` in its kind's order: each an id and its own bytes.

        `anonymous` ones came without an id that could be used.
        """
        with self._lock:
            self.anonymous[kind] += anonymous
        if entries:
            self._add(kind, place, entries)

    def _add(self, kind: Kind, place: Place, entries: Sequence[Entry]) -> None:
        ids = [sourced_id for sourced_id, _ in entries]
        records = [raw for _, raw in entries]
        named = "\n".join(ids).encode("ascii")
        digests = b"".join(xxh3_64_digest(raw, self._shape) for raw in records)
        sizes = [memoryview(raw).nbytes for raw in records]
        ends = struct.pack(f"<{len(sizes)}I", *accumulate(sizes))
        at = self._write([named, digests, ends, *records])
        frame = Frame(place, ids[0], ids[-1], len(ids), at, len(named))
        with self._lock:
            self._frames[kind].append(frame)
            if not all(map(lt, ids, ids[1:])):
                self._disordered.add(kind)

    def forget_order(self, kind: Kind) -> None:
        """Drop the pages of a kind, to add them again in another order."""
        with self._lock:
            self._frames[kind].clear()
            self._disordered.discard(kind)

    def forget(self, kind: Kind) -> None:
        """Drop what was added of a kind, for another try at reading it."""
        self.forget_order(kind)
        with self._lock:
            self.anonymous[kind] = 0

    def leave_out(self, kind: Kind) -> None:
        """Nothing is known of a kind: that is not a list without records (decision 3)."""
        self.forget(kind)
        with self._lock:
            self.left_out.add(kind)

    def pages(self, kind: Kind) -> Iterator[SpooledPage]:
        for frame in self._in_place(kind):
            yield SpooledPage(frame, self._file.fileno())

    def size(self, kind: Kind) -> int:
        return sum(frame.count for frame in self._frames[kind])

    def ascends(self, kind: Kind) -> bool:
        """Whether each id is behind the one before, on every page and from page to page."""
        frames = self._in_place(kind)
        pairs = zip(frames, frames[1:], strict=False)
        return kind not in self._disordered and all(one.last < two.first for one, two in pairs)

    def sort(self, kind: Kind) -> None:
        """Put a kind in the order of its ids, each once, with no more of it in memory than a page.

        What comes twice and differs is no record (trust.md M18, M19).
        """
        with closing(sqlite3.connect("")) as index:  # SQLite's own file without a name
            index.execute("CREATE TABLE listed (sourced_id TEXT, start INTEGER, ends INTEGER)")
            for page in self.pages(kind):
                index.executemany("INSERT INTO listed VALUES (?, ?, ?)", page.extents())
            self.forget_order(kind)
            found = index.execute("SELECT * FROM listed ORDER BY sourced_id, start")
            entries = self._once_each(kind, found)
            for number in count():
                page_of = list(islice(entries, SORTED_PAGE))
                if not page_of:
                    break
                self.add(kind, (number, 0), page_of)

    def understand(self, kind: Kind, raw: bytes, sourced_id: str) -> Any:
        """The record these bytes tell of, or None if it cannot be used."""
        return self._understand[kind](raw, sourced_id)

    def _once_each(self, kind: Kind, found: Iterable[tuple[str, int, int]]) -> Iterator[Entry]:
        for sourced_id, listed in groupby(found, key=itemgetter(0)):
            versions = {os.pread(self._file.fileno(), end - at, at) for _, at, end in listed}
            told = [self.understand(kind, raw, sourced_id) for raw in versions]
            agree = len(versions) == 1 or all(one == told[0] for one in told)
            yield sourced_id, min(versions) if agree else NO_RECORD

    def _in_place(self, kind: Kind) -> list[Frame]:
        return sorted(self._frames[kind], key=lambda frame: frame.place)

    def _write(self, parts: Sequence[Any]) -> int:
        """Where the parts begin, one after the other; they are not joined in memory."""
        sizes = [memoryview(part).nbytes for part in parts]
        with self._lock:
            at, self._end = self._end, self._end + sum(sizes)
        place = at
        for start in range(0, len(parts), PARTS_AT_ONCE):
            some = slice(start, start + PARTS_AT_ONCE)
            if os.pwritev(self._file.fileno(), parts[some], place) != sum(sizes[some]):
                raise OSError(errno.ENOSPC, "the disk is full")
            place += sum(sizes[some])
        return at


class SpooledPage:
    """Records of one kind in the order of their ids."""

    def __init__(self, frame: Frame, file: int) -> None:
        self._frame = frame
        self._file = file
        self.last = frame.last
        self.ids = self._at(frame.ids_at, frame.digests_at).decode("ascii").split("\n")
        self.digests = struct.unpack(f"<{frame.count}q", self._at(frame.digests_at, frame.ends_at))
        self._ends: tuple[int, ...] = ()
        self._window, self._window_at = b"", 0

    def raw(self, index: int) -> bytes:
        """The record's own bytes; most often the next ones are asked for next."""
        _, start, end = self._extent(index)
        if not self._window_at <= start <= end <= self._window_at + len(self._window):
            self._window_at = start
            self._window = self._at(start, max(end, start + WINDOW))
        return self._window[start - self._window_at : end - self._window_at]

    def extents(self) -> Iterator[tuple[str, int, int]]:
        """Each id with where its record begins and ends in the file."""
        return map(self._extent, range(len(self.ids)))

    def _extent(self, index: int) -> tuple[str, int, int]:
        frame = self._frame
        if not self._ends:
            ends = self._at(frame.ends_at, frame.records_at)
            self._ends = (*struct.unpack(f"<{frame.count}I", ends), 0)
        base = frame.records_at
        return self.ids[index], base + self._ends[index - 1], base + self._ends[index]

    def _at(self, start: int, end: int) -> bytes:
        return os.pread(self._file, end - start, start)
