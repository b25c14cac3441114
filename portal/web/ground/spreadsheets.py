"""Tables to open in a spreadsheet, in which nothing that somebody typed is a formula (A72).

A cell that a spreadsheet would take for something else than text begins with an apostrophe, and
so does one that begins with an apostrophe by itself. Whoever reads a file of ours takes one
apostrophe off where a cell begins with one (`plain_cell`), and has what was here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import regex
from flask import Response, stream_with_context

GUARD = "'"
# What spreadsheets take for the start of a formula, also after what they skip or cannot show.
FORMULA = regex.compile(r"[\s\p{C}\p{Default_Ignorable_Code_Point}]*['=+\-@\t\r\n|%＝＋－＠]")
UNWRITABLE = regex.compile(r"\0")
# Numbers, dates, times and money: digits with nothing beside them but signs and such words.
DIGIT, WORD = regex.compile(r"\p{N}"), regex.compile(r"\p{L}+")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
IN_NUMBERS = frozenset(f"{MONTHS} a am p pm e t z usd eur".split())
TRUTHS = frozenset({"true", "false"})


class OurText(str):
    """Text that we wrote ourselves, such as a moment: a spreadsheet may know it for what it is."""


def safe_cell(value: object) -> str:
    """Text that opens as text: an apostrophe keeps a formula from being one (ASVS 1.2.10).

    Numbers are ours, and stay numbers.
    """
    if isinstance(value, int | float | OurText):
        return str(value)
    text = UNWRITABLE.sub("", str(value))
    return f"{GUARD}{text}" if _is_mistaken(text) else text


def plain_cell(text: str) -> str:
    """What was here, of a cell of a file of ours."""
    return text.removeprefix(GUARD)


def csv_answer(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A file to download, sent row by row; every cell is quoted, so that no separator splits it.

    Excel knows by the first character that it is UTF-8, and LibreOffice proposes it for that.
    """
    answer = Response(stream_with_context(csv_lines(rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "\ufeff"
    for row in rows:
        line = io.StringIO()
        writer = csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow([safe_cell(cell) for cell in row])
        yield line.getvalue()


def _is_mistaken(text: str) -> bool:
    """Whether a spreadsheet may take this text for a formula, a number, a date or a truth."""
    if FORMULA.match(text) or text != text.strip():
        return True
    words = [word.casefold() for word in WORD.findall(text)]
    if DIGIT.search(text):
        return all(word in IN_NUMBERS or word[:3] in IN_NUMBERS for word in words)
    return len(words) == 1 and words[0] in TRUTHS
