"""What a run changed and a person may take back: who comes, who goes, what somebody changed since.

Each part is written back by account, in a fixed number of statements, whatever their number (Y8).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from peewee import fn

from portal.database import execute, rows
from portal.models.accounts import Account, AccountKind
from portal.models.base import from_microseconds, to_microseconds
from portal.models.sections import Section
from portal.models.syncs.holds import HELD_AS, Hold, HoldKind
from portal.models.syncs.overrides import RosterOverride, day_of
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.names import sort_key
from portal.roster.plan import rename_key
from portal.roster.records import StudentRecord

UNDO_LASTS = timedelta(days=30)
ENDED_WELL = (RunState.DONE, RunState.HELD)
# Grades and numbers always follow the provider: there is no part for them.
UNDOABLE = (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RENAMED)


ASKED_AS = {
    ChangeKind.ADDED: HoldKind.ADDITIONS,
    ChangeKind.REMOVED: HoldKind.REMOVALS,
    ChangeKind.RENAMED: HoldKind.RENAMES,
}


class Obstacle(StrEnum):
    """Why a part stays as it is: somebody changed the same since."""

    LATER_RUN = "later_run"
    OVERRIDE = "override"
    DISPLAY_NAME = "display_name"
    MERGED = "merged"
    CALLED_OTHERWISE = "called_otherwise"  # By a sign-in, or on the word of another teacher.
    MOVED_ON = "moved_on"  # On the list, or off it, by nothing that left a trace.


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a run is undone: all of it, its removals, or one student's part."""

    kinds: tuple[ChangeKind, ...] = UNDOABLE
    student_id: str = ""

    def has(self, part: Part) -> bool:
        return part.kind in self.kinds and self.student_id in ("", part.student_id)


WHOLE = Scope()
REMOVALS = Scope((ChangeKind.REMOVED,))


class Named(NamedTuple):
    given_name: str
    family_name: str


