"""A district that suddenly shares much less than before: put to an admin (trust.md decision 4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from peewee import CharField, ForeignKeyField, IntegerField, ModelSelect, fn

from portal.database import is_postgresql
from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, new_public_id
from portal.models.districts import DistrictConnection
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.models.shared.losses import Losses
from portal.models.shared.records import ClassStudent, SharedClass, SharedStudent
from portal.models.syncs.holds import HOLD_LASTS, NOT_AGREED, Hold, HoldKind, HoldState


class SharingHold(BaseModel):
    """More than a tenth of a school's students, classes or enrollments are no longer shared.

    What is shared is shown as it is; until somebody agrees, no section loses a student by it
    and none is told that its class is gone. It is about all that went from `since` on; `until`
    is when the last of them went. A school's newest question is the one that counts.
    """

    connection_id: int

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    connection = ForeignKeyField(DistrictConnection, on_delete="CASCADE")
    school_sourced_id = CharField(max_length=64, default="")
    state = CharField(max_length=16, default=HoldState.WAITING)
    student_count = IntegerField()
    students_before = IntegerField()
    class_count = IntegerField()
    classes_before = IntegerField()
    enrollment_count = IntegerField()
    enrollments_before = IntegerField()
    digest = CharField(max_length=64, default="")
    since = UtcDateTimeField()
    until = UtcDateTimeField()
    created_at = UtcDateTimeField()
    expires_at = UtcDateTimeField()
    answered_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    answered_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "sharing_holds"

    @classmethod
    def waiting_for(
        cls,
        connection: DistrictConnection,
        school_ids: Collection[str] | None,
        now: datetime,
    ) -> ModelSelect[SharingHold]:
        """What the admins of these schools may answer, or of the whole district; oldest first."""
        asked = (cls.connection == connection) & cls.askable(now)
        if school_ids is not None:
            asked &= cls.school_sourced_id.in_(list(school_ids))
        return cls.select().where(asked).order_by(cls.id)

    @classmethod
    def askable(cls, now: Any) -> Any:
        return (cls.state == HoldState.WAITING) & (cls.expires_at > now)

    @classmethod
    def covers(cls, section: Section) -> bool:
        """Whether its school's admins were asked what became of it, and have not agreed."""
        newest = _NEWEST_OF.first(
            provider=section.provider,
            district=section.district_sourced_id,
            school=section.school_sourced_id,
        )
        return newest is not None and newest.not_agreed

    @classmethod
    def newest(cls, connection: DistrictConnection) -> dict[str, SharingHold]:
        """Each school's newest question, by school."""
        newest = cls.select(fn.MAX(cls.id)).where(cls.connection == connection)
        found = cls.select().where(cls.id.in_(newest.group_by(cls.school_sourced_id)))
        return {hold.school_sourced_id: hold for hold in found}

    @classmethod
    def expire(cls, now: datetime) -> int:
        """Close what nobody answered; nothing is removed (decision 4). Returns how many."""
        over = (cls.state == HoldState.WAITING) & (cls.expires_at <= now)
        expired: int = cls.update(state=HoldState.EXPIRED).where(over).execute()
        return expired

    @classmethod
    def open(
        cls, connection: DistrictConnection, school: str, losses: Losses, now: datetime
    ) -> SharingHold:
        """Ask about these losses. Call inside a transaction."""
        opened: SharingHold = cls.create(
            connection=connection,
            school_sourced_id=school,
            since=losses.since,
            created_at=now,
            expires_at=now + HOLD_LASTS,
            **_counted(losses),
        )
        return opened

    @property
    def not_agreed(self) -> bool:
        """Whether it still counts: the machine never answers it by itself."""
        return self.state in NOT_AGREED

    def waits(self, now: datetime) -> bool:
        """Whether a person may still answer."""
        return bool(self.state == HoldState.WAITING and self.expires_at > now)

    def refused_lately(self, now: datetime) -> bool:
        """Whether a person chose to keep everything, in the last 14 days."""
        return bool(self.state == HoldState.KEPT and self.answered_at > now - HOLD_LASTS)

    def lock(self) -> SharingHold:
        """This hold as it is now, held until the transaction ends. Call inside one."""
        query = SharingHold.select().where(SharingHold.id == self.id)
        locked: SharingHold = (query.for_update() if is_postgresql() else query).get()
        return locked

    def recount(self, losses: Losses) -> None:
        """The same question about as much as is gone today. Call inside a transaction."""
        counted = _counted(losses)
        if any(getattr(self, name) != value for name, value in counted.items()):
            SharingHold.update(**counted).where(SharingHold.id == self.id).execute()

    def end(self, state: HoldState) -> None:
        """Count no longer, whether it waited or not. Call inside a transaction."""
        SharingHold.update(state=state).where(SharingHold.id == self.id).execute()

    def close(self, state: HoldState, now: datetime, account: Account) -> None:
        """A person's answer. Call inside a transaction that holds the row."""
        SharingHold.update(state=state, answered_at=now, answered_by=account).where(
            SharingHold.id == self.id
        ).execute()

    def classes(self) -> ModelSelect[SharedClass]:
        """The school's classes that went and are not back, by name."""
        return SharedClass.select().where(self._gone(SharedClass)).order_by(SharedClass.sort_name)

    def students(self) -> ModelSelect[SharedStudent]:
        """The school's students who went and are not back, by name."""
        gone = self._gone(SharedStudent) & (SharedStudent.unreadable == False)  # noqa: E712
        return SharedStudent.select().where(gone).order_by(SharedStudent.sort_name)

    def places(self) -> ModelSelect[Any]:
        """Who is still shared but listed no more by a class that is: names and class, by class."""
        here = (SharedClass.connection == self.connection_id) & (
            SharedClass.school_sourced_id == self.school_sourced_id
        )
        same = (SharedStudent.connection == SharedClass.connection) & (
            SharedStudent.sourced_id == ClassStudent.sourced_id
        )
        return (
            ClassStudent.select(
                SharedStudent.given_name,
                SharedStudent.family_name,
                SharedClass.name.alias("class_name"),
            )
            .join(SharedClass)
            .join(SharedStudent, on=same)
            .where(
                here
                & (ClassStudent.ended_at >= self.since)
                & SharedClass.unshared_at.is_null()
                & SharedStudent.unshared_at.is_null()
            )
            .order_by(SharedClass.sort_name, SharedStudent.sort_name, SharedStudent.id)
            .namedtuples()
        )

    def sections(self) -> ModelSelect[Section]:
        """The school's living sections."""
        connection = self.connection
        return Section.select().where(
            (Section.provider == connection.provider)
            & (Section.district_sourced_id == connection.district_sourced_id)
            & (Section.school_sourced_id == self.school_sourced_id)
            & Section.archived_at.is_null()
        )

    def sections_without_class(self) -> ModelSelect[Section]:
        """Those of them whose class is among what went."""
        gone = self.classes().select(SharedClass.sourced_id).order_by()
        return self.sections().where(
            Section.class_gone_at.is_null() & Section.class_sourced_id.in_(gone)
        )

    def questions(self) -> ModelSelect[Hold]:
        """What the same loss asks about single sections: removals that wait."""
        theirs = self.sections().select(Section.id)
        return Hold.select().where(
            (Hold.state == HoldState.WAITING)
            & (Hold.kind == HoldKind.REMOVALS)
            & (Hold.created_at >= self.since)
            & Hold.section.in_(theirs)
        )

    def _gone(self, model: Any) -> Any:
        return (
            (model.connection == self.connection_id)
            & (model.school_sourced_id == self.school_sourced_id)
            & (model.unshared_at >= self.since)
        )


def _counted(losses: Losses) -> dict[str, Any]:
    return {
        "student_count": losses.students.count,
        "students_before": losses.students.before,
        "class_count": losses.classes.count,
        "classes_before": losses.classes.before,
        "enrollment_count": losses.enrollments.count,
        "enrollments_before": losses.enrollments.before,
        "digest": losses.digest,
        "until": losses.until,
    }


_NEWEST_OF = Prepared(
    lambda provider, district, school: (
        SharingHold.select()
        .join(DistrictConnection)
        .where(
            (DistrictConnection.provider == provider)
            & (DistrictConnection.district_sourced_id == district)
            & (SharingHold.school_sourced_id == school)
        )
        .order_by(SharingHold.id.desc())
        .limit(1)
    )
)
