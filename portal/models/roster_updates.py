"""Update class rosters: all classes of one teacher in one go, with one result (Y2)."""

from __future__ import annotations

from peewee import CharField, CompositeKey, ForeignKeyField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.sync_runs import SyncRun


class RosterUpdate(BaseModel):
    """One press of the button: what the provider shows of their classes, then a sync of each.

    `reading_until` is the lease of who reads their classes, `read_at` when that was done;
    `reason` says why it could not be.
    """

    account_id: int

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    idempotency_key = CharField(max_length=64)
    requested_at = UtcDateTimeField()
    reading_until = UtcDateTimeField(null=True)
    read_at = UtcDateTimeField(null=True)
    reason = CharField(max_length=32, default="")

    class Meta:
        table_name = "roster_updates"


class RosterUpdateRun(BaseModel):
    """A sync that belongs to an update, be it the update's own or one that it joined."""

    roster_update = ForeignKeyField(RosterUpdate, on_delete="CASCADE", index=False)
    run = ForeignKeyField(SyncRun, on_delete="CASCADE")

    class Meta:
        table_name = "roster_update_runs"
        primary_key = CompositeKey("roster_update", "run")
