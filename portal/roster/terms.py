"""From one term to the next: which new class goes on with one that is over (N9)."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from portal.roster.alike import ClassName
from portal.roster.names import fold

MANY_SHARED = 0.5
YEAR = r"(?:19|20)\d\d"
NAMED = r"semester|sem|trimester|quarter|term|semestre|trimestre"
ORDINAL = r"first|second|third|fourth|1st|2nd|3rd|4th|primer|segundo|tercer"
# What a name says of its term: a year, a season, "Semester 2", "2nd quarter", "S1".
TERM = re.compile(
    rf"\b{YEAR}(?:\s*[-–/]\s*(?:{YEAR}|\d\d))?\b"
    r"|\b(?:fall|autumn|winter|spring|summer|otoño|invierno|primavera|verano)\b(?:\s*['’]?\d\d\b)?"
    rf"|\b(?:{NAMED})\.?\s*(?:[1-4]|i{{1,3}}v?|iv)\b"
    rf"|\b(?:{ORDINAL})\s+(?:{NAMED})\b"
    r"|\b[sqt][1-4]\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PastClass:
    """A class that is over, as its section knows it."""

    key: str
    name: str
    students: frozenset[str]


@dataclass(frozen=True, slots=True)
class NextClass:
    """A class of the new term."""

    key: str
    name: str
    students: frozenset[str]


def names_a_term(name: str, term_name: str = "") -> bool:
    """Whether a name would be wrong a term later."""
    known = fold(term_name).strip()
    return bool(TERM.search(name)) or bool(known and known in fold(name))


def continuations(
    past: Sequence[PastClass], coming: Sequence[NextClass], surnames: Collection[str]
) -> dict[str, str]:
    """By the key of a new class, that of the one over that it most likely goes on with.

    Each has one at most: the same name before the same students, those before the same name of
    another period. What is like nothing goes on with nothing.
    """
    likely = sorted(
        (_likeness(before, after, surnames), -place, before.key, after.key)
        for place, before in enumerate(past)
        for after in coming
    )
    pairs: dict[str, str] = {}
    for likeness, _, before_key, after_key in reversed(likely):
        if any(likeness) and after_key not in pairs and before_key not in pairs.values():
            pairs[after_key] = before_key
    return pairs


def _likeness(
    before: PastClass, after: NextClass, surnames: Collection[str]
) -> tuple[bool, bool, bool, float]:
    one, other = (ClassName.of(_timeless(each.name), surnames) for each in (before, after))
    shared = _shared(before.students, after.students)
    stays = shared >= MANY_SHARED
    return one.confusable_with(other), stays, one.beside(other), shared if stays else 0.0


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """How much of the larger class is in the other one: in a band of all grades is everybody."""
    most = max(len(one), len(other))
    return len(one & other) / most if most else 0.0


def _timeless(name: str) -> str:
    rest = TERM.sub(" ", name)
    return rest if re.search(r"[^\W\d_]", rest) else name
