"""What holds after every fault, once it has been quiet for a while (trust.md, I1 to I10)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from peewee import Case

from portal import clock
from portal.database import db
from portal.models.audit import AuditEvent
from portal.models.lessons import LessonCompletion
from portal.models.merging.merges import MergedEnrollment
from portal.models.sections import Section, SectionMode
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldKind
from portal.models.syncs.overrides import OverrideKind, kept_ids
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import BY_HAND, RunState, SyncRun

APPLIED = (RunState.DONE, RunState.HELD)
TRIES_A_PAGE = 3
COUNTED = {
    "added_count": ChangeKind.ADDED,
    "removed_count": ChangeKind.REMOVED,
}
# Where a person's name may stand; an e-mail address may stand nowhere (V01).
NAMED_TABLES = frozenset(
    {"accounts", "sync_changes", "sections", "shared_students", "shared_teachers", "shared_classes"}
)

Students = frozenset[str]


class Clever(Protocol):
    """Whoever knows what Clever lists and what it was asked: the sandbox, or a model of it."""

    def section(self, section_id: str) -> Any: ...

    def requests(self) -> list[dict[str, Any]]: ...


@dataclass(frozen=True)
class Ledger:
    """What the tables say at one moment, as far as no fault may bend it."""

    lists: dict[int, Students]
    gone: frozenset[int]
    made_by_teachers: frozenset[tuple[Any, ...]]
    progress: frozenset[tuple[Any, ...]]
    fences: dict[int, int]
    ended_runs: frozenset[int]

    @classmethod
    def now(cls) -> Ledger:
        sections = list(Section.select())
        named = Case(None, [(Section.own_name, Section.name)], "")
        own = Section.select(Section.id, named, Section.course_slug, Section.created_by)
        done = LessonCompletion.select(LessonCompletion.account, LessonCompletion.lesson_slug)
        return cls(
            lists={section.id: frozenset(Enrollment.roster(section)) for section in sections},
            gone=_keys(Enrollment.select(Enrollment.id).where(Enrollment.ended_at.is_null(False))),
            made_by_teachers=frozenset(own.tuples()),
            progress=frozenset(done.tuples()),
            fences={section.id: section.last_fence for section in sections},
            ended_runs=_keys(SyncRun.select(SyncRun.id).where(SyncRun.finished_at.is_null(False))),
        )


def assert_invariants(
    before: Ledger, after: Ledger, clever: Clever, names: Collection[str] = ()
) -> None:
    """Compare two quiet moments; `names` are canaries that only name columns may hold."""
    _a_list_is_the_old_one_or_clevers(before, after, clever)
    _nobody_is_twice()
    _nobody_was_archived_by_an_error(before, after)
    _every_click_ended()
    _what_people_made_stands(before, after)
    _no_older_read_won(before, after)
    _an_idle_section_did_not_move(before, after)
    _every_change_is_counted_once()
    _nobody_is_named_elsewhere(names)
    _clever_was_not_asked_too_often(clever)


def assert_nothing_was_bent(before: Ledger, after: Ledger) -> None:
    """What holds of two moments even when accounts were brought together or apart between them."""
    _nobody_is_twice()
    _nobody_was_archived_by_an_error(before, after)
    _every_click_ended()
    _no_older_read_won(before, after)
    _every_change_is_counted_once()


def _a_list_is_the_old_one_or_clevers(before: Ledger, after: Ledger, clever: Clever) -> None:
    """I1. While removals wait or are refused, the old list and Clever's stand together."""
    for section in Section.select().where(Section.provider != ""):
        old = before.lists.get(section.id, frozenset())
        listed = _as_teachers_want(section, old, shared_students(section, clever))
        withheld = listed - _withheld(section)
        allowed = {old, listed, withheld}
        if _somebody_was_asked(section) or section.mode == SectionMode.ADD_ONLY:
            allowed |= {old | listed, old | withheld}
        gone, come = _by_a_persons_word(section, before)
        allowed |= {each - gone | come for each in allowed}
        assert after.lists[section.id] in allowed, "I1: a list between two states"


def _as_teachers_want(section: Section, old: Students, listed: Students) -> Students:
    """Whom they keep in stays, whom they keep out is not there (Y10)."""
    stay, out = (kept_ids(section, kind, clock.now()) for kind in OverrideKind)
    return (listed | old & stay) - out


def _withheld(section: Section) -> Students:
    """Who was taken off the list by an undo and comes back on a person's yes alone (Y8)."""
    additions = (hold for hold in Hold.not_agreed(section) if hold.kind == HoldKind.ADDITIONS)
    return frozenset().union(*(hold.keys for hold in additions))


def _by_a_persons_word(section: Section, before: Ledger) -> tuple[Students, Students]:
    """Who left and who came by an answer, an undo, an override or another class."""
    said = SyncRun.source.in_(BY_HAND) | (SyncRun.class_sourced_id != "")
    since = (SyncRun.section == section) & SyncRun.id.not_in(before.ended_runs) & said
    changes = list(SyncChange.select().join(SyncRun).where(since))
    gone, come = (
        frozenset(change.sourced_id for change in changes if change.kind == kind)
        for kind in (ChangeKind.REMOVED, ChangeKind.ADDED)
    )
    return gone, come


