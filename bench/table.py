"""The printed table: what was measured, its floor, their ratio and the goal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

HEADS = ("", "ours", "floor", "ratio", "goal")


@dataclass(frozen=True)
class Line:
    """One measurement; `floor` is a figure of the same unit, taken in the same minute."""

    what: str
    ours: float
    unit: str
    floor: float | None = None
    goal: str = ""

    def cells(self) -> tuple[str, ...]:
        ratio = f"{self.ours / self.floor:.2f}x" if self.floor else ""
        floor = "" if self.floor is None else self._shown(self.floor)
        return (self.what, self._shown(self.ours), floor, ratio, self.goal)

    def _shown(self, value: float) -> str:
        precise = value < 100 and value != int(value)
        return f"{value:.3g} {self.unit}" if precise else f"{value:,.0f} {self.unit}".rstrip()


def milliseconds(what: str, ours: float, floor: float | None = None, goal: str = "") -> Line:
    """A line of two durations given in seconds."""
    return Line(what, ours * 1000, "ms", None if floor is None else floor * 1000, goal)


def printed(title: str, lines: Iterable[Line]) -> Iterator[str]:
    """The lines of one table, its columns aligned."""
    rows = [HEADS, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    yield f"\n{title}"
    for row in rows:
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        yield "  " + "   ".join(cells).rstrip()
