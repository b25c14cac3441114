"""What differs between names that look alike, so that a page can mark it and say it."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import groupby

import regex

NameParts = tuple[tuple[str, bool], ...]

# Words, and what stands between them; a joiner inside an emoji is no word.
PIECE = regex.compile(r"[^\W_\p{Join_Control}][^\W_]*|[\W_\p{Join_Control}]+")


def mark(names: Sequence[str]) -> list[NameParts]:
    """Return each name in parts, with the words marked that not all the other names have."""
    pieces = [PIECE.findall(name) for name in names]
    return [_parts(own, [other for other in pieces if other != own]) for own in pieces]


def differing_words(parts: NameParts) -> str:
    """Return the marked words of one name, as the page says them: One says "I"."""
    return " … ".join(text for text, differs in parts if differs)


def _parts(own: list[str], others: list[list[str]]) -> NameParts:
    words = {place for place, piece in enumerate(own) if _is_word(piece)}
    differing = {place for other in others for place in words - _matched(own, other)}
    # What stands between two differing words belongs to the difference.
    differing |= {place for place in range(len(own)) if {place - 1, place + 1} <= differing}
    runs = groupby(range(len(own)), key=differing.__contains__)
    return tuple(("".join(own[place] for place in run), differs) for differs, run in runs)


def _matched(own: list[str], other: list[str]) -> set[int]:
    """Return the places of the words that `other` has as well, in the same order."""
    words = [place for place, piece in enumerate(own) if _is_word(piece)]
    against = [piece for piece in other if _is_word(piece)]
    matcher = SequenceMatcher(None, [own[place] for place in words], against, autojunk=False)
    return {
        words[start + step]
        for start, _, size in matcher.get_matching_blocks()
        for step in range(size)
    }


def _is_word(piece: str) -> bool:
    return piece[0].isalnum()