class Part(NamedTuple):
    """One student's change with what became of it since; names before it, after it and today."""

    change_id: int
    kind: ChangeKind
    student_id: str
    sourced_id: str
    given_name_before: str
    family_name_before: str
    given_name: str
    family_name: str
    given_name_now: str
    family_name_now: str
    had_place: bool
    has_place: bool
    ended_at: int | None
    ended_by: int | None
    display_name: str
    is_student: bool
    is_merged: bool
    run_id: int
    later_source: str | None
    later_at: int | None
    is_overridden: bool
    source: str

    @property
    def hold_kind(self) -> HoldKind:
        """How people are asked before it is made again."""
        return ASKED_AS[ChangeKind(self.kind)]

    @property
    def key(self) -> str:
        """What the guard knows it by, as a change that waits."""
        after = StudentRecord(self.sourced_id, self.given_name, self.family_name)
        return rename_key(after) if self.kind == ChangeKind.RENAMED else self.sourced_id

    @property
    def before(self) -> Named:
        return Named(self.given_name_before, self.family_name_before)

    @property
    def now(self) -> Named:
        return Named(self.given_name_now, self.family_name_now)

    @property
    def changed_at(self) -> datetime | None:
        """When the run that is in the way ended."""
        return None if self.later_at is None else from_microseconds(self.later_at)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why it cannot be taken back, or None when it can."""
        if self.is_merged:
            return Obstacle.MERGED
        if self.later_at is not None:
            return Obstacle.LATER_RUN
        return self._name_obstacle() if self.kind == ChangeKind.RENAMED else self._place_obstacle()

    def _name_obstacle(self) -> Obstacle | None:
        same = self.is_student and self.now == (self.given_name, self.family_name)
        return None if same else Obstacle.CALLED_OTHERWISE

    def _place_obstacle(self) -> Obstacle | None:
        if self.is_overridden:
            return Obstacle.OVERRIDE
        if self.kind == ChangeKind.REMOVED:
            as_left = self.ended_at is not None and self.ended_by == self.run_id
            return None if as_left else Obstacle.MOVED_ON
        if not self.has_place or self.ended_at is not None:
            return Obstacle.MOVED_ON
        return Obstacle.DISPLAY_NAME if self.display_name and not self.had_place else None


def may_be_undone(run: SyncRun, now: datetime) -> bool:
    """Whether its time is not over, and it was no undo itself: that is taken back by its hold."""
    if run.state not in ENDED_WELL or run.source == RunSource.UNDO:
        return False
    return bool(run.finished_at is not None and now <= run.finished_at + UNDO_LASTS)


def since(run: SyncRun) -> list[SyncRun]:
    """This run and the later ones that changed the list and are not undone, the newest first."""
    standing = SyncChange.kind.in_(UNDOABLE) & SyncChange.undone_by_id.is_null()
    changed = fn.EXISTS(
        SyncChange.select(SyncChange.id).where((SyncChange.run == SyncRun.id) & standing)
    )
    later = (SyncRun.section == run.section_id) & (SyncRun.id >= run.id)
    made = SyncRun.state.in_(ENDED_WELL) & (SyncRun.source != RunSource.UNDO)
    found = SyncRun.select().where(later & made & changed)
    return list(found.order_by(SyncRun.id.desc()))


def stood_since(run: SyncRun) -> datetime:
    """As of when the list was as it stood before this run: the run before it, or its beginning."""
    earlier = (SyncRun.section == run.section_id) & (SyncRun.id < run.id)
    ended = SyncRun.select(SyncRun.finished_at).where(earlier & SyncRun.state.in_(ENDED_WELL))
    at: datetime | None = ended.order_by(SyncRun.id.desc()).limit(1).scalar()
    return at or run.section.created_at


def parts(run: SyncRun, now: datetime) -> list[Part]:
    """What the run changed and nobody has taken back, by name."""
    today = day_of(now).isoformat()
    return [Part(*row) for row in execute(_PARTS, (AccountKind.STUDENT, today, run.id)).fetchall()]


def take_back(undo: SyncRun, taken: Sequence[Part], section: Section, now: datetime) -> None:
    """Make these parts undone, and note what that changes.

    It is recorded before it is done, as `rosters.record` does. Call inside a transaction.
    """
    if not taken:
        return
    item, parameter = rows(_row(part) for part in taken)
    kinds, at = {part.kind for part in taken}, to_microseconds(now)
    execute(_RECORD.format(rows=item), (parameter, undo.id, section.id))
    if ChangeKind.ADDED in kinds:
        execute(_DROP_PLACES.format(rows=item), (parameter, section.id))
        execute(_END_PLACES.format(rows=item), (parameter, at, undo.id, section.id))
    if ChangeKind.REMOVED in kinds:
        execute(_TAKE_UP_PLACES.format(rows=item), (parameter, section.id))
    if ChangeKind.RENAMED in kinds:
        execute(_NAME_AS_BEFORE.format(rows=item), (parameter, at))
    execute(_MARK.format(rows=item), (undo.id, parameter))


def withhold(undo: SyncRun, taken: Sequence[Part]) -> None:
    """Note what was taken back as changes that wait for a person. Call inside a transaction."""
    if taken:
        item, parameter = rows((part.change_id, *part.before) for part in taken)
        execute(_WITHHOLD.format(rows=item), (undo.id, parameter))


def take_along(undo: SyncRun, hold: Hold) -> None:
    """What waits already waits with it: a section has one question of a kind. In a transaction."""
    execute(_TAKE_ALONG, (undo.id, hold.run_id, HELD_AS[HoldKind(hold.kind)], undo.id))


def overrides_back(undo: SyncRun, run: SyncRun, now: datetime) -> None:
    """What the run kept in or out goes with it, and what it had ended stands again.

    Of those students alone whose part was taken back. What Clever says of them decides again: it
    may be another word than when the run was made. Call inside a transaction.
    """
    theirs = RosterOverride.account.in_(
        SyncChange.select(SyncChange.account).where(SyncChange.undone_by_id == undo.id)
    )
    stands = RosterOverride.ended_at.is_null()
    ended = (
        RosterOverride.update(ended_at=now, ended_in=undo)
        .where(theirs & stands & (RosterOverride.made_in == run))
        .execute()
    )
    Other = RosterOverride.alias()
    in_the_way = Other.select(Other.account).where(
        (Other.section == run.section_id) & Other.ended_at.is_null()
    )
    woken = (
        RosterOverride.update(ended_at=None, ended_in=None)
        .where(
            theirs & (RosterOverride.ended_in == run) & RosterOverride.account.not_in(in_the_way)
        )
        .execute()
    )
    if ended or woken:
        Section.update(outdated_at=now).where(Section.id == run.section_id).execute()


def in_scope(found: Iterable[Part], scope: Scope) -> list[Part]:
    return [part for part in found if scope.has(part)]


def newest_of(run: SyncRun, scope: Scope) -> SyncRun | None:
    """The undo that took back what is in this scope last; None when nothing of it was undone.

    One that changed the class is undone as a whole, be it that its list was the same.
    """
    if run.class_sourced_id:
        found = SyncRun.select().where(SyncRun.undoes == run)
        newest: SyncRun | None = found.order_by(SyncRun.id.desc()).first()
        return newest
    theirs = (SyncChange.run == run) & SyncChange.kind.in_(scope.kinds)
    if scope.student_id:
        theirs &= Account.public_id == scope.student_id
    undone: int | None = (
        SyncChange.select(SyncChange.undone_by_id)
        .join(Account)
        .where(theirs & SyncChange.undone_by_id.is_null(False))
        .order_by(SyncChange.undone_by_id.desc())
        .limit(1)
        .scalar()
    )
    return None if undone is None else SyncRun.get_by_id(undone)


def count_of(taken: Collection[Part], kind: ChangeKind) -> int:
    return sum(part.kind == kind for part in taken)


def _row(part: Part) -> tuple[int, str]:
    """The change, and how the name of before is sorted."""
    renamed = part.kind == ChangeKind.RENAMED
    return part.change_id, sort_key(*part.before) if renamed else ""


_PARTS = """
    SELECT c.id, c.kind, a.public_id, c.sourced_id,
      c.given_name_before, c.family_name_before, c.given_name, c.family_name,
      a.given_name, a.family_name, c.had_place,
      e.id IS NOT NULL, e.ended_at, e.ended_by_id, COALESCE(e.display_name, ''), a.kind = ?,
      EXISTS (
        SELECT 1 FROM merges m
        WHERE m.kept_id = c.account_id AND m.undone_at IS NULL AND m.made_at > r.finished_at
          AND NOT EXISTS (
            SELECT 1 FROM class_matches own WHERE own.run_id = r.id AND own.merge_id = m.id)),
      r.id, later.source, later.finished_at,
      EXISTS (
        SELECT 1 FROM roster_overrides v
        WHERE v.section_id = r.section_id AND v.account_id = c.account_id
          AND v.ended_at IS NULL AND v.until >= ?
          AND v.made_at >= r.finished_at AND COALESCE(v.made_in_id, 0) <> r.id),
      r.source
    FROM sync_changes c
    JOIN sync_runs r ON r.id = c.run_id
    JOIN accounts a ON a.id = c.account_id
    LEFT JOIN enrollments e ON e.section_id = r.section_id AND e.account_id = c.account_id
    LEFT JOIN sync_runs later ON later.id = (
      SELECT MAX(d.run_id) FROM sync_changes d JOIN sync_runs o ON o.id = d.run_id
      WHERE d.account_id = c.account_id AND d.id > c.id AND d.run_id <> c.run_id
        AND d.undone_by_id IS NULL AND o.source <> 'undo'
        AND (c.kind = 'renamed' AND d.kind = 'renamed'
          OR c.kind <> 'renamed' AND d.kind IN ('added', 'removed')
            AND o.section_id = r.section_id))
    WHERE c.run_id = ? AND c.undone_by_id IS NULL
      AND c.kind IN ('added', 'removed', 'renamed')
    ORDER BY a.sort_name, c.id
