"""Statements that are written once a process, for what every request and every sync asks.

peewee takes 0.2 to 0.7 ms to write a statement that SQLite answers in 0.02. The text is the same
each time, only the values change (performance.md, goals 9 and 10).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from peewee import Context, Node

from portal.database import db
from portal.models.base import BaseModel, to_microseconds


class Prepared:
    """A query of peewee's with a slot for every argument of `build`, and the ways to ask it.

    `build` runs once for each kind of database and each set of arguments; it may not look at
    them, and what it writes may depend on nothing else.
    """

    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build
        self._written: dict[tuple[type, frozenset[str]], tuple[Any, str, list[Any]]] = {}

    def all(self, **values: Any) -> list[Any]:
        query, cursor = self._execute(values)
        return list(query._get_cursor_wrapper(cursor))

    def first(self, **values: Any) -> Any | None:
        """The first row, or None; where there may be many, the query has a limit."""
        return next(iter(self.all(**values)), None)

    def change(self, **values: Any) -> int:
        """Carry out a statement that writes; returns how many rows it changed."""
        _, cursor = self._execute(values)
        changed: int = cursor.rowcount
        return changed

    def _execute(self, values: dict[str, Any]) -> tuple[Any, Any]:
        query, sql, parameters = self._statement(frozenset(values))
        stored = [_stored(values[each]) if isinstance(each, _Slot) else each for each in parameters]
        return query, db.execute_sql(sql, stored)

    def _statement(self, names: frozenset[str]) -> tuple[Any, str, list[Any]]:
        key = type(db.obj), names
        if key not in self._written:
            query = self._build(**{name: _Value(name) for name in names})
            self._written[key] = query, *query.sql()
        return self._written[key]


class _Value(Node):
    """Stands in a query for a value that is known when it is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __sql__(self, ctx: Context) -> Context:
        written: Context = ctx.value(_Slot(self.name), converter=False)
        return written


class _Slot(str):
    """A value's place among a statement's parameters."""


def _stored(value: Any) -> Any:
    """As the tables hold it."""
    if isinstance(value, datetime):
        return to_microseconds(value)
    return value.id if isinstance(value, BaseModel) else value
