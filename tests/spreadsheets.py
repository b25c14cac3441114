"""A real LibreOffice that opens a file as a person would who presses OK, or worse."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

OFFICE, TABLE, TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text")
)
# Commas, double quotes, UTF-8, from line 1, as in the US: whatever looks like a number or a date
# becomes one, quotes do not make it text, and formulas are worked out.
HARSHEST = "CSV:44,34,76,1,,1033,false,true,false,false,false,-1,true"
SPELT = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}


class Cell(NamedTuple):
    """What stands in a cell, and whether it is plain text."""

    text: str
    is_text: bool


def opened(file: Path, home: Path) -> list[list[Cell]]:
    """The cells of a CSV file as LibreOffice reads them, with a profile of its own."""
    command = ["soffice", "--headless", f"-env:UserInstallation={(home / 'profile').as_uri()}"]
    command += [f"--infilter={HARSHEST}", "--convert-to", "fods", "--outdir", str(home), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    table = ElementTree.parse(home / f"{file.stem}.fods")
    rows = table.iter(f"{TABLE}table-row")
    return [[_cell(each) for each in row.iter(f"{TABLE}table-cell")] for row in rows]


def _cell(cell: ElementTree.Element) -> Cell:
    paragraphs = ("".join(_words(each)) for each in cell.iter(f"{TEXT}p"))
    is_formula = cell.get(f"{TABLE}formula") is not None
    return Cell(
        "\n".join(paragraphs), cell.get(f"{OFFICE}value-type") == "string" and not is_formula
    )


def _words(element: ElementTree.Element) -> Iterator[str]:
    """The text of a paragraph, in which several spaces, tabs and line breaks are elements."""
    yield element.text or ""
    for each in element:
        spaces = int(each.get(f"{TEXT}c", "1")) if each.tag == f"{TEXT}s" else 0
        yield " " * spaces + SPELT.get(each.tag, "")
        yield from _words(each)
        yield each.tail or ""