"""
_TAKEN = """
    WITH taken AS (
      SELECT c.*, r.value->>1 AS sort_name
      FROM {rows} JOIN sync_changes c ON c.id = CAST(r.value->>0 AS INTEGER))
"""
# Seen from the list: who had been added goes, who had been removed comes.
_RECORD = f"""
    {_TAKEN}
    INSERT INTO sync_changes (
      run_id, account_id, sourced_id, kind, moved_to,
      given_name_before, family_name_before, grade_before, given_name, family_name, grade,
      had_place, ended_at_before, ended_by_before_id)
    SELECT CAST(? AS INTEGER), c.account_id, c.sourced_id,
      CASE c.kind WHEN 'added' THEN 'removed' WHEN 'removed' THEN 'added' ELSE 'renamed' END, '',
      a.given_name, a.family_name, a.grade,
      CASE c.kind WHEN 'renamed' THEN c.given_name_before ELSE a.given_name END,
      CASE c.kind WHEN 'renamed' THEN c.family_name_before ELSE a.family_name END,
      a.grade, e.id IS NOT NULL, e.ended_at, e.ended_by_id
    FROM taken c
    JOIN accounts a ON a.id = c.account_id
    LEFT JOIN enrollments e ON e.section_id = ? AND e.account_id = c.account_id
    ORDER BY c.id
