"""Names as a teacher types or pastes them: one student a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

import regex

from portal.roster.names import clean_name, display_name, fold

LONGEST_PART = 60


class TypedName(NamedTuple):
    given_name: str
    family_name: str

    @property
    def key(self) -> str:
        """What two spellings of one name have in common."""
        return fold(display_name(*self))


def typed_name(line: str) -> TypedName:
    """ "Ada Byrne" and "Byrne, Ada" are one name; a single word is what the student is called."""
    family, comma, given = clean_name(line).partition(",")
    if not comma:
        given, _, family = family.rpartition(" ")
        given, family = (given, family) if given else (family, "")
    return TypedName(_cut(given), _cut(family))


def typed_names(text: str) -> list[TypedName]:
    """Those of every line with something to read on it, in their order."""
    names = (typed_name(line) for line in regex.split(r"\R", text))
    return [name for name in names if name.key]


def taken(names: Iterable[TypedName], there: Collection[str]) -> list[TypedName]:
    """Those that are on the list already or were typed twice; each is told once."""
    seen, again = set(there), {}
    for name in names:
        if name.key in seen:
            again[name.key] = name
        seen.add(name.key)
    return list(again.values())


def class_list(names: Collection[TypedName]) -> list[str]:
    """Each as first name and initial, with more of the family name where two would be alike.

    Children find themselves in this list, and whoever has the class code sees it: no more of a
    name stands there than it takes.
    """
    longest = max((len(_letters(name)) for name in names), default=0)
    shown: dict[int, str] = {}
    for length in range(1, max(longest, 1) + 1):
        forms = [_shortened(name, length) for name in names]
        seen_as = [fold(form).rstrip(".") for form in forms]
        counts = Counter(seen_as)
        for place, form in enumerate(forms):
            if counts[seen_as[place]] == 1 or length >= longest:
                shown.setdefault(place, form)
    return [shown[place] for place in range(len(shown))]


def _shortened(name: TypedName, length: int) -> str:
    letters = _letters(name)
    cut = length < len(letters) or len(letters) == 1
    return display_name(name.given_name, "".join(letters[:length]) + ("." if cut else ""))


def _letters(name: TypedName) -> list[str]:
    return regex.findall(r"\X", name.family_name)


def _cut(text: str) -> str:
    return text.strip()[:LONGEST_PART].strip()
