"""Looks whether the audit log is as it was written, and reads it out (V10)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from portal.database import execute, one_moment
from portal.models.audit import AuditHead, digest_of
from portal.models.base import from_microseconds, to_microseconds

ROWS_AT_ONCE = 5_000
BEFORE_ALL = -(2**63)


class Anchor(NamedTuple):
    """How long the log was and its last digest, as noted somewhere else: `12:a3f…`."""

    length: int
    digest: str

    @classmethod
    def read(cls, written: str) -> Anchor:
        """Raises ValueError when it is none."""
        length, _, digest = written.partition(":")
        return cls(int(length), digest)

    def __str__(self) -> str:
        return f"{self.length}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Checked:
    """How far the chain holds; `misfit` is the number of the first event that does not fit."""

    head: Anchor
    misfit: int | None = None


def head() -> Anchor:
    """The log's end as it is now."""
    found = AuditHead.select(AuditHead.count, AuditHead.digest).tuples().first()
    return Anchor(*found) if found else Anchor(0, "")


def check(anchor: Anchor | None = None) -> Checked:
    """Follow the chain from its first event to its head, and past `anchor` if there is one."""
    with one_moment():
        end, count, digest = head(), 0, ""
        for number, *content, written in _rows():
            count += 1
            digest = digest_of(digest, count, *content)
            if (number, written) != (count, digest) or _misses(anchor, count, digest):
                return Checked(end, count)
        if end != (count, digest):
            return Checked(end, min(end.length, count) + 1)
        return Checked(end, count + 1 if anchor and anchor.length > count else None)


def events(since: datetime, action: str = "") -> Iterator[dict[str, Any]]:
    """The events from then on, in their order, as plain values: ids and counts, no names."""
    condition = "at >= ?" + (" AND action = ?" if action else "")
    values = (to_microseconds(since), *((action,) if action else ()))
    for number, at, actor, done, subject, counts, digest in _rows(condition, values):
        yield {
            "number": number,
            "at": from_microseconds(at).isoformat(),
            "actor": actor,
            "action": done,
            "subject": subject,
            "counts": json.loads(counts),
            "digest": digest,
        }


def _misses(anchor: Anchor | None, count: int, digest: str) -> bool:
    return anchor is not None and anchor.length == count and anchor.digest != digest


def _rows(condition: str = "1 = 1", values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """So many at a time: a log of any length takes the same memory."""
    last = BEFORE_ALL
    while found := execute(_PAGE.format(condition), (last, *values, ROWS_AT_ONCE)).fetchall():
        yield from found
        last = found[-1][0]


_PAGE = """
    SELECT id, at, actor, action, subject, counts, digest FROM audit_events
    WHERE id > ? AND {} ORDER BY id LIMIT ?
"""
