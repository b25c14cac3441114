"""Text with every character that is drawn like a plain letter or digit turned into it."""

from __future__ import annotations

import unicodedata

from portal.roster.names import fold

# From Unicode's confusables (UTS 39): the Cyrillic, Greek and Armenian letters that a reader takes
# for Latin ones, capitals and small letters apart, because they differ in what they look like.
# (The confusable_homoglyphs package has no such mapping, only yes or no, and loads 900 KB for it.)
TWINS = {
    "АВЕЅІЈКМНОРСТУХҮԌԚԜӀЗЬ": "ABESIJKMHOPCTYXYGQWI3b",
    "авгԁеһзіјкӏмнопрԛсѕтуѵԝх": "abrdeh3ijklmhonpqcstyvwx",
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ": "ABEZHIKMNOPTYX",
    "αγηικνορστυχϳ": "aynikvopotuxj",
    "Օօոսհցզ": "Oonuhgq",
}
LATIN_TWIN = {
    ord(letter): latin
    for letters, twins in TWINS.items()
    for letter, latin in zip(letters, twins, strict=True)
}
# Small letters, because case is folded before: "I", "l", "1", "|" and "O", "0" are one each.
DRAWN_AS_ONE = str.maketrans("il|o", "1110")


def plain(text: str) -> str:
    """Return text as it is compared: folded, other scripts' twins as Latin, every digit as 0-9."""
    latin = fold(unicodedata.normalize("NFKD", text).translate(LATIN_TWIN))
    return "".join(map(_digits, latin))


def drawn(text: str) -> str:
    """Return plain text with the strokes and the rings that look alike as one."""
    return text.translate(DRAWN_AS_ONE)


def _digits(character: str) -> str:
    value = unicodedata.numeric(character, None)
    return character if value is None or not value.is_integer() else str(int(value))
