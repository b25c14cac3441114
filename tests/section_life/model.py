"""Two teachers, an admin, a section, and a Clever that changes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from inspect import getmembers
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from portal import clock, holds
from portal.models.accounts import Account, LinkedAccount
from portal.models.base import MICROSECOND, tuples_of
from portal.models.districts import DistrictConnection
from portal.models.lessons import LessonCompletion
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.overrides import OverrideKind, RosterOverride, kept_ids
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.records import PersonRecord, Role, StudentRecord
from portal.roster.snapshot import RosterSnapshot
from portal.sync import RosterReader, sync_section
from tests.faults.invariants import Ledger, assert_invariants
from tests.portal_stack import empty_tables
from tests.rosters import DISTRICT, ISSUER, OKAFOR, RIVERA, account_of, algebra, section_of, student

MOST_STUDENTS = 14
LOWELL = PersonRecord("a1", DISTRICT, (Role.DISTRICT_ADMIN,), "Pat", "Lowell")
TEACHERS = (RIVERA.sourced_id, OKAFOR.sourced_id)
ALGEBRA = algebra("c1", TEACHERS)
TWIN = algebra("c2", TEACHERS, "Algebra 1")
numbers = st.integers(1, MOST_STUDENTS)
groups = st.frozensets(numbers, min_size=1, max_size=6)
names = st.sampled_from(["Ada", "Grace", "Zoë", "小明", "Ada"])
teachers = st.sampled_from([RIVERA, OKAFOR])
people = st.sampled_from([RIVERA, OKAFOR, LOWELL])
Roster = dict[int, StudentRecord]
some = st.frozensets(numbers, max_size=4)
changes = st.tuples(some, some, some, names)
Change = tuple[frozenset[int], frozenset[int], frozenset[int], str]
Happens = TypeVar("Happens", bound=Callable[..., None])


def may_happen(**drawn: st.SearchStrategy[Any]) -> Callable[[Happens], Happens]:
    """One of the things that happen, with what is drawn for it.

    Hypothesis' own rules are switched off by the dozen in each life, to see what the others do
    alone; here they are only of use together.
    """

    def marked(happens: Happens) -> Happens:
        happens.drawn = drawn  # type: ignore[attr-defined]
        return happens

    return marked


@dataclass(frozen=True)
class Picture:
    """The section's list to the last column, how its students are called, and who is kept."""

    places: tuple[Any, ...]
    called: dict[int, tuple[str, str]]
    kept: tuple[Any, ...]
    columns: tuple[Any, ...]

    @classmethod
    def of(cls, section: Section) -> Picture:
        place, kept = Enrollment, RosterOverride
        columns = (place.account, place.sourced_id, place.started_at, place.ended_at)
        places = place.select(*columns, place.ended_by, place.display_name)
        named = Account.select(Account.id, Account.given_name, Account.family_name).join(Enrollment)
        standing = kept.select(kept.account, kept.kind, kept.until, kept.made_at)
        here = Section.by_key(section.id)
        return cls(
            tuple(sorted(tuples_of(places.where(place.section == section)))),
            {key: name for key, *name in tuples_of(named.where(Enrollment.section == section))},
            tuple(
                sorted(
                    tuples_of(standing.where((kept.section == section) & kept.ended_at.is_null()))
                )
            ),
            (here.class_sourced_id, here.class_name, here.name, here.own_name, here.provider),
        )

    @property
    def listed(self) -> dict[str, tuple[str, str]]:
        """Who is on the list today, and how they are called."""
        return {row[1]: self.called[row[0]] for row in self.places if row[3] is None}


