"""People and classes for tests: Ms Rivera teaches Algebra I, Mr Okafor must not see it."""

from __future__ import annotations

from collections.abc import Collection

from portal import clock
from portal.database import write
from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.providers.base import ProviderError, ReadProgress
from portal.roster.records import ClassRecord, PersonRecord, Role, StudentRecord
from portal.roster.snapshot import RosterSnapshot
from portal.sync import RosterReader, sync_section

ISSUER = "https://clever.com"
DISTRICT = "64a000000000000000000001"
RIVERA = PersonRecord("t1", DISTRICT, (Role.TEACHER,), "Maria", "Rivera")
OKAFOR = PersonRecord("t2", DISTRICT, (Role.TEACHER,), "Daniel", "Okafor")


def student(number: int, **changed: str) -> StudentRecord:
    return StudentRecord(
        f"s{number:05}",
        changed.get("given_name", f"Given{number}"),
        changed.get("family_name", f"Family{number:05}"),
        grade=changed.get("grade", "7"),
        sis_id=f"{number:06}",
    )


def students(count: int, first: int = 1) -> list[StudentRecord]:
    return [student(number) for number in range(first, first + count)]


def algebra(
    sourced_id: str = "c1", teachers: tuple[str, ...] = ("t1",), name: str = "Algebra I"
) -> ClassRecord:
    return ClassRecord(sourced_id, DISTRICT, name, teachers, ())


def account_of(person: PersonRecord) -> Account:
    def step() -> Account:
        linked = LinkedAccount.find("clever", ISSUER, person.sourced_id)
        linked = linked or LinkedAccount.make("clever", ISSUER, person, clock.now())
        linked.refresh(person, clock.now())
        account: Account = linked.account
        return account

    return write(step)


def section_of(roster_class: ClassRecord, creator: Account) -> Section:
    return write(
        lambda: Section.start(
            creator,
            roster_class,
            None,
            name=roster_class.name,
            provider="clever",
            issuer=ISSUER,
            created_at=clock.now(),
        )
    )


def reading(
    *roster: StudentRecord,
    roster_class: ClassRecord | None = None,
    unreadable: Collection[str] = (),
) -> RosterReader:
    """A provider's answer: this roster, whole."""
    found = RosterSnapshot(
        roster_class or algebra(),
        {each.sourced_id: each for each in roster},
        frozenset(unreadable),
        len(unreadable),
    )

    def read(_section: Section, _enrolled: object, progress: ReadProgress) -> RosterSnapshot:
        progress(len(roster), len(roster))
        return found

    return read


def refusing(error: ProviderError) -> RosterReader:
    def read(_section: Section, _enrolled: object, _progress: ReadProgress) -> RosterSnapshot:
        raise error

    return read


def synced(section: Section, read: RosterReader, by: Account | None = None) -> SyncRun:
    """Request a run, carry it out, and return it as it ended."""
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now(), by)
    sync_section(run, read)
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


def staff(name: str = "Maria") -> Account:
    account: Account = Account.create(
        kind=AccountKind.STAFF, given_name=name, created_at=clock.now()
    )
    return account
