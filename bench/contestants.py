"""Who carries a roster into the tables: the portal's sync, and the bare driver."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bench.raw_upsert import Place, RawUpsert, Rows
from bench.timing import seconds
from portal import clock, database, holds
from portal.database import connected
from portal.models.syncs.sync_runs import SYNC, RunSource, RunState, SyncRun, Wish
from portal.roster.records import StudentRecord
from portal.sync import sync_section
from portal.undoing import undo
from tests.rosters import RIVERA, account_of, algebra, reading, section_of, students

Roster = Sequence[StudentRecord]


def clock_of_the_work() -> float:
    """CPU seconds where the database is in this process, else seconds on the wall."""
    return time.perf_counter() if database.is_postgresql() else time.process_time()


@contextmanager
def opened(url: str) -> Iterator[None]:
    """The database at this address in use, with its tables."""
    database.init(url)
    database.migrate()
    try:
        with connected():
            yield
    finally:
        database.close()


@dataclass(frozen=True)
class Days:
    """A class of its own students, before and after one name in a hundred has changed."""

    before: Roster
    renamed: Roster
    after: Roster

    @classmethod
    def of(cls, size: int, number: int = 0) -> Days:
        before = students(size, first=number * size + 1)
        renamed = [replace(each, given_name=f"New {each.given_name}") for each in before[::100]]
        same = [each for place, each in enumerate(before) if place % 100]
        return cls(before, renamed, [*renamed, *same])


class Ours:
    """`portal.sync` with a roster in memory for its provider."""

    def __init__(self, class_id: str) -> None:
        self.roster_class = algebra(class_id)
        self.section = section_of(self.roster_class, account_of(RIVERA))

    def sync(self, roster: Roster) -> float:
        """The seconds from a run that waits to a run that is done."""
        return self._carried_out(roster, SYNC, RunState.DONE)

    def preview(self, roster: Roster) -> float:
        """The same to a plan that is shown and not saved (Y5)."""
        return self._carried_out(roster, Wish(preview=True), RunState.PREVIEWED)

    def undo(self) -> float:
        """From the click to the list as it was before the newest run (Y8)."""
        run = SyncRun.latest(self.section)
        assert run is not None
        by = account_of(RIVERA)
        return seconds(lambda: undo(run, by), clock_of_the_work)

    def save_after_all(self) -> None:
        """What was just undone is made again, so that the next day begins where this one ended."""
        run = SyncRun.latest(self.section)
        assert run is not None
        holds.apply_all(run, account_of(RIVERA))

    def _carried_out(self, roster: Roster, wish: Wish, end: RunState) -> float:
        run, _ = SyncRun.request(self.section, RunSource.TEACHER, clock.now(), wish=wish)
        read = reading(*roster, roster_class=self.roster_class)
        took = seconds(lambda: sync_section(run, read), clock_of_the_work)
        assert SyncRun.get_by_id(run.id).state == end
        return took


class Floor:
    """The same rows through the driver; call in the database where the section shall be."""

    def __init__(self, class_id: str, upsert: RawUpsert) -> None:
        section = section_of(algebra(class_id), account_of(RIVERA))
        run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
        self._place = Place(section.id, run.id)
        self._upsert = upsert

    def sync(self, roster: Roster, changed: Roster) -> float:
        rows = Rows.of(self._place, roster, changed)
        return seconds(lambda: self._upsert.put(rows), clock_of_the_work)
