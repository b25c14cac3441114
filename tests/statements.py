"""Which statements something makes."""

from __future__ import annotations

from collections.abc import Callable

from portal.database import db


def queries(of: Callable[[], object]) -> list[str]:
    seen: list[str] = []
    original = db.obj.execute_sql

    def counted(sql: str, *rest: object, **named: object) -> object:
        seen.append(sql)
        return original(sql, *rest, **named)

    db.obj.execute_sql = counted
    try:
        of()
    finally:
        del db.obj.execute_sql
    return seen