"""
# Each place is looked up by section and account: PostgreSQL would compare all with all instead.
_DROP_PLACES = f"""
    {_TAKEN}
    DELETE FROM enrollments
    WHERE id IN (
      SELECT e.id FROM taken
      JOIN enrollments e ON e.section_id = ? AND e.account_id = taken.account_id
      WHERE taken.kind = 'added' AND NOT taken.had_place)
"""
# Of changes older than this bookkeeping nobody knows when the place had ended: it ends now.
_END_PLACES = f"""
    {_TAKEN}
    UPDATE enrollments SET
      ended_at = COALESCE(taken.ended_at_before, CAST(? AS BIGINT)),
      ended_by_id = CASE
        WHEN taken.ended_at_before IS NULL THEN CAST(? AS INTEGER)
        ELSE taken.ended_by_before_id END
    FROM taken
    WHERE enrollments.section_id = ? AND enrollments.account_id = taken.account_id
      AND taken.kind = 'added' AND taken.had_place
"""
_TAKE_UP_PLACES = f"""
    {_TAKEN}
    UPDATE enrollments SET ended_at = NULL, ended_by_id = NULL
    WHERE id IN (
      SELECT e.id FROM taken
      JOIN enrollments e ON e.section_id = ? AND e.account_id = taken.account_id
      WHERE taken.kind = 'removed')
"""
_NAME_AS_BEFORE = f"""
    {_TAKEN}
    UPDATE accounts
    SET given_name = taken.given_name_before, family_name = taken.family_name_before,
      sort_name = taken.sort_name, named_at = ?
    FROM taken
    WHERE accounts.id = taken.account_id AND taken.kind = 'renamed'
"""
_MARK = """
    UPDATE sync_changes SET undone_by_id = ?
    FROM {rows}
    WHERE sync_changes.id = CAST(r.value->>0 AS INTEGER)
"""
_WITHHOLD = """
    INSERT INTO sync_changes (
      run_id, account_id, sourced_id, kind, moved_to,
      given_name_before, family_name_before, grade_before, given_name, family_name, grade)
    SELECT CAST(? AS INTEGER), c.account_id, c.sourced_id,
      CASE c.kind WHEN 'added' THEN 'held_addition' WHEN 'removed' THEN 'held_removal'
        ELSE 'held_rename' END,
      c.moved_to, r.value->>1, r.value->>2, c.grade_before, c.given_name, c.family_name, c.grade
    FROM {rows} JOIN sync_changes c ON c.id = CAST(r.value->>0 AS INTEGER)
    ORDER BY c.id
"""
_TAKE_ALONG = """
    INSERT INTO sync_changes (
      run_id, account_id, sourced_id, kind, moved_to,
      given_name_before, family_name_before, grade_before, given_name, family_name, grade)
    SELECT CAST(? AS INTEGER), w.account_id, w.sourced_id, w.kind, w.moved_to,
      w.given_name_before, w.family_name_before, w.grade_before,
      w.given_name, w.family_name, w.grade
    FROM sync_changes w
    WHERE w.run_id = ? AND w.kind = ? AND NOT EXISTS (
      SELECT 1 FROM sync_changes mine
      WHERE mine.run_id = ? AND mine.kind = w.kind AND mine.account_id = w.account_id
        AND (w.kind <> 'held_rename' OR mine.given_name = w.given_name
          AND mine.family_name = w.family_name))
    ORDER BY w.id
"""
