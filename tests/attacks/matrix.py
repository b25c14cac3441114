"""The table of docs/access.md: what each route answers to each kind of person (trust.md A58)."""

from __future__ import annotations

from tests.servers import ROOT

TABLE = ROOT / "docs" / "access.md"


def written_matrix() -> dict[str, dict[str, str]]:
    """By route, then by person, in the words of the table."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("|")]
    head, _, *body = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]
    return {route: dict(zip(head[1:], cells, strict=True)) for route, *cells in body}


MATRIX = written_matrix()
