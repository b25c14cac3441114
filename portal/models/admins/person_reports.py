"""One person as an admin reads them: what Clever shares, and what is here (AD1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.models.accounts import Account, LinkedAccount
from portal.models.admins.admin_scopes import AdminScope
from portal.models.admins.found_people import known_roles
from portal.models.entrance.ways_in import WaysIn
from portal.models.sections import Section, SectionTeacher
from portal.models.shared import around, tabs
from portal.models.shared.records import ClassTeacher, SharedClass, SharedStudent, SharedTeacher
from portal.models.shared.scopes import Scope
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_changes import SyncChange
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.records import Role
from portal.roster.sharing import Kind

EVENTS_SHOWN = 10
PLACES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class PersonReport:
    """`record` is what Clever shares today, `identity` what they sign in with; one at least.

    `classes` are in Clever, `places` and `taught` are sections here; all within the scope alone.
    """

    sourced_id: str
    record: SharedStudent | SharedTeacher | None
    identity: LinkedAccount | None
    ways: WaysIn | None
    schools: tuple[str, ...]
    classes: tuple[SharedClass, ...]
    places: tuple[Enrollment, ...]
    taught: tuple[Section, ...]
    events: tuple[SyncChange, ...]

    @classmethod
    def of(cls, scope: AdminScope, sourced_id: str) -> PersonReport | None:
        """About a dozen questions; None for somebody who is none of the admin's."""
        seen = scope.shared()
        record = _record(seen, sourced_id)
        identity = next(iter(scope.identities_of([sourced_id])), None)
        if record is None and identity is None:
            return None
        account = identity.account if identity else None
        return cls(
            sourced_id,
            record,
            identity,
            WaysIn.of(account) if account else None,
            tuple(around.schools_of(seen, [sourced_id]).get(sourced_id, ())) if seen else (),
            tuple(_classes(seen, record)) if seen else (),
            tuple(_places(scope, account)) if account else (),
            tuple(_taught(scope, account)) if account else (),
            tuple(_events(scope, account)) if account else (),
        )

    @property
    def account(self) -> Account | None:
        return self.identity.account if self.identity else None

    @property
    def named(self) -> Account | SharedStudent | SharedTeacher:
        """Whoever tells the name: Clever as it is today, else what we knew last."""
        if self.record is not None:
            return self.record
        assert self.identity is not None
        return self.identity.account

    @property
    def is_student(self) -> bool:
        if self.record is not None:
            return isinstance(self.record, SharedStudent)
        return bool(self.account and self.account.is_student)

    @property
    def roles(self) -> tuple[Role, ...]:
        return known_roles(self.record, self.identity)

    @property
    def last_sign_in(self) -> datetime | None:
        if self.ways is None:
            return None
        used = [each.last_used_at for each in self.ways.linked_accounts]
        used += [each.last_used_at for each in self.ways.passwords]
        return max((each for each in used if each), default=None)


def _record(seen: Scope | None, sourced_id: str) -> SharedStudent | SharedTeacher | None:
    if seen is None:
        return None
    found: SharedStudent | SharedTeacher | None = tabs.find(
        seen, Kind.STUDENTS, sourced_id
    ) or tabs.find(seen, Kind.TEACHERS, sourced_id)
    return found


def _classes(seen: Scope, record: SharedStudent | SharedTeacher | None) -> Sequence[SharedClass]:
    if isinstance(record, SharedStudent):
        return around.classes_of_student(seen, record.sourced_id)
    if record is None:
        return []
    listed = ClassTeacher.select(ClassTeacher.shared_class).where(
        ClassTeacher.sourced_id == record.sourced_id
    )
    theirs = SharedClass.select().where(seen.of[Kind.CLASSES] & SharedClass.id.in_(listed))
    return list(theirs.order_by(SharedClass.sort_name, SharedClass.id).limit(PLACES_SHOWN))


def _places(scope: AdminScope, account: Account) -> Sequence[Enrollment]:
    return list(Enrollment.of_student(account).where(scope.sections).limit(PLACES_SHOWN))


def _taught(scope: AdminScope, account: Account) -> Sequence[Section]:
    listed = SectionTeacher.select(SectionTeacher.section).where(
        (SectionTeacher.account == account) & SectionTeacher.ended_at.is_null()
    )
    theirs = Section.select().where(scope.sections & Section.id.in_(listed))
    return list(theirs.order_by(Section.name, Section.id).limit(PLACES_SHOWN))


def _events(scope: AdminScope, account: Account) -> Sequence[SyncChange]:
    """What syncs last did with the person, the newest first."""
    changes = (
        SyncChange.select(SyncChange, SyncRun, Section)
        .join(SyncRun)
        .join(Section)
        .where((SyncChange.account == account) & scope.sections)
    )
    return list(changes.order_by(SyncChange.id.desc()).limit(EVENTS_SHOWN))
