"""Which of a teacher's classes can be added in one go, and which are chosen by hand (N6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.roster.picker import ClassRow, ClassState, GroupKind, Picker


@dataclass(frozen=True, slots=True)
class Offered:
    """A class that is not over; `by_hand` looks like another, `clear` is ticked beforehand."""

    row: ClassRow
    by_hand: bool

    @property
    def clear(self) -> bool:
        """Nothing speaks against it: experience.md 2.3 says when a class is safe."""
        row = self.row
        return (
            not self.by_hand
            and row.state in (ClassState.ON_NOW, ClassState.UNKNOWN)
            and row.student_count > 0
            and row.is_main_teacher
            and row.section is None
        )


def offered(picker: Picker) -> tuple[Offered, ...]:
    """Every class of the picker but those that are over or hidden, in its order."""
    return tuple(each for each in everything(picker) if each.row.state is not ClassState.ENDED)


def everything(picker: Picker) -> Iterator[Offered]:
    """The same with those that are over, and without the hidden ones."""
    for group in picker.current + picker.past:
        for row in group.rows:
            yield Offered(row, group.kind is not GroupKind.PLAIN)
