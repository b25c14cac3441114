"""Everybody's accounts as a model: whatever happens, in whatever order, nobody splits or is lost.

Hypothesis chooses what happens next (trust.md G7); `live` plays it on the database that is open.
`People` says what must be; after every step the tables have to say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from portal import clock, holds, merging
from portal.database import write
from portal.merging import MergeRefusal, UndoRefusal
from portal.models import own_sections, own_students
from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.arrivals import ArrivalRefused, welcome
from portal.models.entrance.password_changes import remove_password
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from portal.models.entrance.ways_in import WaysIn
from portal.models.lessons import LessonCompletion
from portal.models.linking import link, unlink
from portal.models.merging.merges import Merge, MergeGround
from portal.models.own_sections import OwnDetails
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import RunState
from portal.roster.records import PersonRecord, Role, StudentRecord
from portal.roster.secrets import LoginType
from portal.roster.typed_names import TypedName
from tests.accounts import belongings
from tests.faults.invariants import Ledger, assert_nothing_was_bent
from tests.portal_stack import empty_tables
from tests.rosters import DISTRICT, ISSUER, algebra, reading, section_of, student, synced

ELSEWHERE = "64a000000000000000000009"

pupils = st.sampled_from([f"s{number:05}" for number in range(1, 9)])
staff = st.sampled_from(["t1", "t2", "t3", "t9"])
anybody = pupils | staff
lists = st.frozensets(st.integers(1, 8), max_size=6)
classes = st.sampled_from(["c1", "c2"])
picks = st.integers(0, 40)
emails = st.sampled_from(["ada@home.example", "grace@home.example", "maria@school.example"])
lessons = st.sampled_from(["first", "second", "third"])


@dataclass
class Row:
    """Something an account has; another row of the same kind made later is another row."""

    account: int
    number: int


@dataclass
class Standing:
    """A merge as the model keeps it: what went over, and who could sign in before."""

    kept: int
    absorbed: int
    moved: list[Row]
    had_sign_in: frozenset[int]


@dataclass
class People:
    """Who has what, kept beside the tables and without looking at them."""

    numbers: count[int] = field(default_factory=count)
    kinds: dict[int, AccountKind] = field(default_factory=dict)
    disabled: set[int] = field(default_factory=set)
    ways: dict[str, Row] = field(default_factory=dict)  # by identity or by email
    done: dict[tuple[int, str], Row] = field(default_factory=dict)
    merges: dict[int, Standing] = field(default_factory=dict)

    @property
    def absorbed(self) -> set[int]:
        return {each.absorbed for each in self.merges.values()}

    def gone(self, account: int) -> bool:
        return account in self.disabled or account in self.absorbed

    def row(self, account: int) -> Row:
        return Row(account, next(self.numbers))

    def of(self, account: int) -> list[Row]:
        return [row for row in self.ways.values() if row.account == account]

    def finish(self, account: int, lesson: str) -> None:
        self.done.setdefault((account, lesson), self.row(account))

    def merge(self, key: int, kept: int, absorbed: int) -> None:
        had = frozenset(each for each in (kept, absorbed) if self.of(each))
        moved = self.of(absorbed)
        for row in moved:
            row.account = kept
        for (account, lesson), row in list(self.done.items()):
            if account == absorbed and (kept, lesson) not in self.done:
                moved.append(row)
                self._give(row, lesson, kept)
        self.merges[key] = Standing(kept, absorbed, moved, had)

    def undo(self, key: int) -> None:
        standing = self.merges.pop(key)
        there = {id(row) for row in (*self.ways.values(), *self.done.values())}
        for row in standing.moved:
            if id(row) in there and row.account == standing.kept:
                lesson = next(
                    (lesson for (_, lesson), each in self.done.items() if each is row), ""
                )
                if lesson:
                    self._give(row, lesson, standing.absorbed)
                row.account = standing.absorbed

    def undo_refusal(self, key: int) -> UndoRefusal | None:
        standing = self.merges[key]
        both = {standing.kept, standing.absorbed}
        for later, each in self.merges.items():
            if later > key and both & {each.kept, each.absorbed}:
                return UndoRefusal.LATER_MERGE
        ways = self.of(standing.kept)
        back = [row for row in ways if any(row is each for each in standing.moved)]
        left = {standing.kept: len(ways) - len(back), standing.absorbed: len(back)}
        lost = any(not left[account] for account in standing.had_sign_in)
        return UndoRefusal.NO_WAY_IN if lost else None

    def _give(self, row: Row, lesson: str, account: int) -> None:
        del self.done[row.account, lesson]
        self.done[account, lesson] = row
        row.account = account


def person(sourced_id: str) -> PersonRecord:
    """Clever's person of this id; t9 and s00008 are of another district."""
    role = Role.STUDENT if sourced_id.startswith("s") else Role.TEACHER
    district = ELSEWHERE if sourced_id in ("t9", "s00008") else DISTRICT
    if role is Role.TEACHER:
        return PersonRecord(sourced_id, district, (role,), "Given", sourced_id)
    named = record(int(sourced_id[1:]))
    return PersonRecord(sourced_id, district, (role,), named.given_name, named.family_name)


