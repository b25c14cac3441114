"""Tables to open in a spreadsheet, in which nothing that somebody typed is a formula (A72)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import regex
from flask import Response

# What spreadsheets take for the start of a formula, also after what they skip or cannot show.
FORMULA = regex.compile(r"[\s\p{C}\p{Default_Ignorable_Code_Point}]*[=+\-@\t\r\n|%＝＋－＠]")
UNWRITABLE = regex.compile(r"\0")


def safe_cell(value: object) -> str:
    """Text that opens as text: an apostrophe keeps a formula from being one (ASVS 1.2.10).

    Numbers are ours, and stay numbers.
    """
    if isinstance(value, int | float):
        return str(value)
    text = UNWRITABLE.sub("", str(value))
    return f"'{text}" if FORMULA.match(text) else text


def csv_answer(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A file to download; every cell is quoted, so that no separator of a name splits it."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
