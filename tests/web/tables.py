"""What is in the database, to tell whether a request changed it."""

from __future__ import annotations

from portal.database import db

Contents = dict[str, list[tuple[object, ...]]]


def contents(*, leaving_out: frozenset[str] = frozenset()) -> Contents:
    """Every row of every table but these."""
    return {table: _rows(table) for table in sorted(set(db.get_tables()) - leaving_out)}


def _rows(table: str) -> list[tuple[object, ...]]:
    return sorted(db.execute_sql(f'SELECT * FROM "{table}"').fetchall(), key=repr)
