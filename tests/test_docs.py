"""What the documents list is what there is: a list that drifts helps nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import database
from tests.servers import ROOT
from tests.web.routes import UNSAFE, routes

ARCHITECTURE, SETTINGS = ROOT / "docs" / "architecture.md", ROOT / "docs" / "settings.md"
README, MAKEFILE = ROOT / "README.md", ROOT / "Makefile"


def rows_under(title: str, document: Path) -> Iterator[list[str]]:
    """The cells of the table under this heading, without its head."""
    section = document.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    yield from ([cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:])


@pytest.mark.usefixtures("database")
def test_the_architecture_lists_every_table_with_every_column() -> None:
    written = {
        table: re.sub(r" \([^)]*\)", "", columns).split(", ")
        for table, columns in rows_under("Tables", ARCHITECTURE)
    }

    there = set(database.db.get_tables()) - {"schema_migration"}
    assert {table: sorted(columns) for table, columns in written.items()} == {
        table: sorted(column_names(table)) for table in there
    }


def column_names(table: str) -> list[str]:
    """As the models call them: a foreign key without its `_id`."""
    keys = {key.column for key in database.db.get_foreign_keys(table)}
    names = [column.name for column in database.db.get_columns(table) if column.name != "id"]
    return [name.removesuffix("_id") if name in keys else name for name in names]


def test_the_architecture_lists_every_route_with_its_endpoint() -> None:
    written = {
        (method, path, endpoint)
        for addresses, endpoints, _ in rows_under("Routes", ARCHITECTURE)
        for method, path, endpoint in spelled_out(addresses, endpoints)
    }

    there = {
        (each.method, re.sub(r"<(\w+?)_?(?:id|slug)>", plain, each.rule), each.endpoint)
        for each in routes(UNSAFE | {"GET"})
    }
    assert written == there


def plain(placeholder: re.Match[str]) -> str:
    return "<lesson>" if placeholder[1] == "lesson" else "<id>"


def spelled_out(addresses: str, endpoints: str) -> Iterator[tuple[str, str, str]]:
    """One row may hold two methods or two addresses; the endpoints are in the same order."""
    methods = re.findall(r"[A-Z]+", addresses.partition("/")[0])
    paths = re.findall(r"/[^\s,]*", addresses)
    for path, endpoint in zip(paths, endpoints.split(", "), strict=True):
        yield from ((method, path, endpoint) for method in methods)


def test_the_readme_lists_every_make_target() -> None:
    there = set(re.findall(r"^([a-z]+):.*##", MAKEFILE.read_text(), re.M)) - {"help"}
    try_it = README.read_text().partition("## Try it")[2].partition("\n## ")[0]
    written = set(re.findall(r"^make (\w+)", try_it, re.M))
    written |= set(re.findall(r"`(\w+)`", try_it.partition("lists the\nrest: ")[2]))

    assert written == there


def test_the_readme_leads_to_every_document() -> None:
    linked = set(re.findall(r"\(docs/([\w-]+\.md)\)", README.read_text()))

    assert linked == {document.name for document in (ROOT / "docs").glob("*.md")}


def test_every_setting_is_described_and_no_other() -> None:
    code = (ROOT / "portal" / "settings.py").read_text()
    read = set(re.findall(r'environ(?:, |\.get\()"([A-Z_]+)"', code))
    described = set(re.findall(r"^\| (`[^|]+) \|", SETTINGS.read_text(), re.M))

    assert {name for cell in described for name in re.findall(r"`([A-Z_]+)`", cell)} == read
