"""What one run changed, by name and by kind, page by page (Y8)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from peewee import SQL, Case, fn

from portal.models.accounts import Account
from portal.models.base import tuples_of
from portal.models.syncs.histories import runs_by_key
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import SyncRun

CHANGES_A_PAGE = 50
MOVED = "moved"  # Removed from here, and in another section of the same teachers since.
KINDS = (
    ChangeKind.ADDED,
    ChangeKind.REMOVED,
    MOVED,
    ChangeKind.RENAMED,
    ChangeKind.REFRESHED,
    ChangeKind.HELD_ADDITION,
    ChangeKind.HELD_REMOVAL,
    ChangeKind.HELD_RENAME,
)


@dataclass(frozen=True, slots=True)
class ChangesOfKind:
    """The students with one kind of change, `count` in all, `changes` on this page."""

    kind: str
    count: int
    changes: Sequence[SyncChange]


@dataclass(frozen=True, slots=True)
class RunChanges:
    """A page of a run's changes; `undoings` are the runs that took some back, by their keys."""

    kinds: Sequence[ChangesOfKind]
    undoings: Mapping[int, SyncRun]
    page: int
    pages: int

    @classmethod
    def of(cls, run: SyncRun, page: int) -> RunChanges:
        counts = _counts(run)
        pages = max(1, -(-sum(counts.values()) // CHANGES_A_PAGE))
        page = min(max(1, page), pages)
        changes = _changes(run, page)
        return cls(tuple(_by_kind(changes, counts)), undoings_of(changes), page, pages)


def undoings_of(changes: Collection[SyncChange]) -> dict[int, SyncRun]:
    """The runs that took any of these back, by their keys."""
    return runs_by_key(each.undone_by_id for each in changes if each.undone_by_id)


def kind_of(change: SyncChange) -> str:
    """Its kind, where who left for another section of the same teachers has moved."""
    has_moved = change.kind == ChangeKind.REMOVED and change.moved_to
    return MOVED if has_moved else str(change.kind)


def _changes(run: SyncRun, page: int) -> list[SyncChange]:
    """A run is over: its changes are the same on each page that is turned."""
    found = (
        SyncChange.select(SyncChange, Account)
        .join(Account)
        .where(SyncChange.run == run)
        .order_by(_rank(), Account.sort_name, SyncChange.id)
    )
    return list(found.paginate(page, CHANGES_A_PAGE))


def _counts(run: SyncRun) -> dict[str, int]:
    kind = _kind().alias("of_kind")
    counted = SyncChange.select(kind, fn.COUNT(SyncChange.id)).where(SyncChange.run == run)
    return dict(tuples_of(counted.group_by(SQL("of_kind"))))


def _by_kind(changes: Sequence[SyncChange], counts: Mapping[str, int]) -> Iterator[ChangesOfKind]:
    for kind, some in groupby(changes, key=kind_of):
        yield ChangesOfKind(kind, counts.get(kind, 0), tuple(some))


def _kind() -> Any:
    has_moved = (SyncChange.kind == ChangeKind.REMOVED) & (SyncChange.moved_to != "")
    return Case(None, ((has_moved, MOVED),), SyncChange.kind)


def _rank() -> Any:
    return Case(_kind(), tuple((str(kind), rank) for rank, kind in enumerate(KINDS)), len(KINDS))
