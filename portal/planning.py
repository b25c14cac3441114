"""What a sync would change, judged by the guard; nothing is written here (Y5).

The read is seen as the teacher wants it (overrides, Y10), as far as the section follows (Y14).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from portal.models.guard_numbers import GuardNumbers
from portal.models.merging import class_matches
from portal.models.sections import Section, SectionMode
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs import class_changes, rosters
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldKind
from portal.models.syncs.overrides import day_of, overridden
from portal.models.syncs.sync_runs import SyncRun
from portal.roster import guard
from portal.roster.guard import DECISION_4, NOTHING, Answer, Verdict
from portal.roster.one_person import Doubles
from portal.roster.plan import RosterPlan, rename_key
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

LATELY = timedelta(hours=24)
NOTHING_TO_JUDGE = Verdict(Answer.APPLY, Answer.APPLY)


class OtherClass(Exception):
    """The section follows another class than the one that was read: read again."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A plan, what it was made from, and the guard's verdict on it.

    `renumbered` are the ids of students whom the provider now lists under another of theirs,
    `pairs` the accounts that are to be brought together with those of a class (N7).
    """

    section: Section
    enrolled: Mapping[str, StudentRecord]
    snapshot: RosterSnapshot
    plan: RosterPlan
    renumbered: Mapping[str, str]
    verdict: Verdict = NOTHING_TO_JUDGE
    moved_to: Mapping[str, str] = field(default_factory=dict)
    known_count: int = 0
    pairs: Mapping[int, str] = field(default_factory=dict)

    @property
    def changes_the_list(self) -> bool:
        return bool(self.plan or self.renumbered)


def planned(
    run: SyncRun,
    section: Section,
    snapshot: RosterSnapshot,
    now: datetime,
    listed: frozenset[str] = frozenset(),
) -> Basis:
    """The plan that makes the section's list match this read, with what the guard says of it.

    `listed` are those who were on the list when the read began. Raises OtherClass when the read
    is of a class that the section does not follow, and is not to.
    """
    if snapshot.roster_class.sourced_id != (run.class_sourced_id or section.class_sourced_id):
        raise OtherClass(run.public_id)
    wished = class_changes.target(run, section)
    converts = class_matches.converts(run, section)
    pairs = class_matches.standing(run, wished, snapshot) if converts else {}
    enrolled = (
        class_matches.roster(wished, snapshot, pairs) if converts else Enrollment.roster(section)
    )
    sides = _with_everybody_once(wished, _sides(wished, enrolled, snapshot, now, listed))
    withheld = _withheld(run, section, sides, now)
    plan = sides.plan(withheld=withheld)
    if plan.updated:
        not_now = Hold.names_in_question(wished, now) | _older_names(run, wished, plan)
        plan = sides.plan(not_now, withheld)
    basis = Basis(section, sides.enrolled, sides.snapshot, plan, sides.renumbered, pairs=pairs)
    if not plan:
        return basis
    moved_to = Enrollment.elsewhere(section, plan.removed_ids)
    known_count = len(sides.known)
    return replace(
        basis, verdict=_judged(run, basis, now), moved_to=moved_to, known_count=known_count
    )


def _judged(run: SyncRun, basis: Basis, now: datetime) -> Verdict:
    """What the guard says; a change of class was shown and agreed to as a whole (N7)."""
    section, plan = basis.section, basis.plan
    if run.class_sourced_id:
        return NOTHING_TO_JUDGE
    verdict = guard.judge(
        plan,
        Enrollment.removed_unasked_since(section, now - LATELY) if plan.removed else 0,
        Hold.asked(section, HoldKind.REMOVALS, now) if plan.removed else NOTHING,
        Hold.asked(section, HoldKind.RENAMES, now) if plan.renamed else NOTHING,
        Hold.asked(section, HoldKind.ADDITIONS, now) if plan.withheld else NOTHING,
        removals_wait=bool(plan.removed) and SharingHold.covers(section),
        numbers=GuardNumbers.of(section) if plan.removed or plan.renamed else DECISION_4,
    )
    if plan.removed and section.mode == SectionMode.ADD_ONLY:
        return replace(verdict, removals=Answer.KEEP)
    return verdict


def _withheld(run: SyncRun, section: Section, sides: _Sides, now: datetime) -> frozenset[str]:
    """Who would be new, had a person not taken them off this list, by any of their ids (Y8)."""
    news = sides.snapshot.students.keys() - sides.enrolled.keys()
    if not news or run.class_sourced_id:
        return frozenset()
    asked = Hold.asked(section, HoldKind.ADDITIONS, now)
    taken_off: frozenset[str] = frozenset().union(*asked.open, *asked.kept)
    if not taken_off:
        return taken_off
    others = rosters.other_ids(section, news)
    return frozenset(each for each in news if taken_off & {each, *others.get(each, ())})


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is compared: today's list, the read, and those of it who are known elsewhere."""

    enrolled: Mapping[str, StudentRecord]
    snapshot: RosterSnapshot
    known: Mapping[str, StudentRecord]
    renumbered: Mapping[str, str] = field(default_factory=dict)

    def plan(
        self, not_now: frozenset[str] = frozenset(), withheld: frozenset[str] = frozenset()
    ) -> RosterPlan:
        return RosterPlan.between(self.enrolled, self.snapshot, self.known, not_now, withheld)


