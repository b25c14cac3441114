"""A page of a list that has many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from peewee import ModelSelect

ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Paged:
    """The rows of one page, and how many there are in all; pages count from 1."""

    rows: Sequence[Any]
    count: int
    page: int
    pages: int

    @classmethod
    def of_list(cls, rows: Sequence[Any], size: int = ROWS_A_PAGE) -> Paged:
        """The page that the address asks for; one beyond the last is the last."""
        page, pages = _page(len(rows), size)
        return cls(rows[(page - 1) * size : page * size], len(rows), page, pages)

    @classmethod
    def of_query(
        cls, query: ModelSelect[Any], size: int = ROWS_A_PAGE, asked_by: str = "page"
    ) -> Paged:
        """The same; `asked_by` tells one list of an address from another."""
        count = query.count()
        page, pages = _page(count, size, asked_by)
        return cls(list(query.paginate(page, size)), count, page, pages)


def _page(count: int, size: int, asked_by: str = "page") -> tuple[int, int]:
    pages = max(1, -(-count // size))
    return min(max(1, request.values.get(asked_by, 1, type=int)), pages), pages
