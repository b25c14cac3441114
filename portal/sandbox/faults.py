"""Answers that fail on purpose: ordered for the next N requests, each used up once."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.records import Body
from portal.sandbox.store import Store

# Every kind, as the control page words it; the ones wanted most come first. `spoiling` does them.
MEANINGS = {
    "429": "Too many requests (429), free again after the seconds below",
    "500": "Server error (500)",
    "502": "Bad gateway (502), as HTML",
    "503": "Service unavailable (503), as HTML",
    "401": "Token refused (401)",
    "403": "Not allowed (403)",
    "404": "Not found (404), as for what is not shared",
    "html": "A maintenance page in HTML, with status 200",
    "empty": "An empty body, with status 200",
    "cut": "The connection ends in the middle of the body",
    "truncated": "Half the JSON, with an honest length",
    "slow": "The right answer, after the seconds below",
    "drip": "The right answer, drop by drop over the seconds below",
    "no_data": "A list without its data",
    "no_links": "A list without its links",
    "no_records": "A list with no records, links as they were",
    "next_is_self": "A next link that points to the same page",
    "next_elsewhere": "A next link that points to another host",
    "repeated": "The first record of the page twice",
    "repeated_differently": "The first record twice, the second time with another name",
    "foreign": "The last record belongs to another district",
    "body": "The JSON text below, with status 200",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One order: this kind of failure, where the path (with its query) contains the text."""

    kind: str
    times: int = 1
    path_contains: str = "/v3."
    only_later_pages: bool = False
    seconds: float = 2.0
    body: str = ""


def order(store: Store, fault: Fault) -> None:
    store.write(
        "INSERT INTO faults VALUES (NULL, ?, ?, ?, ?, ?, ?)",
        *(fault.kind, fault.times, fault.path_contains),
        *(fault.only_later_pages, fault.seconds, fault.body),
    )


def ordered(store: Store) -> list[Fault]:
    """The orders not used up yet, oldest first."""
    rows = store.rows("SELECT * FROM faults WHERE times_left > 0 ORDER BY id")
    return [_fault(row["times_left"], dict(row)) for row in rows]


def cancel_all(store: Store) -> None:
    store.write("DELETE FROM faults")


def take(store: Store, path_and_query: str) -> Fault | None:
    """Use up one order for this request, oldest first."""
    row = store.row(
        """UPDATE faults SET times_left = times_left - 1 WHERE id = (
            SELECT id FROM faults WHERE times_left > 0 AND instr(?1, path_contains)
                AND (NOT only_later_pages OR instr(?1, 'starting_after='))
            ORDER BY id LIMIT 1) RETURNING *""",
        path_and_query,
    )
    return _fault(row["times_left"], dict(row)) if row else None


def _fault(times: int, row: Body) -> Fault:
    return Fault(
        row["kind"],
        times,
        row["path_contains"],
        bool(row["only_later_pages"]),
        row["seconds"],
        row["body"],
    )
