"""Long lists cut at ids we know, so that their pages can be read side by side (goal 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import lt
from typing import Protocol

from portal.providers.http import unusable
from portal.providers.spools import Entry
from portal.roster.sharing import Kind

SPLIT_FROM = 3  # pages


class Known(Protocol):
    """What we have of a district from the last time."""

    def count(self, kind: Kind) -> int:
        """About how many records of a kind there are."""

    def every(self, kind: Kind, step: int) -> Sequence[str]:
        """The id of each `step`-th record in the order of ids, while more follow."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The records of a kind behind one id, up to and with another; None is no end.

    Where everything is as it was each stretch is one page: no request more than without it.
    """

    kind: Kind
    number: int = 0
    after: str = ""
    until: str | None = None

    @property
    def is_whole(self) -> bool:
        return not self.after and self.until is None

    def holds(self, sourced_id: str) -> bool:
        return self.until is None or sourced_id <= self.until

    def refuse_disorder(self, entries: Sequence[Entry], last: str) -> None:
        """A list can be cut only where each id is behind the one before, and the last page's."""
        ids = [last, *(sourced_id for sourced_id, _ in entries)]
        if not self.is_whole and not all(map(lt, ids, ids[1:])):
            raise unusable("a list that cannot be read from an id on")

    def refuse_silence(self, last: str) -> None:
        """Records were behind this id: where none is, the id may be what Clever does not know."""
        if self.after and last == self.after:
            raise unusable("nothing behind an id")


def stretches(kind: Kind, known: Known, size: int) -> list[Stretch]:
    """The whole list, or stretches of a page each where many pages are to be expected."""
    if known.count(kind) <= SPLIT_FROM * size:
        return [Stretch(kind)]
    ends = ["", *known.every(kind, size), None]
    return [
        Stretch(kind, number, after or "", until)
        for number, (after, until) in enumerate(pairwise(ends))
    ]
