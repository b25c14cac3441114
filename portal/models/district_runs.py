"""Runs that read a whole district: nightly, by Events, or because somebody asked (Y3, Y2)."""

from __future__ import annotations

from enum import StrEnum

from peewee import CharField, DateField, ForeignKeyField, IntegerField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.districts import DistrictConnection
from portal.models.sync_runs import RunState, new_reference


class DistrictRunSource(StrEnum):
    """What started it; `first` is the one after the district connected, `gap` a lost cursor."""

    FIRST = "first"
    NIGHTLY = "nightly"
    EVENTS = "events"
    GAP = "gap"
    ADMIN = "admin"
    OPERATOR = "operator"


class DistrictStep(StrEnum):
    ASKING = "asking"
    READING = "reading"
    SAVING = "saving"
    SECTIONS = "sections"


class DistrictRun(BaseModel):
    """One read of a district, and the syncs of its sections that follow from it.

    Its states are those of a sync (`RunState`). One is in flight for a district at a time, and
    one made for a night, however many schedulers there are.
    """

    connection_id: int
    started_by_id: int | None

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
    state = CharField(max_length=16, default=RunState.QUEUED)
    source = CharField(max_length=16)
    started_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    night = DateField(null=True)
    reference = CharField(max_length=16, default=new_reference)
    requested_at = UtcDateTimeField()
    rang_at = UtcDateTimeField(null=True)
    not_before = UtcDateTimeField(null=True)
    started_at = UtcDateTimeField(null=True)
    finished_at = UtcDateTimeField(null=True)
    lease_until = UtcDateTimeField(null=True)
    holder = CharField(max_length=32, default="")
    attempt = IntegerField(default=0)
    step = CharField(max_length=16, default=DistrictStep.ASKING)
    records_read = IntegerField(default=0)
    waiting_until = UtcDateTimeField(null=True)
    request_count = IntegerField(default=0)
    added_count = IntegerField(default=0)
    changed_count = IntegerField(default=0)
    unshared_count = IntegerField(default=0)
    returned_count = IntegerField(default=0)
    skipped_count = IntegerField(default=0)
    section_count = IntegerField(default=0)
    sections_done = IntegerField(default=0)
    reason = CharField(max_length=32, default="")
    resumes_on = DateField(null=True)

    class Meta:
        table_name = "district_runs"
