"""Which class names people confuse: the rules of experience.md 2.5, "When do we warn?".

Three decisions of ours on top of them, so that a warning means something:

* Labels are not spellings. Numbers of different value ("Math 7", "Math 8") and different words of
  up to three letters ("ELA", "ELD"; "AM", "PM") make names clearly different, however few letters
  apart. A label that only one of two names has counts as letters ("Spanish", "Spanish 1").
* A letter that stands alone, or behind a number, tells groups apart as a period does ("8A", "8B").
* "II" is 2 to who reads a numeral and 11 to who sees two strokes: names are alike in either way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from portal.roster.glyphs import drawn, plain

SHORT_NAME_LETTERS = 8
LONGEST_LABEL = 3
ONE_TO_TWELVE = (
    "i ii iii iv v vi vii viii ix x xi xii",
    "one two three four five six seven eight nine ten eleven twelve",
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
)
NUMERALS = {
    word: str(value) for words in ONE_TO_TWELVE for value, word in enumerate(words.split(), start=1)
}

TOKEN = re.compile(r"\d+|[^\W\d_]+")
ORDINAL_ENDING = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
# "Math | Period 3": a bar between words parts them; elsewhere it is drawn for an I.
PARTING_BAR = re.compile(r"(?<=\s)\|(?=\s+\w)")
SLOT_WORD = r"(?:p|pd|per|prd|period|blk|block|hr|hour|sec|sect|section)s?"
SLOT_NUMBER = r"\d+(?:[-/&+]\d+)*[a-z]?"
SLOT_LETTERS = r"[a-z]|[ilvx]+"
# What tells groups of one class apart: its period, block, hour, section number or group letter.
SLOTS = (
    re.compile(rf"\b{SLOT_WORD}[\s.:#-]*({SLOT_NUMBER})(?:st|nd|rd|th)?\b"),
    re.compile(rf"\b(?!ps?\b){SLOT_WORD}[\s.:#-]+({SLOT_LETTERS})\b"),
    re.compile(rf"\b(?:(\d+)(?:st|nd|rd|th)|([a-h]))\s+{SLOT_WORD}\b"),
    # Clever builds names as course - teacher - period: the last part may be a bare number.
    re.compile(rf"(?:\s[-–—/:]+\s*|\()#?({SLOT_NUMBER}|{SLOT_LETTERS})\)?\s*$"),
    # Not the letters that may be a numeral or a zero (i, l, o, v, x), and not "'s".
    re.compile(r"(?<![^\W\d_])(?<!')([a-hjkmnp-uwyz])(?![^\W_])"),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name: all of it, its core, the core's labels, and its slots."""

    whole: str
    core: str
    labels: Counter[str]
    slots: tuple[str, ...]

    def confusable_with(self, other: Reading) -> bool:
        if self.whole == other.whole:
            return True
        if self.slots != other.slots or not (self.core or self.slots):
            return False
        return self.core == other.core or self._slip_of(other)

    def beside(self, other: Reading) -> bool:
        """Whether nothing but the slot differs: "Period 3" beside "Period 4" is a normal week."""
        return self.core == other.core and self.slots != other.slots

    def _slip_of(self, other: Reading) -> bool:
        shorter = min(len(self.core), len(other.core))
        contradict = self.labels - other.labels and other.labels - self.labels
        slips = 1 if shorter < SHORT_NAME_LETTERS else 2
        return shorter > 0 and not contradict and _within(self.core, other.core, slips)


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class name as people read it, as a numeral's value and as strokes."""

    as_numerals: Reading
    as_drawn: Reading

    @classmethod
    def of(cls, name: str, surnames: Collection[str] = ()) -> ClassName:
        text = PARTING_BAR.sub("-", plain(name)).replace("|", "l").replace("_", " ")
        text = _without_surnames(text, surnames)
        return cls(_read(text, NUMERALS), _read(text, {}))

    def confusable_with(self, other: ClassName) -> bool:
        """Whether a person may take one name for the other."""
        return self.as_numerals.confusable_with(other.as_numerals) or self.as_drawn.confusable_with(
            other.as_drawn
        )

    def beside(self, other: ClassName) -> bool:
        """Whether the names differ by their slot alone, which is nothing to warn about."""
        return not self.confusable_with(other) and (
            self.as_numerals.beside(other.as_numerals) or self.as_drawn.beside(other.as_drawn)
        )


def _without_surnames(text: str, surnames: Collection[str]) -> str:
    """Drop the teachers' surnames, but not the only words a name has."""
    known = sorted(filter(None, map(_surname_pattern, surnames)), key=len, reverse=True)
    rest = re.sub("|".join(known), " - ", text) if known else text
    return rest if re.search(r"[^\W\d_]", rest) else text


def _surname_pattern(surname: str) -> str:
    # Clever Library gives an initial for a surname; that is no word to drop.
    return rf"\b{re.escape(plain(surname))}\b" if len(surname.strip(". ")) > 1 else ""


def _read(text: str, numerals: dict[str, str]) -> Reading:
    core, slots = text, []
    for slot in SLOTS:
        slots += [next(filter(None, found.groups())) for found in slot.finditer(core)]
        core = slot.sub(" ", core)
    return Reading(
        _spell(text, numerals) or text,  # a name of pictures only is compared as it is
        _spell(core, numerals),
        Counter(_token(each, numerals) for each in _tokens(core) if _is_label(each)),
        tuple(sorted(_spell(slot, numerals) for slot in slots)),
    )


def _spell(text: str, numerals: dict[str, str]) -> str:
    return "".join(_token(each, numerals) for each in _tokens(text))


def _tokens(text: str) -> list[str]:
    return TOKEN.findall(ORDINAL_ENDING.sub("", text))


def _token(token: str, numerals: dict[str, str]) -> str:
    if token.isdigit():
        return token.lstrip("0") or "0"
    return numerals.get(token) or numerals.get(token.replace("l", "i")) or drawn(token)


def _is_label(token: str) -> bool:
    return token.isdigit() or len(token) <= LONGEST_LABEL or token in NUMERALS


def _within(one: str, other: str, most: int) -> bool:
    """Whether at most `most` letters must be added, dropped or changed (Levenshtein)."""
    if abs(len(one) - len(other)) > most:
        return False

    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        above, row = row, [number]
        for place, against in enumerate(other, start=1):
            row.append(min(above[place] + 1, row[-1] + 1, above[place - 1] + (letter != against)))
    return row[-1] <= most
