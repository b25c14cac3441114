"""Ids as Clever makes them: 24 hex characters that ascend by creation (clever-platform 3.5)."""

from __future__ import annotations

import re
from hashlib import blake2b

FIRST_STAMP = 0x64A00000
ID = re.compile(r"[0-9a-f]{24}\Z")


class IdSequence:
    """Hands out ascending ids; the same place and first number give the same ids again."""

    def __init__(self, place: str, stamp: int = FIRST_STAMP, first: int = 1) -> None:
        self._prefix = f"{stamp:08x}{blake2b(place.encode(), digest_size=5).hexdigest()}"
        self._number = first

    def next(self) -> str:
        made = f"{self._prefix}{self._number:06x}"
        self._number += 1
        return made
