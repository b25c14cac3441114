"""What every table shares: the database, the kind of id that may leave the server, and time."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from peewee import BigIntegerField, Model, ModelSelect

from portal.database import db

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcDateTimeField(BigIntegerField):
    """An aware datetime, kept as whole microseconds since 1970 UTC: equal on both databases."""

    def db_value(self, value: datetime | int | None) -> int | None:
        return to_microseconds(value) if isinstance(value, datetime) else value

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else from_microseconds(value)


class BaseModel(Model):
    """A table of ours."""

    id: Any

    class Meta:
        database = db
        legacy_table_names = False
        only_save_dirty = True  # A save never writes back what another request has changed (A44).


def tuples_of(query: ModelSelect[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples: no objects are made where only a list is shown."""
    return [tuple(row) for row in query.tuples()]


def new_public_id() -> str:
    """An id that may be shown: 96 random bits, so that none can be guessed from another (A64)."""
    return secrets.token_urlsafe(12)


def to_microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(value: int) -> datetime:
    return EPOCH + value * MICROSECOND
