"""`make bench`: every measurement in one run, one table after the other.

`make bench ARGS="sync live"` takes some of them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import clever_page, click, history_page, large_class, mirror, page, section_sync
from bench.large_district import L, M
from bench.live import live_portal
from bench.table import Line, printed
from tests.servers import running_postgres

DATABASES = ("ours", "floor", "counted")


def main(wanted: list[str]) -> int:
    for name in wanted or PARTS:
        with tempfile.TemporaryDirectory(prefix="rosterly-bench-") as folder:
            PARTS[name](Path(folder))
    return 0


def sync(folder: Path) -> None:
    _measure_syncs("SQLite, CPU", *(f"sqlite:///{folder / name}" for name in DATABASES))


def postgresql(_folder: Path) -> None:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except AssertionError as error:
            print(f"\nNot measured on PostgreSQL. {error}")
            return
        _measure_syncs("PostgreSQL, wall", *map(server.create, DATABASES))


def live(folder: Path) -> None:
    with live_portal(folder) as portal:
        _show("The section page of 30 students", page.of_a_section(portal))
        _show("A click; floor: an empty job of RQ", click.to_start(portal))


def memory(folder: Path) -> None:
    _show("A class of 10,000, through the sandbox", large_class.through_the_sandbox(folder))


def clever(folder: Path) -> None:
    title = "The Students tab of the Clever page"
    _show(f"{title} on SQLite", clever_page.of_students(folder))
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except AssertionError as error:
            print(f"\nNot measured on PostgreSQL. {error}")
            return
        beside = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        lines = clever_page.of_students(beside, server.create("clever"))
        _show(f"{title} on PostgreSQL", lines)


def history(folder: Path) -> None:
    title = "The history of a list"
    _show(f"{title} on SQLite", history_page.of_a_list(folder))
    with ExitStack() as stack:
        beside = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        fresh = stack.enter_context(_postgres())
        _show(f"{title} on PostgreSQL", history_page.of_a_list(beside, fresh("history")))


def mirrored(folder: Path) -> None:
    with mirror.arena(folder, _sqlite_in(folder), M) as given:
        _show("A district of 20,000 students on SQLite, CPU", mirror.on_sqlite(given, 3))
        _show("The same, first", mirror.beside_peewee(given))
        _show("The same, killed at a random moment", mirror.killed(given))
    with _postgres() as fresh, mirror.arena(folder, fresh, M) as given:
        _show("The same on PostgreSQL, CPU", mirror.on_postgresql(given, 3))


def mirrored_large(folder: Path) -> None:
    fresh = _sqlite_in(folder)
    with mirror.arena(folder, fresh, M) as small, mirror.arena(folder, fresh, L) as large:
        _show("A district of 200,000 students on SQLite, CPU", mirror.on_sqlite(large, 1))
        _show("What a record costs", mirror.a_record(small, large))
        _show("Far away", mirror.far_away(large))
        _show("Beside another writer", mirror.beside_another_writer(large))
    with _postgres() as fresh, mirror.arena(folder, fresh, L) as large:
        _show("The same on PostgreSQL, CPU", mirror.on_postgresql(large, 1))


def _sqlite_in(folder: Path) -> Callable[[str], str]:
    return lambda name: f"sqlite:///{folder / name}.sqlite3"


@contextmanager
def _postgres() -> Iterator[Callable[[str], str]]:
    with running_postgres() as server:
        yield server.create


def _measure_syncs(database: str, ours: str, floor: str, counted: str) -> None:
    compared = section_sync.against_floor(ours, floor)
    _show(f"A sync on {database}; floor: raw upsert of every row", compared)
    _show(f"A sync of 60 on {database}, beside 50,000 others", section_sync.of_sixty(ours))
    shown = section_sync.against_their_sync(ours)
    _show(f"A preview on {database}; floor: the sync of the same changes", shown)
    undone = section_sync.undos_against_their_sync(ours)
    _show(f"An undo on {database}; floor: the sync that it takes back", undone)
    _show("Statements of a sync; floor: of 30 students", section_sync.statements(counted))


def _show(title: str, lines: Iterable[Line]) -> None:
    for line in printed(title, lines):
        print(line, flush=True)


PARTS = {
    "sync": sync,
    "postgresql": postgresql,
    "live": live,
    "memory": memory,
    "clever-page": clever,
    "history": history,
    "mirror": mirrored,
    "mirror-large": mirrored_large,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