def _somebody_was_asked(section: Section) -> bool:
    latest = SyncRun.latest(section)
    kept = latest is not None and latest.kept_count
    return bool(kept) or Hold.waiting(section).where(Hold.kind == HoldKind.REMOVALS).exists()


def shared_students(section: Section, clever: Clever) -> Students:
    """Whom Clever lists in the class and shares with us."""
    listed = clever.section(section.class_sourced_id)["students"]
    return frozenset(student["id"] for student in listed if student["shared"])


def _nobody_is_twice() -> None:
    """I2."""
    places = Counter(Enrollment.select(Enrollment.section, Enrollment.account).tuples())
    identities = Counter(db.execute_sql("SELECT issuer, sourced_id FROM linked_accounts"))
    assert {1} >= {*places.values(), *identities.values()}, "I2: somebody is there twice"


def _nobody_was_archived_by_an_error(before: Ledger, after: Ledger) -> None:
    """I3. Whoever left since then was named by a run that saved.

    A place that rests beside another of the same person's has not been left, and a section
    without Clever has no runs.
    """
    resting = MergedEnrollment.select(MergedEnrollment.absorbed)
    gone = (
        Enrollment.select()
        .join(Section)
        .where(Enrollment.id.in_(after.gone - before.gone) & Enrollment.id.not_in(resting))
    )
    for enrollment in gone.where(Section.provider != ""):
        run = enrollment.ended_by
        assert run, "I3: archived by no run"
        assert run.state in APPLIED, "I3: archived by a run that did not save"
        named = SyncChange.of(run, (ChangeKind.REMOVED,)).where(
            SyncChange.sourced_id == enrollment.sourced_id
        )
        assert named.exists(), "I3: archived by a run that does not say so"


def _every_click_ended() -> None:
    """I4."""
    assert not SyncRun.select().where(SyncRun.finished_at.is_null()).exists(), "I4: a run hangs"


def _what_people_made_stands(before: Ledger, after: Ledger) -> None:
    """I5."""
    assert before.made_by_teachers <= after.made_by_teachers, "I5: a section was bent"
    assert before.progress <= after.progress, "I5: progress is gone"


def _no_older_read_won(before: Ledger, after: Ledger) -> None:
    """I6. Fences only grow, and the newest run that saved has the section's."""
    for section in Section.select():
        assert after.fences[section.id] >= before.fences.get(section.id, 0), "I6: a fence fell"
        saved = _saved_runs(section).order_by(SyncRun.fence.desc()).first()
        newest = saved.fence if saved else 0
        assert section.last_fence == newest, "I6: the fence is not the newest run's"


def _an_idle_section_did_not_move(before: Ledger, after: Ledger) -> None:
    """I7."""
    runs = SyncRun.select(SyncRun.section).where(SyncRun.id.not_in(before.ended_runs))
    busy = {section_id for (section_id,) in runs.tuples()}
    for section_id in before.lists.keys() - busy:
        assert before.lists[section_id] == after.lists[section_id], "I7: another section moved"


def _every_change_is_counted_once() -> None:
    """I8. One audit row for each run that saved, with the counts of its changes."""
    changes = Counter(SyncChange.select(SyncChange.run, SyncChange.kind).tuples())
    for section in Section.select():
        runs = list(_saved_runs(section))
        events = AuditEvent.select().where(
            (AuditEvent.action == "sync.applied") & (AuditEvent.subject == section.public_id)
        )
        audited = [json.loads(event.counts) for event in events]
        for name, kind in COUNTED.items():
            counted = sorted(getattr(run, name) for run in runs)
            assert counted == sorted(counts[name] for counts in audited), f"I8: audit of {name}"
            assert counted == sorted(changes[run.id, kind] for run in runs), "I8"


def _nobody_is_named_elsewhere(names: Collection[str]) -> None:
    """I9."""
    for table in db.get_tables():
        text = repr(db.execute_sql(f'SELECT * FROM "{table}"').fetchall())
        assert ".example'" not in text, f"I9: an e-mail address in {table}"
        for name in names if table not in NAMED_TABLES else ():
            assert name not in text, f"I9: a name in {table}"


def _clever_was_not_asked_too_often(clever: Clever) -> None:
    """I10. At most three requests for a page each time a worker begins a run."""
    asked = Counter(
        hit["path"] + "?" + hit["query"] for hit in clever.requests() if "/users" in hit["path"]
    )
    for section in Section.select():
        attempts = sum(run.attempt for run in section.sync_runs)
        of_class = [count for page, count in asked.items() if section.class_sourced_id in page]
        assert max(of_class, default=0) <= TRIES_A_PAGE * attempts, "I10: asked too often"


def _saved_runs(section: Section) -> Any:
    return SyncRun.select().where(
        (SyncRun.section == section) & SyncRun.state.in_(APPLIED) & SyncRun.source.not_in(BY_HAND)
    )


def _keys(rows: Iterable[Any]) -> frozenset[int]:
    return frozenset(row.id for row in rows)
