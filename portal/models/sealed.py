"""Every sealed column there is, so that a key of SECRET_KEY can be replaced (V23)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from peewee import Field

from portal.models.base import tuples_of
from portal.models.districts import DistrictConnection
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.library_tokens import LibraryToken
from portal.sealing import Purpose

COLUMNS: tuple[tuple[Field, Purpose], ...] = (
    (DistrictConnection.sealed_token, Purpose.TOKENS),
    (LibraryToken.sealed_token, Purpose.TOKENS),
    (StudentSecret.sealed_secret, Purpose.SECRETS),
)


class Sealed(NamedTuple):
    """One sealed value where it stands."""

    column: Field
    purpose: Purpose
    key: int
    text: str

    def replace(self, text: str) -> bool:
        """Put another seal in its place, unless it was changed meanwhile."""
        table = self.column.model
        same = (table.id == self.key) & (self.column == self.text)
        return bool(table.update({self.column: text}).where(same).execute())


def everything_sealed() -> Iterator[Sealed]:
    for column, purpose in COLUMNS:
        table = column.model
        for key, text in tuples_of(table.select(table.id, column).where(column != "")):
            yield Sealed(column, purpose, key, text)