class Life(RuleBasedStateMachine):
    """What the rules stand on."""

    def __init__(self) -> None:
        super().__init__()
        empty_tables()
        self.accounts = {each: account_of(each) for each in (RIVERA, OKAFOR, LOWELL)}
        self.rivera = self.accounts[RIVERA]
        self.row = section_of(ALGEBRA, self.rivera)
        first = {number: student(number) for number in range(1, 9)}
        twin = {number: student(number) for number in range(5, 12)}
        self.classes: dict[str, Roster] = {"c1": first, "c2": twin}
        self.records = {each.sourced_id: each for each in (ALGEBRA, TWIN)}
        self.told: dict[str, frozenset[str]] = {}
        DistrictConnection.keep("clever", DISTRICT, "sealed", clock.now())
        self.before = Ledger.now()

    # What the sandbox says in the tests of faults, the model says here.
    def section(self, class_id: str) -> dict[str, Any]:
        told = self.told.get(class_id, frozenset())
        return {"students": [{"id": sourced_id, "shared": True} for sourced_id in told]}

    def requests(self) -> list[dict[str, Any]]:
        return []

    @initialize()
    def first_sync(self) -> None:
        assert self.sync().state == RunState.DONE
        LessonCompletion.mark(Enrollment.select().first().account, "course", "lesson", clock.now())
        self.before = Ledger.now()

    @rule(data=st.data())
    def something_happens(self, data: st.DataObject) -> None:
        happens = data.draw(st.sampled_from(self.all_that_may_happen()))
        drawn = {name: data.draw(each, name) for name, each in happens.drawn.items()}
        happens(self, **drawn)

    @classmethod
    @cache
    def all_that_may_happen(cls) -> list[Any]:
        return [each for _, each in getmembers(cls) if hasattr(each, "drawn")]

    @invariant()
    def all_invariants_hold(self) -> None:
        after = Ledger.now()
        assert_invariants(self.before, after, self)
        self.before = after

    @property
    def now(self) -> Section:
        """The section as it is."""
        return Section.by_key(self.row.id)

    @property
    def district(self) -> DistrictConnection:
        return DistrictConnection.get()

    @property
    def followed(self) -> str:
        return str(self.now.class_sourced_id)

    @property
    def clever(self) -> Roster:
        """Whom Clever lists in the class that the section follows."""
        return self.classes[self.followed]

    @clever.setter
    def clever(self, roster: Roster) -> None:
        self.classes[self.followed] = roster

    def change_clever(self, change: Change) -> None:
        """Some come, some leave, some are called otherwise."""
        come, gone, renamed, name = change
        roster = {number: student(number) for number in come} | self.clever
        for number in renamed & roster.keys():
            roster[number] = replace(roster[number], given_name=name)
        self.clever = {number: each for number, each in roster.items() if number not in gone}

    @property
    def roster(self) -> list[StudentRecord]:
        return list(self.clever.values())

    @property
    def ids(self) -> frozenset[str]:
        """Whom Clever lists."""
        return frozenset(one.sourced_id for one in self.roster)

    @property
    def listed(self) -> frozenset[str]:
        return frozenset(Enrollment.roster(self.row))

    def kept(self, kind: OverrideKind) -> frozenset[str]:
        """Whom a teacher keeps in, or out."""
        return kept_ids(self.now, kind, clock.now())

    def account_known_as(self, sourced_id: str) -> Account | None:
        linked = LinkedAccount.find("clever", ISSUER, sourced_id)
        return linked.account if linked else None

    def sync(self, read: RosterReader | None = None, by: PersonRecord = RIVERA) -> SyncRun:
        return self.carried_out(self.asked(by), read)

    def asked(self, by: PersonRecord = RIVERA, **wish: Any) -> SyncRun:
        """The run of a click."""
        source = RunSource.ADMIN if by is LOWELL else RunSource.TEACHER
        run, _ = SyncRun.request(self.row, source, clock.now(), self.accounts[by], **wish)
        return run

    def carried_out(self, run: SyncRun, read: RosterReader | None = None) -> SyncRun:
        sync_section(run, read or self.reading())
        ended: SyncRun = SyncRun.get_by_id(run.id)
        return ended

    def reading(self, unreadable: Collection[str] = frozenset()) -> RosterReader:
        """What Clever says today of the class that is asked for, and says so to the model."""

        def read(section: Section, _enrolled: object, progress: Any) -> RosterSnapshot:
            progress(1, 1)
            roster = self.classes[section.class_sourced_id].values()
            found = {one.sourced_id: one for one in roster if one.sourced_id not in unreadable}
            self.told[section.class_sourced_id] = frozenset(found)
            gaps = frozenset(unreadable)
            return RosterSnapshot(self.records[section.class_sourced_id], found, gaps, len(gaps))

        return read

    def meanwhile(self, happens: Callable[[SyncRun], object]) -> RosterReader:
        """A read during which something else happens, after Clever has answered."""
        reading = self.reading()

        def read(section: Section, *rest: Any) -> Any:
            found = reading(section, *rest)
            run = SyncRun.in_flight(self.row)
            assert run is not None
            happens(run)
            return found

        return read

    def answer(self, answer: Callable[..., bool], by: PersonRecord = RIVERA) -> None:
        hold = Hold.waiting(self.row).first()
        if hold:
            assert answer(hold, self.accounts[by])

    def looked_at(self) -> None:
        """What a person has just chosen is theirs; from here on nobody may bend it."""
        self.before = replace(self.before, made_by_teachers=Ledger.now().made_by_teachers)


answers = st.sampled_from([holds.keep, holds.apply])


def age(by: timedelta) -> None:
    """Every moment that a rule looks back to lies so much further back."""
    micros = by // MICROSECOND
    Hold.update(
        expires_at=Hold.expires_at - micros, answered_at=Hold.answered_at - micros
    ).execute()
    Enrollment.update(ended_at=Enrollment.ended_at - micros).execute()
