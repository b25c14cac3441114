"""A section's sync, database part (performance.md, goal 9).

The provider is a roster in memory, so what is measured is everything but the read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from bench.contestants import Days, Floor, Ours, opened
from bench.raw_upsert import RawUpsert
from bench.table import Line, milliseconds
from bench.timing import p50, p99
from portal.database import db

ROUNDS = {30: 15, 10_000: 3}
KINDS = ("first", "unchanged", "1 % changed")
UNDOABLE = ("first", "1 % changed")
COUNTED = (30, 1_000, 10_000)
DAYS = 100


def against_floor(url: str, floor_url: str) -> Iterator[Line]:
    """First, unchanged and changed, each in turn with a raw upsert of every row."""
    for size, rounds in ROUNDS.items():
        with opened(floor_url):
            upsert = RawUpsert(floor_url)
            floors = [Floor(f"{size}-{number}", upsert) for number in range(rounds)]
        with opened(url):
            turns = [_turns(size, number, floor) for number, floor in enumerate(floors)]
        upsert.close()
        for kind, column in zip(KINDS, zip(*turns, strict=True), strict=True):
            ours, floor = (median(side) for side in zip(*column, strict=True))
            yield milliseconds(f"{size:,} students, {kind}", ours, floor)


def _turns(size: int, number: int, floor: Floor) -> list[tuple[float, float]]:
    """Ours and the floor, in turn, for each kind of sync."""
    days = Days.of(size, number)
    ours = Ours(f"{size}-{number}")
    return [
        (ours.sync(days.before), floor.sync(days.before, days.before)),
        (ours.sync(days.before), floor.sync(days.before, [])),
        (ours.sync(days.after), floor.sync(days.after, days.renamed)),
    ]


def of_sixty(url: str) -> Iterator[Line]:
    """A class of 60 day after day: one name changes, then nothing does."""
    days = Days.of(60)
    with opened(url):
        ours = Ours("sixty")
        ours.sync(days.before)
        rosters = (days.after, days.before) * (DAYS // 2)
        took = [(ours.sync(roster), ours.sync(roster)) for roster in rosters]
    changed, unchanged = zip(*took, strict=True)
    for kind, seconds in (("one renamed", changed), ("unchanged", unchanged)):
        yield milliseconds(f"{kind}, p50", p50(seconds), goal="5 ms")
        yield milliseconds(f"{kind}, p99", p99(seconds), goal="10 ms")


def against_their_sync(url: str) -> Iterator[Line]:
    """A preview beside the sync of the very same changes (issue 5: no more than that costs)."""
    with opened(url):
        for size, rounds in ROUNDS.items():
            turns = [_previewed(size, number) for number in range(rounds)]
            for kind, column in zip(KINDS, zip(*turns, strict=True), strict=True):
                preview, sync = (median(side) for side in zip(*column, strict=True))
                yield milliseconds(f"{size:,} students, {kind}", preview, sync, goal="1x")


def _previewed(size: int, number: int) -> list[tuple[float, float]]:
    days, ours = Days.of(size, number), Ours(f"previewed-{size}-{number}")
    rosters = (days.before, days.before, days.after)
    return [(ours.preview(roster), ours.sync(roster)) for roster in rosters]


def undos_against_their_sync(url: str) -> Iterator[Line]:
    """An undo beside the sync whose changes it takes back (issue 5: no more than that costs)."""
    with opened(url):
        for size, rounds in ROUNDS.items():
            turns = [_undone(size, number) for number in range(rounds)]
            for kind, column in zip(UNDOABLE, zip(*turns, strict=True), strict=True):
                undo, sync = (median(side) for side in zip(*column, strict=True))
                yield milliseconds(f"{size:,} students, {kind}", undo, sync, goal="1x")


def _undone(size: int, number: int) -> list[tuple[float, float]]:
    """The undo and its sync: of a whole class that came, and of names that changed."""
    days, ours = Days.of(size, number), Ours(f"undone-{size}-{number}")
    turns = []
    for roster in (days.before, days.after):
        sync = ours.sync(roster)
        turns.append((ours.undo(), sync))
        ours.save_after_all()
    return turns


def statements(url: str) -> Iterator[Line]:
    """How many statements each kind of sync makes, of many students and of the fewest."""
    with opened(url):
        counts = [_counts(size) for size in COUNTED]
    for kind, column in zip(KINDS, zip(*counts, strict=True), strict=True):
        for size, count in zip(COUNTED[1:], column[1:], strict=True):
            yield Line(f"{size:,} students, {kind}", count, "", column[0], "1x")


def _counts(size: int) -> list[int]:
    days, ours = Days.of(size, number=1), Ours(f"counted-{size}")
    rosters = (days.before, days.before, days.after)
    return [_counted(partial(ours.sync, roster)) for roster in rosters]


def _counted(step: Callable[[], object]) -> int:
    seen: list[object] = []
    db.obj.query_hooks.append(seen.append)
    try:
        step()
    finally:
        db.obj.query_hooks.remove(seen.append)
    return len(seen)
