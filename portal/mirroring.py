"""The use case: make the mirror of a district what a whole read of it says (Y15, K1).

Both sides come in the order of ids, so that a page of the read is laid beside the same range of
our rows: equal digests are equal records, and on most nights nothing is decoded or written. What
differs is written in short transactions, each record's digest with its rows: a walk that is cut
off anywhere and begun again ends right (performance.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from portal import clock
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.models.shared import counting, reading, writing
from portal.models.shared.writing import Listing
from portal.providers.deadlines import Lookout
from portal.providers.spools import Spool, SpooledPage
from portal.roster.records import ClassRecord
from portal.roster.sharing import Differences, Kind

Written = TypeVar("Written")

BATCH, CLASS_BATCH, LINK_BATCH = 1_000, 50, 5_000


def match(
    connection: DistrictConnection, spool: Spool, as_of: datetime, told: Callable[[], None]
) -> Differences:
    """Make the mirror what the read says that began at `as_of`; returns by how much it differed.

    `told` hears about once a second that it goes on, and may raise to give it up.
    """
    found = Differences()
    for kind in [each for each in Kind if each not in spool.left_out]:
        found += _Walk(connection, kind, spool, as_of, Lookout(told)).whole()
    counting.count_again(connection)
    write(lambda: connection.matched(as_of))
    return found


class _Walk:
    """One kind's records and our rows, side by side from the first id to the last."""

    def __init__(
        self,
        connection: DistrictConnection,
        kind: Kind,
        spool: Spool,
        as_of: datetime,
        lookout: Lookout,
    ) -> None:
        self._connection = connection
        self._kind = kind
        self._spool = spool
        self._as_of = as_of
        self._lookout = lookout
        self._found = Differences(skipped=spool.anonymous[kind])
        self._listings: list[tuple[Listing, int]] = []
        self._links = 0

    def whole(self) -> Differences:
        """Walk from the first id to the last of either side."""
        last = ""
        for page in self._spool.pages(self._kind):
            self._match(page, last)
            last = page.last
        self._put()
        while gone := reading.ids_after(self._connection, self._kind, last, BATCH):
            self._unshare(gone)
            last = gone[-1]
        return self._found

    def _match(self, page: SpooledPage, after: str) -> None:
        """A page beside our rows of the same range."""
        self._lookout.look()
        theirs = list(zip(page.ids, page.digests, strict=True))
        ours = reading.digests_between(self._connection, self._kind, after, page.last)
        if ours == theirs:
            return
        had = dict(ours)
        strangers: list[str] = []
        for place, (sourced_id, digest) in enumerate(theirs):
            if had.get(sourced_id) != digest and not self._take(page, place):
                strangers += [sourced_id] * (sourced_id not in had)
        self._list_unreadable(strangers)
        self._unshare(sorted(had.keys() - set(page.ids)))

    def _take(self, page: SpooledPage, place: int) -> bool:
        """Decode a record that differs, to be written; whether it can be used."""
        listing = self._spool.understand(self._kind, page.raw(place), page.ids[place])
        if listing is None:
            self._found += Differences(skipped=1)
            return False
        self._listings.append((listing, page.digests[place]))
        self._links += len(listing.student_sourced_ids) if isinstance(listing, ClassRecord) else 0
        if len(self._listings) >= self._batch or self._links >= LINK_BATCH:
            self._put()
        return True

    def _put(self) -> None:
        listings, self._listings, self._links = self._listings, [], 0
        if listings:
            self._found += self._write(writing.put, listings)

    def _unshare(self, sourced_ids: Sequence[str]) -> None:
        """What is ours alone is shared no more, unless a record without an id may be it."""
        if self._spool.anonymous[self._kind]:
            return
        for start in range(0, len(sourced_ids), self._batch):
            gone = sourced_ids[start : start + self._batch]
            self._found += Differences(unshared=self._write(writing.unshare, gone))

    def _list_unreadable(self, sourced_ids: Sequence[str]) -> None:
        """Students nobody has heard of, with a record nobody can use: no section loses them."""
        if sourced_ids and self._kind is Kind.STUDENTS:
            now = clock.now()
            write(lambda: writing.list_unreadable(self._connection, sourced_ids, now, self._as_of))

    def _write(self, verb: Callable[..., Written], records: Sequence[object]) -> Written:
        """One short transaction: others write between it and the next."""
        self._lookout.look()
        return write(lambda: verb(self._connection, self._kind, records, clock.now(), self._as_of))

    @property
    def _batch(self) -> int:
        return CLASS_BATCH if self._kind is Kind.CLASSES else BATCH
