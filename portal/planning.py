"""What a sync would change, judged by the guard; nothing is written here (Y5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from portal.models import rosters
from portal.models.enrollments import Enrollment
from portal.models.holds import Hold, HoldKind
from portal.models.sections import Section
from portal.models.sync_runs import SyncRun
from portal.roster import guard
from portal.roster.guard import NOTHING, Answer, Verdict
from portal.roster.plan import RosterPlan, rename_key
from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

LATELY = timedelta(hours=24)
NOTHING_TO_JUDGE = Verdict(Answer.APPLY, Answer.APPLY)


@dataclass(frozen=True, slots=True)
class Basis:
    """A plan, what it was made from, and the guard's verdict on it."""

    section: Section
    enrolled: Mapping[str, StudentRecord]
    snapshot: RosterSnapshot
    plan: RosterPlan
    verdict: Verdict = NOTHING_TO_JUDGE
    moved_to: Mapping[str, str] = field(default_factory=dict)
    known_count: int = 0


def planned(run: SyncRun, section: Section, snapshot: RosterSnapshot, now: datetime) -> Basis:
    """The plan that makes the section's list match this read, with what the guard says of it."""
    enrolled = Enrollment.roster(section)
    snapshot = _with_own_staff(section, enrolled, snapshot)
    known = rosters.known(section, snapshot.students.keys() - enrolled.keys())
    plan = RosterPlan.between(enrolled, snapshot, known)
    if plan.updated:
        not_now = Hold.names_in_question(section, now) | _older_names(run, section, plan)
        plan = RosterPlan.between(enrolled, snapshot, known, not_now)
    if not plan:
        return Basis(section, enrolled, snapshot, plan)
    verdict = guard.judge(
        plan,
        Enrollment.removed_unasked_since(section, now - LATELY) if plan.removed else 0,
        Hold.asked(section, HoldKind.REMOVALS, now) if plan.removed else NOTHING,
        Hold.asked(section, HoldKind.RENAMES, now) if plan.renamed else NOTHING,
    )
    moved_to = Enrollment.elsewhere(section, plan.removed_ids)
    return Basis(section, enrolled, snapshot, plan, verdict, moved_to, len(known))


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