def record(number: int) -> StudentRecord:
    return replace(student(number), grade="")


class AccountLife(RuleBasedStateMachine):
    """Every rule does one thing to the tables and the same to the model."""

    def __init__(self) -> None:
        super().__init__()
        empty_tables()
        self.people = People()
        self.lists: dict[str, frozenset[int]] = {
            "c1": frozenset({1, 2, 3, 4}),
            "c2": frozenset({4, 5}),
        }
        self.names = count()
        self.before = Ledger.now()

    @initialize()
    def two_classes(self) -> None:
        for class_id, teacher in (("c1", "t1"), ("c2", "t2")):
            self.sign_in(teacher)
            section_of(self.roster_class(class_id), self.account(self.owner(teacher)))
            self.sync(class_id)
        self.before = Ledger.now()

    # Signing in, and what one signs in with.

    @rule(who=anybody)
    def sign_in(self, who: str) -> None:
        row = self.people.ways.get(who)
        if row and row.account in self.people.disabled:
            self.is_turned_away(who)
            return
        linked = write(lambda: welcome("clever", ISSUER, person(who), clock.now()))
        if row is None:
            self.meet(linked.account)
            self.people.ways[who] = self.people.row(linked.account_id)
        assert linked.account_id == self.owner(who)

    @rule(who=anybody, pick=picks)
    def connect(self, who: str, pick: int) -> None:
        account = self.pick(pick)
        found = write(lambda: link(account, "clever", ISSUER, person(who), clock.now()))
        if isinstance(found, LinkedAccount):
            assert self.people.ways.get(who, Row(account.id, 0)).account == account.id
            assert self.people.kinds[account.id] == AccountKind.of(person(who).roles)
            assert not self.people.gone(account.id)
            self.people.ways.setdefault(who, self.people.row(account.id))

    @rule(who=anybody)
    def disconnect(self, who: str) -> None:
        linked = LinkedAccount.find("clever", ISSUER, who)
        assert (linked is None) == (who not in self.people.ways)
        if linked and write(lambda: unlink(linked, clock.now())) is None:
            del self.people.ways[who]

    @rule(email=emails, pick=picks)
    def add_a_password(self, email: str, pick: int) -> None:
        """An address that somebody has is nobody else's, and finds nobody (decision 5)."""
        account = self.pick(pick)
        if self.people.gone(account.id):
            return
        added = write(lambda: PasswordSignIn.add(account, email, "hash", clock.now()))
        assert (added is None) == (email in self.people.ways)
        self.people.ways.setdefault(email, self.people.row(account.id))

    @rule(email=emails)
    def remove_a_password(self, email: str) -> None:
        password = PasswordSignIn.find(email)
        if password is None:
            return
        now, here = clock.now(), f"here-{next(self.names)}"
        session = Session.start(here, now, password.account)
        if write(lambda: remove_password(password, now, session)) is not None:
            del self.people.ways[email]

    # Classes, with Clever and without.

    @rule(class_id=classes, who=lists)
    def clever_lists(self, class_id: str, who: frozenset[int]) -> None:
        self.lists[class_id] = who

    @rule(class_id=classes)
    def sync(self, class_id: str) -> None:
        section = Section.get(Section.class_sourced_id == class_id)
        records = [record(number) for number in sorted(self.lists[class_id])]
        read = reading(*records, roster_class=self.roster_class(class_id))
        run = synced(section, read)
        self.meet_newcomers(records)
        assert run.state in (RunState.DONE, RunState.HELD)
        if run.state == RunState.DONE and not run.kept_count:
            listed = {self.owner(each.sourced_id) for each in records}
            assert {each.account_id for each in Enrollment.active(section)} == listed

    @rule(pick=picks, answer=st.sampled_from([holds.keep, holds.apply]))
    def answer(self, pick: int, answer: Callable[..., bool]) -> None:
        waiting = list(Hold.select().where(Hold.state == "waiting").order_by(Hold.id))
        if waiting:
            assert answer(waiting[pick % len(waiting)], self.account(self.owner("t1", "t2")))

    @rule(pick=picks)
    def make_a_student(self, pick: int) -> None:
        """A teacher makes an account with a secret, in a section of her own."""
        section = self.own_section()
        name = TypedName("Own", f"Student {next(self.names)}")
        write(lambda: own_students.add(section, [name], ["sealed"], clock.now()))
        self.meet(Account.get(Account.family_name == name.family_name))

    @rule(pick=picks, back=st.booleans())
    def remove_or_bring_back(self, pick: int, back: bool) -> None:
        places = list(self.own_section().enrollments.order_by(Enrollment.id))
        if places and back:
            write(lambda: own_students.bring_back(places[pick % len(places)]))
        elif places:
            write(lambda: own_students.remove(places[pick % len(places)], clock.now()))

    @rule(pick=picks, lesson=lessons, done=st.booleans())
    def learn(self, pick: int, lesson: str, done: bool) -> None:
        account = self.pick(pick)
        if self.people.gone(account.id):
            return
        if done:
            LessonCompletion.mark(account, "course", lesson, clock.now())
            self.people.finish(account.id, lesson)
        else:
            LessonCompletion.unmark(account, "course", lesson)
            self.people.done.pop((account.id, lesson), None)

    # Together and apart.

    @rule(one=picks, other=picks)
    def bring_any_two_together(self, one: int, other: int) -> None:
        self.merge(self.pick(one), self.pick(other))

    @rule(kind=st.sampled_from(AccountKind), one=picks, further=picks)
    def bring_two_alike_together(self, kind: AccountKind, one: int, further: int) -> None:
        self.merge(*self.two_alike(kind, one, further))

    def merge(self, *pair: Account) -> Merge | None:
        found = merging.merge(*pair, MergeGround.BOTH_PROVED)
        if isinstance(found, MergeRefusal):
            return None
        if found.id not in self.people.merges:
            kinds = {self.people.kinds[each.id] for each in pair}
            assert len(kinds) == 1
            assert not any(self.people.gone(each.id) for each in pair)
            self.people.merge(found.id, found.kept_id, found.absorbed_id)
        return found

    @rule(pick=picks)
    def take_apart(self, pick: int) -> None:
        if not self.people.merges:
            return
        key = sorted(self.people.merges)[pick % len(self.people.merges)]
        expected = self.people.undo_refusal(key)
        if expected == UndoRefusal.NO_WAY_IN and self.has_secrets(key):
            return
        assert merging.undo(Merge.get_by_id(key), None) == expected
        if expected is None:
            self.people.undo(key)

    @rule(kind=st.sampled_from(AccountKind), one=picks, further=picks)
    def bring_together_and_take_apart(self, kind: AccountKind, one: int, further: int) -> None:
        """Nothing is left of it."""
        pair, known = self.two_alike(kind, one, further), set(self.people.merges)
        before = belongings()
        merge = self.merge(*pair)
        if merge and merge.id not in known:
            assert merging.undo(merge, None) is None
            self.people.undo(merge.id)
            assert belongings() == before

    @rule(one=picks, further=picks, class_id=classes, now=lists, later=lists)
    def be_one_for_a_while(
        self, one: int, further: int, class_id: str, now: frozenset[int], later: frozenset[int]
    ) -> None:
        """Clever lists them in two ways meanwhile."""
        known = set(self.people.merges)
        self.clever_lists(class_id, now)
        self.sync(class_id)
        merge = self.merge(*self.two_alike(AccountKind.STUDENT, one, further))
        self.clever_lists(class_id, later)
        self.sync(class_id)
        if merge and merge.id not in known:
            assert merging.undo(merge, None) is None
            self.people.undo(merge.id)

    @rule(pick=picks)
    def disable_or_enable(self, pick: int) -> None:
        account = self.pick(pick)
        disabled = account.id not in self.people.disabled
        at = clock.now() if disabled else None
        Account.update(disabled_at=at).where(Account.id == account.id).execute()
        self.people.disabled ^= {account.id}

    # What holds after every step.

    @invariant()
    def every_way_in_belongs_to_one_account_that_is_there(self) -> None:
        identities = LinkedAccount.select(LinkedAccount.sourced_id, LinkedAccount.account)
        passwords = PasswordSignIn.select(PasswordSignIn.email, PasswordSignIn.account)
        found = [*identities.tuples(), *passwords.tuples()]

        assert dict(found) == {way: row.account for way, row in self.people.ways.items()}
        assert len(found) == len(self.people.ways)
        assert not {account for _, account in found} & self.people.absorbed

    @invariant()
    def nobody_is_locked_out_who_was_not_made_without_a_way_in(self) -> None:
        signing_in = {row.account for row in self.people.ways.values()}
        rest = Account.select().where(Account.merged_into.is_null() & (Account.given_name != "Own"))
        for account in rest.where(Account.id.not_in(signing_in)):
            assert WaysIn.of(account).count

    @invariant()
    def what_was_learned_is_where_it_should_be(self) -> None:
        found = LessonCompletion.select(LessonCompletion.account, LessonCompletion.lesson_slug)
        assert set(found.tuples()) == set(self.people.done)

    @invariant()
    def nothing_hangs_on_an_account_that_became_a_part_of_another(self) -> None:
        absorbed = list(self.people.absorbed)
        merged = Account.select(Account.id).where(Account.merged_into.is_null(False))
        assert {each.id for each in merged} == set(absorbed)
        for model in (Session, SectionTeacher):
            assert not model.select().where(model.account.in_(absorbed)).exists()
        active = Enrollment.select().where(Enrollment.ended_at.is_null())
        assert not active.where(Enrollment.account.in_(absorbed)).exists()

    @invariant()
    def places_and_sections_are_those_of_the_identities_owner(self) -> None:
        active = Enrollment.select(Enrollment, Section).join(Section)
        for place in active.where(Enrollment.ended_at.is_null() & (Section.provider != "")):
            assert place.account_id == self.owner(place.sourced_id)
        for teacher in SectionTeacher.select():
            if teacher.sourced_id in self.people.ways:
                assert teacher.account_id == self.owner(teacher.sourced_id)

    @invariant()
    def what_no_fault_may_bend_is_as_it_was(self) -> None:
        after = Ledger.now()
        assert_nothing_was_bent(self.before, after)
        self.before = after

    # What the rules stand on.

    def roster_class(self, class_id: str):  # type: ignore[no-untyped-def]
        return algebra(class_id, ("t1",) if class_id == "c1" else ("t2", "t3"))

    def own_section(self) -> Section:
        found: Section | None = Section.get_or_none(Section.provider == "")
        details = OwnDetails(LoginType.PICTURE, "Own")
        teacher = self.account(self.owner("t1", "t2"))
        return found or write(lambda: own_sections.start(teacher, details, "", clock.now()))

    def owner(self, *ways: str) -> int:
        return next(
            (self.people.ways[way].account for way in ways if way in self.people.ways),
            min(self.people.kinds),
        )

    def account(self, key: int) -> Account:
        found: Account = Account.get_by_id(key)
        return found

    def pick(self, number: int) -> Account:
        known = sorted(self.people.kinds)
        return self.account(known[number % len(known)])

    def two_alike(self, kind: AccountKind, one: int, further: int) -> tuple[Account, Account]:
        """Two that may well be brought together."""
        keys = [key for key, its in sorted(self.people.kinds.items()) if its == kind]
        there = [key for key in keys if not self.people.gone(key)]
        while len(there) < 2:
            made = Account.make(kind, "Own", f"Person {next(self.names)}", clock.now())
            self.meet(made)
            there.append(made.id)
        first = one % len(there)
        second = (first + 1 + further % (len(there) - 1)) % len(there)
        return self.account(there[first]), self.account(there[second])

    def meet(self, account: Account) -> None:
        self.people.kinds.setdefault(account.id, AccountKind(account.kind))

    def meet_newcomers(self, records: list[StudentRecord]) -> None:
        for each in records:
            if each.sourced_id not in self.people.ways:
                linked = LinkedAccount.find("clever", ISSUER, each.sourced_id)
                assert linked is not None
                assert linked.account_id not in self.people.kinds
                self.meet(linked.account)
                self.people.ways[each.sourced_id] = self.people.row(linked.account_id)

    def is_turned_away(self, who: str) -> None:
        try:
            write(lambda: welcome("clever", ISSUER, person(who), clock.now()))
        except ArrivalRefused:
            return
        raise AssertionError("a disabled account let somebody in")

    def has_secrets(self, key: int) -> bool:
        """A secret of a section is a way in too, which the model does not follow."""
        standing = self.people.merges[key]
        return any(
            WaysIn.of(self.account(each)).secret_count
            for each in (standing.kept, standing.absorbed)
        )
