"""Which class names people confuse: how a name reads once the look-alike letters are one.

The rules are those of experience.md 2.5, "When do we warn?". Two decisions of ours: numbers that
mean different values ("Math 7", "Math 8") make names clearly different, however few letters apart;
and a letter that labels a group ("8A", "8B") is a label like a period, not a spelling.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

# Letters of other scripts that are drawn like Latin ones (from Unicode's confusables, letters only).
HOMOGLYPHS = str.maketrans(
    "АВЕЅІЈКМНОРСТХУабесіјкморстхуѕԁһӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχ",
    "ABESIJKMHOPCTXYabecijkmopctxysdhlABEZHIKMNOPTYXaiKvoptux",
)
DRAWN_AS_ONE = str.maketrans("il|o", "1110")
ROMAN = {
    numeral: str(value)
    for value, numeral in enumerate(
        ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), start=1
    )
}
SLOT_WORDS = frozenset(
    ("p", "pd", "per", "period", "b", "blk", "block", "h", "hr", "hour", "sec", "section")
)
TOKEN = re.compile(r"[^\W_]+|\|")
ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
SLOT_IN_ONE = re.compile(r"(?:p|pd|per|period|b|blk|block|h|hr|hour)(\d+)")
LABEL = re.compile(r"\d+[a-z]|[a-hj-km-np-uwyz]")
SHORT_NAME_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """How a name reads: its words, its numbers (two ways), and what only labels it.

    "II" is 2 to who reads it as a Roman numeral and 11 to who sees two strokes.
    """

    words: str
    numbers: tuple[str, ...]
    numbers_as_drawn: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def of(cls, name: str, surnames: Collection[str] = (), period: str = "") -> Reading:
        tokens = _without(_tokens(name), surnames)
        labels, rest = _take_labels(tokens, _tokens(period))
        numbers = [token for token in rest if _is_number(token)]
        words = "".join(token for token in rest if not _is_number(token))
        return cls(
            words.translate(DRAWN_AS_ONE),
            tuple(ROMAN.get(token) or _drawn(token) for token in numbers),
            tuple(map(_drawn, numbers)),
            labels,
        )

    def alike(self, other: Reading) -> bool:
        """Whether a person may take one name for the other."""
        return (
            self.labels == other.labels
            and self._same_numbers(other)
            and _within(self.words, other.words, self._slips(other))
        )

    def differs_by_label_only(self, other: Reading) -> bool:
        """ "Period 3" beside "Period 4": a normal week, nothing to warn about."""
        return (
            self.labels != other.labels and self.words == other.words and self._same_numbers(other)
        )

    def _same_numbers(self, other: Reading) -> bool:
        return self.numbers == other.numbers or self.numbers_as_drawn == other.numbers_as_drawn

    def _slips(self, other: Reading) -> int:
        return 1 if min(len(self.words), len(other.words)) < SHORT_NAME_LETTERS else 2


def folded(text: str) -> str:
    """Text as it is compared: one case, no accents, look-alike scripts as Latin."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).translate(HOMOGLYPHS))
    return "".join(_digit(char) for char in plain if not unicodedata.combining(char)).casefold()


def _tokens(text: str) -> list[str]:
    return TOKEN.findall(folded(text))


def _digit(char: str) -> str:
    value = unicodedata.digit(char, None)
    return char if value is None else str(value)


def _without(tokens: list[str], surnames: Collection[str]) -> list[str]:
    dropped = {token for surname in surnames for token in _tokens(surname)}
    return [token for token in tokens if token not in dropped]


def _take_labels(tokens: list[str], period: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Split off what only labels a class: its period, block, hour, section, group letter."""
    labels: list[str] = []
    rest: list[str] = []
    while tokens:
        token, *tokens = tokens
        in_one = SLOT_IN_ONE.fullmatch(token)
        if token in SLOT_WORDS and tokens and _may_be_slot(tokens[0]):
            labels.append(_value(tokens.pop(0)))
        elif in_one:
            labels.append(in_one[1])
        elif ORDINAL.fullmatch(token) and tokens and tokens[0] in SLOT_WORDS:
            labels.append(_value(token))
            tokens.pop(0)
        elif LABEL.fullmatch(token) or (rest and not tokens and [token] == period):
            labels.append(token)
        else:
            rest.append(_value(token) if ORDINAL.fullmatch(token) else token)
    return tuple(labels), rest


def _may_be_slot(token: str) -> bool:
    return len(token) == 1 or _is_number(token) or bool(ORDINAL.fullmatch(token))


def _value(token: str) -> str:
    ordinal = ORDINAL.fullmatch(token)
    return ordinal[1] if ordinal else ROMAN.get(token, token)


def _is_number(token: str) -> bool:
    return token in ROMAN or _drawn(token).isdigit()


def _drawn(token: str) -> str:
    return token.translate(DRAWN_AS_ONE)


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
