"""What is done every few minutes by one scheduler, however many there are."""

from __future__ import annotations

from datetime import timedelta

from peewee import SQL, CharField

from portal.database import clock_sql
from portal.models.base import EPOCH, MICROSECOND, BaseModel, UtcDateTimeField


class Chore(BaseModel):
    """One thing to do again and again; whoever takes it does it, and the others wait."""

    name = CharField(max_length=32, unique=True)
    due_at = UtcDateTimeField(default=EPOCH)

    class Meta:
        table_name = "chores"

    @classmethod
    def take(cls, name: str, every: timedelta) -> bool:
        """Whether it is due and this caller is the one that does it, by the database's clock."""
        is_due = (cls.name == name) & (cls.due_at <= SQL(clock_sql()))
        if cls.select().where((cls.name == name) & (cls.due_at > SQL(clock_sql()))).exists():
            return False
        cls.insert(name=name, due_at=EPOCH).on_conflict_ignore().execute()
        again_at = SQL(f"{clock_sql()} + {every // MICROSECOND}")
        return bool(cls.update(due_at=again_at).where(is_due).execute())
