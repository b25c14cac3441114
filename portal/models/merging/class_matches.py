"""A section without Clever on its way to a class: who of today's students is who in it (N7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from peewee import BooleanField, CharField, ForeignKeyField

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import BaseModel, tuples_of
from portal.models.merging.known_students import is_listed_for
from portal.models.merging.merges import Merge
from portal.models.merging.told_apart import ToldApart
from portal.models.sections import Section
from portal.models.syncs import rosters
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.planned_changes import PlannedChange
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.class_matching import LocalStudent, MatchGround, Proposal
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot


class ClassMatch(BaseModel):
    """One of today's students and one of the class; `merge` is what made them one person.

    A preview that nobody has answered has proposals. What the teacher agreed to belongs to the
    preview that follows, and to the run that saves it.
    """

    account_id: int

    run = ForeignKeyField(SyncRun, on_delete="CASCADE", index=False)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    sourced_id = CharField(max_length=64)
    ground = CharField(max_length=16)
    agreed = BooleanField(default=False)
    merge = ForeignKeyField(Merge, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "class_matches"

    @classmethod
    def note(cls, run: SyncRun, pairs: Iterable[Proposal], agreed: bool) -> None:
        """Keep what is proposed, or was agreed to. Call inside a transaction."""
        found = [
            {
                "run": run,
                "account": each.account,
                "sourced_id": each.sourced_id,
                "ground": each.ground,
                "agreed": agreed,
            }
            for each in pairs
        ]
        if found:
            cls.insert_many(found).on_conflict_ignore().execute()

    @classmethod
    def of(cls, run: SyncRun) -> list[ClassMatch]:
        """The run's pairs, those that were brought together last the first."""
        return list(cls.select().where(cls.run == run).order_by(cls.id.desc()))

    @classmethod
    def agreed_for(cls, run: SyncRun) -> dict[int, str]:
        """What this run goes by: an account's key and the id in the class."""
        agreed = (cls.run == (run.shown_id or run.id)) & cls.agreed
        return dict(tuples_of(cls.select(cls.account, cls.sourced_id).where(agreed)))

    @classmethod
    def made(cls, run: SyncRun, account_id: int, sourced_id: str, merge: Merge) -> None:
        """Both are one person now. Call inside the transaction of the run."""
        said = cls.get_or_none((cls.run == run.shown_id) & (cls.account == account_id))
        cls.create(
            run=run,
            account=account_id,
            sourced_id=sourced_id,
            ground=said.ground if said else MatchGround.CHOSEN,
            agreed=True,
            merge=merge,
        )

    @classmethod
    def carry_on(cls, run: SyncRun) -> None:
        """The same pairs for a run that was to save a plan and shows another."""
        said = cls.select().where((cls.run == run.shown_id) & cls.agreed)
        pairs = [
            Proposal(each.account_id, each.sourced_id, MatchGround(each.ground)) for each in said
        ]
        cls.note(run, pairs, agreed=True)


def converts(run: SyncRun, section: Section) -> bool:
    """Whether the run makes a section without Clever follow a class."""
    return bool(run.class_sourced_id) and not section.synced


def standing(run: SyncRun, section: Section, snapshot: RosterSnapshot) -> dict[int, str]:
    """Whom the teacher said to be whom and who can be: an account's key, an id in the class.

    Who is listed under an identity of their own needs nobody's word. `section` is as it will be.
    """
    agreed = ClassMatch.agreed_for(run)
    if not agreed:
        return {}
    not_one = refusals(section, agreed, run.started_by)
    known = not_one.keys() | _identities(section, snapshot.students.keys()).keys()
    here = {student.account for _, student in _students(section)}
    return {
        key: sourced_id
        for key, sourced_id in agreed.items()
        if key in here and key not in known and sourced_id in snapshot.students
    }


def roster(
    section: Section, snapshot: RosterSnapshot, pairs: Mapping[int, str]
) -> dict[str, StudentRecord]:
    """Today's list by the ids of the class, as far as its students are known to be in it.

    All others stand under the id of their place here. `section` is as it will be.
    """
    known = rosters.known(section, snapshot.students.keys())
    ids = {**pairs, **_identities(section, snapshot.students.keys())}
    found = {}
    for place_id, student in _students(section):
        sourced_id = ids.get(student.account)
        if sourced_id is None:
            names = (student.given_name, student.family_name, student.grade)
            found[place_id] = StudentRecord(place_id, *names)
        else:
            found[sourced_id] = known.get(sourced_id, snapshot.students[sourced_id])
    return found


def strangers(section: Section, sourced_ids: Collection[str]) -> list[LocalStudent]:
    """Today's students whom the class does not list under an identity of theirs, by name."""
    ids = _identities(section, sourced_ids)
    return [student for _, student in _students(section) if student.account not in ids]


def unmatched(run: SyncRun, section: Section) -> list[Account]:
    """Whom a preview that nobody has answered would take off the list, by name."""
    leaving = PlannedChange.select(PlannedChange.sourced_id).where(
        (PlannedChange.run == run) & (PlannedChange.kind == ChangeKind.REMOVED)
    )
    return list(
        Account.select()
        .join(Enrollment)
        .where(
            (Enrollment.section == section)
            & Enrollment.ended_at.is_null()
            & Enrollment.sourced_id.in_(leaving)
        )
        .order_by(Account.sort_name, Account.id)
    )


