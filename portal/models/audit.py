"""Who did what and when, by opaque ids and counts, never names (V09).

The rows are a chain: each has a digest over itself and the digest before it, and the head knows
how many there are and the last digest. So a row that was edited, put in, taken out or moved no
longer fits (V10); `audit_chain.check` looks. The database itself refuses UPDATE and DELETE.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from functools import partial

from peewee import SQL, CharField, IntegerField, TextField

from portal.database import db, write
from portal.models.base import BaseModel, UtcDateTimeField, to_microseconds
from portal.models.prepared import Prepared

ROSTER_VIEWED = "roster.viewed"
VIEWS_COUNT_AGAIN_AFTER = timedelta(days=1)


class AuditEvent(BaseModel):
    """One thing that was done; its `id` is its place in the chain, from 1 and without gaps."""

    at = UtcDateTimeField()
    actor = CharField(max_length=16)
    action = CharField(max_length=32, index=True)
    subject = CharField(max_length=64)
    counts = TextField(default="{}")
    digest = CharField(max_length=64)

    class Meta:
        table_name = "audit_events"

    @classmethod
    def record(cls, now: datetime, actor: str, action: str, subject: str, **counts: int) -> None:
        """Add one event; `actor` and `subject` are public ids, or "" for the portal itself.

        From here to the end of the transaction every other one that records waits: let it be the
        last that a transaction does, where it can be. Outside of any it is one of its own.
        """
        values = (to_microseconds(now), actor, action, subject, json.dumps(counts))
        if db.in_transaction():
            _append(*values)
        else:
            write(partial(_append, *values))

    @classmethod
    def record_view(cls, now: datetime, actor: str, subject: str) -> None:
        """Note that this person saw these students' names, once a day (V09, decision 8)."""
        since = now - VIEWS_COUNT_AGAIN_AFTER
        if not _VIEWED.all(actor=actor, subject=subject, since=since):
            cls.record(now, actor, ROSTER_VIEWED, subject)


class AuditHead(BaseModel):
    """The chain's end, in one row: how many events there are, and the last one's digest."""

    count = IntegerField()
    digest = CharField(max_length=64)

    class Meta:
        table_name = "audit_heads"


def digest_of(
    before: str, number: int, at: int, actor: str, action: str, subject: str, counts: str
) -> str:
    """What ties an event to its place and to all that came before it."""
    content = json.dumps([before, number, at, actor, action, subject, counts])
    return hashlib.sha256(content.encode()).hexdigest()


def _append(at: int, actor: str, action: str, subject: str, counts: str) -> None:
    """Taking the next number locks the head, so that transactions chain one after another."""
    [(number, before)] = _NEXT.all()
    content = (at, actor, action, subject, counts)
    digest = digest_of(before, number, *content)
    names = ("at", "actor", "action", "subject", "counts")
    _INSERT.change(id=number, digest=digest, **dict(zip(names, content, strict=True)))
    _HEAD.change(digest=digest)


_NEXT = Prepared(
    lambda: (
        AuditHead.insert(id=1, count=1, digest="")
        .on_conflict(conflict_target=(AuditHead.id,), update={AuditHead.count: AuditHead.count + 1})
        .returning(AuditHead.count, AuditHead.digest)
        .tuples()
    )
)
_INSERT = Prepared(lambda **columns: AuditEvent.insert(**columns))
_HEAD = Prepared(lambda digest: AuditHead.update(digest=digest))
# The action is written out: SQLite finds a partial index by the words of a statement alone.
_VIEWED = Prepared(
    lambda actor, subject, since: (
        AuditEvent.select(AuditEvent.id)
        .where(
            SQL(f"action = '{ROSTER_VIEWED}'")
            & (AuditEvent.actor == actor)
            & (AuditEvent.subject == subject)
            & (AuditEvent.at > since)
        )
        .limit(1)
        .tuples()
    )
)
