"""`make bench`: every measurement in one run, one table after the other.

`make bench ARGS="sync page"` runs some of them.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import click, large_class, page, section_sync
from bench.live import live_portal
from bench.table import Line, printed
from tests.servers import running_postgres


def main(wanted: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="rosterly-bench-") as name:
        folder = Path(name)
        for part in wanted or RUN:
            (folder / part).mkdir()
            RUN[part](folder / part)
    return 0


def sync(folder: Path) -> None:
    _sync("SQLite", *(f"sqlite:///{folder / name}" for name in ("ours", "floor")))


def postgresql(_folder: Path) -> None:
    with running_postgres() as server:
        _sync("PostgreSQL", server.create("ours"), server.create("floor"))


def live(folder: Path) -> None:
    with live_portal(folder) as portal:
        _print("The section page, 30 students", page.of_a_section(portal))
        _print("A click", click.to_start(portal))


def memory(folder: Path) -> None:
    _print("A class of 10,000", large_class.through_the_sandbox(folder))


def _sync(name: str, ours: str, floor: str) -> None:
    _print(
        f"A sync on {name}; floor: raw upsert of every row", section_sync.against_floor(ours, floor)
    )
    _print(f"A class of 60 on {name}", section_sync.of_sixty(ours))
    _print(f"Statements of a sync on {name}", section_sync.statements(ours))


def _print(title: str, lines: Iterable[Line]) -> None:
    for line in printed(title, lines):
        print(line, flush=True)


RUN = {"sync": sync, "postgresql": postgresql, "live": live, "memory": memory}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
