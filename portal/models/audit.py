"""Who did what and when, by opaque ids and counts, never names (V09)."""

from __future__ import annotations

import json
from datetime import datetime

from peewee import CharField, TextField

from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.prepared import Prepared


class AuditEvent(BaseModel):
    at = UtcDateTimeField()
    actor = CharField(max_length=16)
    action = CharField(max_length=32, index=True)
    subject = CharField(max_length=16)
    counts = TextField(default="{}")

    class Meta:
        table_name = "audit_events"

    @classmethod
    def record(cls, now: datetime, actor: str, action: str, subject: str, **counts: int) -> None:
        """Add one event; `actor` and `subject` are public ids, or "" for the portal itself."""
        _RECORD.change(
            at=now, actor=actor, action=action, subject=subject, counts=json.dumps(counts)
        )


_RECORD = Prepared(lambda **columns: AuditEvent.insert(**columns))
