"""Names and ids as providers send them, made safe to store, show, compare and sort."""

from __future__ import annotations

import unicodedata

import regex

LONGEST_NAME = 200
LONGEST_ID = 64
ID_PATTERN = regex.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_ID}}}")

# Scripts whose spelling needs the zero-width joiners (Unicode Standard, 23.2).
JOINING_LETTER = (
    r"[[\p{Arab}\p{Syrc}\p{Nkoo}\p{Mong}\p{Deva}\p{Beng}\p{Guru}\p{Gujr}\p{Orya}\p{Taml}"
    r"\p{Telu}\p{Knda}\p{Mlym}\p{Sinh}\p{Khmr}\p{Mymr}\p{Tibt}]&&\p{L}]"
)
PICTURE = r"\p{Extended_Pictographic}"

SURROGATE = regex.compile(r"[\ud800-\udfff]")
# Controls, all bidi controls (UAX 9), and the characters that take no room and spell nothing.
# Tag letters can hide whole sentences: only those that make a flag (UTS 51, ED-14a) are kept.
FLAG = r"(\U0001f3f4[\U000e0030-\U000e007a]{3,6}\U000e007f)"
UNSEEN = regex.compile(
    rf"{FLAG}|[[\p{{Cc}}--\s]\p{{Bidi_Control}}\u00ad\u034f\u180e\u200b\u2060-\u2064"
    r"\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]",
    regex.V1,
)
STRAY_JOINER = regex.compile(
    rf"(?<!{JOINING_LETTER}\p{{M}}*)(?<![{PICTURE}\p{{Emoji_Modifier}}\ufe0f])\u200d"
    rf"|(?<=[{PICTURE}\p{{Emoji_Modifier}}\ufe0f])\u200d(?!{PICTURE})"
    rf"|(?<!{JOINING_LETTER}\p{{M}}*)\u200c|\u200c(?!{JOINING_LETTER})",
    regex.V1,
)
# Blanks that do not count as white space: braille blank and the Hangul fillers.
BLANK = regex.compile(r"[\s\u2800\u3164\uffa0]+")
VISIBLE = regex.compile(r"[^\p{Default_Ignorable_Code_Point}\s\u2800]")
ACCENT = regex.compile(r"[\p{M}&&\p{Zinh}]", regex.V1)
# Letters that look accented but do not come apart under NFKD, and the curly apostrophe.
PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"’": "'"}
)


def clean_name(text: str) -> str:
    """Return the name in one safe spelling, "" when nothing of it can be seen (trust M24-M33)."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_NAME:
        return " ".join(text.split())

    # NFC on both sides: accents must not change which joiners are strays, and may meet after.
    text = unicodedata.normalize("NFC", SURROGATE.sub("\ufffd", text))
    text = STRAY_JOINER.sub("", UNSEEN.sub(r"\1", text))
    text = unicodedata.normalize("NFC", BLANK.sub(" ", text).strip())
    text = _cut(text)
    return text if VISIBLE.search(text) else ""


def clean_id(value: object) -> str | None:
    """Return a provider's id, or None for what cannot be one (trust M21-M23).

    A number is refused, not turned into text: Clever's ids are strings, and one id in two
    types would make two students of one.
    """
    if not isinstance(value, str):
        return None
    # The ids of a whole district pass here: the common ones by the shorter way.
    plain = len(value) <= LONGEST_ID and value.isascii() and value.isalnum()
    return value if plain or ID_PATTERN.fullmatch(value) else None


def display_name(given: str, family: str) -> str:
    """Return both names as one; "" for a student without a name, which the page words (M24)."""
    return f"{given} {family}".strip()


def short_name(given: str, family: str) -> str:
    """Return a name short enough for a list of examples: "Aaliyah B." (experience 2.5)."""
    initial = regex.match(r"\X", family)
    return f"{given} {initial[0]}." if given and initial else given or family


def is_spelled_out(initial: str, family: str) -> bool:
    """Whether a family name is the same, or the one that an initial stood for: "C", "C."."""
    letter = initial.removesuffix(".")
    return initial == family or (
        regex.fullmatch(r"\X", letter) is not None and fold(family).startswith(fold(letter))
    )


def sort_key(given: str, family: str) -> str:
    """Return what sorts by family, then given name; a single name counts as the family's."""
    # A tab sorts before the space inside "Li Xiu", so that every "Li" comes first.
    return f"{fold(family or given)}\t{fold(given)}"


def fold(text: str) -> str:
    """Return text as people compare it: without case, accents or compatibility forms."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return ACCENT.sub("", decomposed).translate(PLAIN_LETTERS)


def _cut(text: str) -> str:
    """Cut a long name between graphemes, so that no letter or emoji is halved (trust M26)."""
    if len(text) <= LONGEST_NAME:
        return text

    ends = [match.end() for match in regex.finditer(r"\X", text[: LONGEST_NAME + 1])]
    whole = max((end for end in ends if end <= LONGEST_NAME), default=LONGEST_NAME)
    return text[:whole].rstrip(" \u200c\u200d")