def newcomers(run: SyncRun) -> dict[str, PlannedChange]:
    """Whom it would put on the list, by their ids in the class, in the order of their names."""
    found = (
        PlannedChange.select()
        .where((PlannedChange.run == run) & (PlannedChange.kind == ChangeKind.ADDED))
        .order_by(PlannedChange.sort_name, PlannedChange.id)
    )
    return {each.sourced_id: each for each in found}


def owners(section: Section, sourced_ids: Collection[str]) -> list[int]:
    """The keys of the accounts of these identities, as far as they have one."""
    return [account for _, account in _owners(section, sourced_ids)]


def refusals(section: Section, pairs: Mapping[int, str], teacher: Account | None) -> dict[int, str]:
    """Why some of these pairs cannot be made one person, by the account's key: `MergeRefusal`.

    The class lists the one for the teacher; who has an identity here as well must be listed for
    them somewhere too, since anybody may give out a class code (A58).
    """
    if not pairs:
        return {}
    owners = dict(_owners(section, pairs.values()))
    accounts = {each.id: each for each in _accounts([*pairs, *owners.values()])}
    districts = _districts(accounts)
    found = {}
    for key, sourced_id in pairs.items():
        other = owners.get(sourced_id)
        there = districts.get(other or 0) or {section.district_sourced_id} - {""}
        why_not = _refusal(accounts.get(key), accounts.get(other or 0), bool(other))
        here = districts.get(key)
        if not why_not and here and there and here.isdisjoint(there):
            why_not = "districts"
        if not why_not and here is not None and not _is_listed(teacher, accounts[key]):
            why_not = "not_listed"
        if why_not:
            found[key] = why_not
    return found


def told_apart(section: Section, pairs: Mapping[int, str]) -> frozenset[int]:
    """Whose pair are two people, as somebody has said who knows them (AC6)."""
    owners = dict(_owners(section, pairs.values()))
    apart = ToldApart.among([*pairs, *owners.values()])
    both = {key: owners.get(sourced_id) for key, sourced_id in pairs.items()}
    return frozenset(
        key for key, other in both.items() if other and (min(key, other), max(key, other)) in apart
    )


def _refusal(one: Account | None, other: Account | None, is_known: bool) -> str:
    both = [one, other] if is_known else [one]
    if any(each is None or not each.is_open for each in both):
        return "gone"
    if any(each is not None and not each.is_student for each in both):
        return "kinds"
    return ""


def _is_listed(teacher: Account | None, student: Account) -> bool:
    return teacher is not None and is_listed_for(teacher, student)


def _accounts(keys: Collection[int]) -> list[Account]:
    return list(Account.select().where(Account.id.in_(list(keys))))


def _owners(section: Section, sourced_ids: Collection[str]) -> list[tuple[Any, ...]]:
    """The account of each of these identities that has one."""
    return tuples_of(
        LinkedAccount.select(LinkedAccount.sourced_id, LinkedAccount.account).where(
            _of_provider(section) & LinkedAccount.sourced_id.in_(list(sourced_ids))
        )
    )


def _districts(accounts: Collection[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    of_accounts = LinkedAccount.select(
        LinkedAccount.account, LinkedAccount.district_sourced_id
    ).where(LinkedAccount.account.in_(list(accounts)))
    for account, district in tuples_of(of_accounts):
        found.setdefault(account, set()).update({district} - {None, ""})
    return found


def _identities(section: Section, sourced_ids: Collection[str]) -> dict[int, str]:
    """Which of these ids is whose, of the section's students: one of each account's."""
    found = (
        LinkedAccount.select(LinkedAccount.account, LinkedAccount.sourced_id)
        .join(Enrollment, on=(Enrollment.account == LinkedAccount.account))
        .where(
            _of_provider(section) & (Enrollment.section == section) & Enrollment.ended_at.is_null()
        )
        .order_by(LinkedAccount.id.desc())
    )
    return {account: key for account, key in tuples_of(found) if key in sourced_ids}


def _students(section: Section) -> list[tuple[str, LocalStudent]]:
    """Each place of today's list: the id it is under, and who has it."""
    numbers = _numbers(section)
    found = (
        Enrollment.active(section)
        .select(
            Enrollment.sourced_id,
            Account.id,
            Account.given_name,
            Account.family_name,
            Account.grade,
        )
        .join(Account)
        .order_by(Account.sort_name, Enrollment.id)
    )
    return [
        (place_id, LocalStudent(key, given, family, grade, numbers.get(key, frozenset())))
        for place_id, key, given, family, grade in tuples_of(found)
    ]


def _numbers(section: Section) -> dict[int, frozenset[str]]:
    """The school id numbers of the section's students, as providers and their teacher know them."""
    found = (
        LinkedAccount.select(
            LinkedAccount.account, LinkedAccount.sis_id, LinkedAccount.student_number
        )
        .join(Enrollment, on=(Enrollment.account == LinkedAccount.account))
        .where((Enrollment.section == section) & Enrollment.ended_at.is_null())
    )
    by_hand = Enrollment.active(section).select(Enrollment.account, Enrollment.school_number)
    numbers: dict[int, frozenset[str]] = {}
    for account, *told in [*tuples_of(found), *tuples_of(by_hand)]:
        numbers[account] = numbers.get(account, frozenset()) | {each for each in told if each}
    return numbers


def _of_provider(section: Section) -> Any:
    return (LinkedAccount.provider == section.provider) & (LinkedAccount.issuer == section.issuer)
