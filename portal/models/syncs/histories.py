"""A section's history: its runs, the newest first, and who or what started each (Y8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, SQL, ModelSelect, fn

from portal.models.accounts import Account
from portal.models.base import tuples_of
from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_changes import SyncChange
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.models.syncs.undos import UNDOABLE, may_be_undone

RUNS_A_PAGE = 25
# Word for word the condition of the index `sync_runs_changing`: SQLite uses it for no other.
CHANGED = "added_count + updated_count + removed_count > 0"

# What a line of a history shows of a run; its other columns are for who carries it out.
TOLD = (
    SyncRun.id,
    SyncRun.public_id,
    SyncRun.section,
    SyncRun.state,
    SyncRun.source,
    SyncRun.started_by,
    SyncRun.reference,
    SyncRun.requested_at,
    SyncRun.started_at,
    SyncRun.finished_at,
    SyncRun.added_count,
    SyncRun.updated_count,
    SyncRun.removed_count,
    SyncRun.held_count,
    SyncRun.reason,
    SyncRun.count_before,
    SyncRun.count_after,
    SyncRun.undoes,
    SyncRun.class_sourced_id,
)


@dataclass(frozen=True, slots=True)
class HistoryPlace:
    """Where in a history a reader is: at its newest runs, or beside one run of it."""

    only_changes: bool = False
    older_than: str = ""
    newer_than: str = ""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run with what became of it: the run it took back, those that took it back, its holds."""

    run: SyncRun
    may_be_undone: bool
    undone: SyncRun | None = None
    undoings: tuple[SyncRun, ...] = ()
    holds: tuple[Hold, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything of the list is another since."""
        return bool(self.run.added_count + self.run.updated_count + self.run.removed_count)

    @property
    def took(self) -> timedelta | None:
        """How long its work took; a run that reads the mirror counts from when it was asked for.

        What it calls its start is when the mirror was read, so that nothing younger gives way.
        """
        run = self.run
        if run.finished_at is None or run.started_at is None:
            return None
        took: timedelta = run.finished_at - max(run.started_at, run.requested_at)
        return max(took, timedelta())

    @classmethod
    def of(cls, run: SyncRun, now: datetime) -> PastRun:
        return told([run], now)[0]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Some runs; `newer` and `older` lead on, and are "" where the history ends."""

    runs: Sequence[PastRun]
    newer: str = ""
    older: str = ""


def history_page(section: Section, place: HistoryPlace, now: datetime) -> HistoryPage:
    """A page of the section's runs, in as many statements however long its history is."""
    found = with_starters(shown_runs(section, place.only_changes))
    newer_than = _key(section, place.newer_than)
    if newer_than is not None:
        above = found.where(SyncRun.id > newer_than).order_by(SyncRun.id)
        nearest = list(above.limit(RUNS_A_PAGE + 1))
        if len(nearest) > RUNS_A_PAGE:
            return _page(nearest[:RUNS_A_PAGE][::-1], now, newer=True, older=True)
    older_than = _key(section, place.older_than)
    if older_than is not None:
        found = found.where(SyncRun.id < older_than)
    runs = list(found.order_by(SyncRun.id.desc()).limit(RUNS_A_PAGE + 1))
    more = len(runs) > RUNS_A_PAGE
    return _page(runs[:RUNS_A_PAGE], now, newer=older_than is not None, older=more)


def shown_runs(section: Section, only_changes: bool = False) -> ModelSelect[SyncRun]:
    """Its runs, without those that only showed a plan: they were to change nothing."""
    saved = SyncRun.state.in_((RunState.DONE, RunState.HELD))
    runs = SyncRun.select().where((SyncRun.section == section) & (~SyncRun.preview | saved))
    return runs.where(SQL(CHANGED)) if only_changes else runs


def with_starters(runs: ModelSelect[SyncRun]) -> ModelSelect[SyncRun]:
    """The same with the account that started each, if a person did."""
    return runs.select(*TOLD, Account.given_name, Account.family_name).join(
        Account, JOIN.LEFT_OUTER, on=(SyncRun.started_by == Account.id), attr="started_by"
    )


def told(runs: Sequence[SyncRun], now: datetime) -> list[PastRun]:
    """These runs with what became of each."""
    keys = [run.id for run in runs]
    undoable = _undoable(run.id for run in runs if may_be_undone(run, now))
    undone = runs_by_key(run.undoes_id for run in runs if run.undoes_id)
    undoings = _by_run(_undoing(keys), "undoes_id")
    holds = _by_run(Hold.select().where(Hold.run.in_(keys)).order_by(Hold.id), "run_id")
    return [
        PastRun(
            run,
            run.id in undoable,
            undone.get(run.undoes_id or 0),
            undoings.get(run.id, ()),
            holds.get(run.id, ()),
        )
        for run in runs
    ]


def runs_by_key(keys: Iterable[int]) -> dict[int, SyncRun]:
    """The runs with these keys, and who started them."""
    wanted = set(keys)
    if not wanted:
        return {}
    found = with_starters(SyncRun.select().where(SyncRun.id.in_(wanted)))
    return {run.id: run for run in found}


def _page(runs: Sequence[SyncRun], now: datetime, newer: bool, older: bool) -> HistoryPage:
    return HistoryPage(
        told(runs, now),
        newer=runs[0].public_id if runs and newer else "",
        older=runs[-1].public_id if runs and older else "",
    )


def _key(section: Section, public_id: str) -> int | None:
    """The key of a run of this section, or None; of another one nothing is told."""
    if not public_id:
        return None
    found = SyncRun.get_or_none((SyncRun.section == section) & (SyncRun.public_id == public_id))
    return found.id if found else None


def _undoable(keys: Iterable[int]) -> set[int]:
    """Those of these with a change that can be taken back and was not."""
    left = SyncChange.select().where(
        (SyncChange.run == SyncRun.id)
        & SyncChange.kind.in_(UNDOABLE)
        & SyncChange.undone_by_id.is_null()
    )
    found = SyncRun.select(SyncRun.id).where(SyncRun.id.in_(list(keys)) & fn.EXISTS(left))
    return {key for (key,) in tuples_of(found)}


def _undoing(keys: Collection[int]) -> ModelSelect[SyncRun]:
    """Those that took back changes of these; the index holds none but such runs."""
    undoings = SyncRun.select().where(SyncRun.undoes.is_null(False) & SyncRun.undoes.in_(keys))
    return with_starters(undoings).order_by(SyncRun.id)


def _by_run(rows: Any, key: str) -> Mapping[int, tuple[Any, ...]]:
    found: dict[int, tuple[Any, ...]] = {}
    for row in rows:
        found[getattr(row, key)] = (*found.get(getattr(row, key), ()), row)
    return found