def _sides(
    section: Section,
    enrolled: dict[str, StudentRecord],
    snapshot: RosterSnapshot,
    now: datetime,
    listed: frozenset[str],
) -> _Sides:
    """Both lists, of the section as it will be after the run.

    Whoever was on the list and has no account now was deleted while the class was read.
    """
    snapshot = overridden(section, enrolled, snapshot, day_of(now))
    snapshot = _with_own_staff(section, enrolled, snapshot)
    known = rosters.known(section, snapshot.students.keys() - enrolled.keys())
    deleted = listed & (snapshot.students.keys() - enrolled.keys() - known.keys())
    return _Sides(enrolled, _without(snapshot, deleted), known)


def _without(snapshot: RosterSnapshot, left_out: frozenset[str]) -> RosterSnapshot:
    if not left_out:
        return snapshot
    students = {key: each for key, each in snapshot.students.items() if key not in left_out}
    return replace(snapshot, students=students)


def _with_everybody_once(section: Section, sides: _Sides) -> _Sides:
    """The same, where a person whom the provider lists under two ids is one student (AC8)."""
    news = sides.snapshot.students.keys() - sides.enrolled.keys()
    others = rosters.other_ids(section, news) if news else {}
    if not others:
        return sides
    doubles = Doubles.among(sides.enrolled, sides.snapshot, others)
    return _Sides(
        doubles.today(sides.enrolled, sides.known),
        doubles.read(sides.snapshot),
        doubles.newcomers(sides.known),
        doubles.renumbered,
    )


def _older_names(run: SyncRun, section: Section, plan: RosterPlan) -> frozenset[str]:
    """Names that this read found before another read or a sign-in found today's (I6)."""
    found = {update.after.sourced_id: update.after for update in plan.updated}
    newer = rosters.named_since(section, found, run.started_at)
    return frozenset(rename_key(found[sourced_id]) for sourced_id in newer)


def _with_own_staff(
    section: Section, enrolled: Mapping[str, StudentRecord], snapshot: RosterSnapshot
) -> RosterSnapshot:
    """The snapshot with the staff in it as they are here.

    A student record may put a staff account into a class, but says nothing of its name, its
    numbers or its schools: those come from its own sign-in (A33).
    """
    news = [key for key, record in snapshot.students.items() if enrolled.get(key) != record]
    own = rosters.staff(section, news)
    return replace(snapshot, students={**snapshot.students, **own}) if own else snapshot
