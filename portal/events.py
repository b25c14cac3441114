"""The use case: between nights, follow what a district's Events tell (Y3).

Told once, in order, by the one writer of the mirror; a feed that was lost is found again behind a
whole read. Nothing is asked of Clever inside a transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from peewee import InterfaceError, OperationalError

from portal import clock, districts, leaving, reconciling
from portal.database import write
from portal.leaving import Leaving
from portal.logs import bound
from portal.models.district_pauses import DistrictPause
from portal.models.districts import DistrictConnection, EventsState
from portal.models.sections import Section
from portal.models.shared import counting, writing
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource, DistrictStep
from portal.models.syncs.sync_runs import OwnReason, RunLost, RunState
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever_events import CleverEvents
from portal.providers.http import UNREADABLE, AbsentError, ForbiddenError, UnknownPathError
from portal.roster.records import ClassRecord
from portal.roster.sharing import Change, Differences, Fate, Kind, Told
from portal.settings import Settings

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=29)  # Clever keeps events for 30 days.
BATCH, CLASS_BATCH, LINK_BATCH = 1_000, 50, 5_000
MOST_PAGES = 1_000
LOST = (AbsentError, ForbiddenError, UnknownPathError)


class Overtaken(Exception):
    """Another worker went on with this feed."""


def poll(settings: Settings, connection: DistrictConnection) -> DistrictRun | None:
    """Ask a district for news and save it; the run to ring for, if sections are to follow."""
    if connection.frozen:
        return None
    with bound(district=connection.district_sourced_id):
        try:
            return _Feed(settings, connection).poll()
        except Leaving:
            logger.info("events left for later")
        except ProviderError as error:
            logger.warning("events not read: %s", error.detail, extra={"reason": error.reason})
    return None


class _Feed:
    """One district's feed, from where we left it."""

    def __init__(self, settings: Settings, connection: DistrictConnection) -> None:
        self._settings = settings
        self._connection = connection
        self._began = clock.now()

    def poll(self) -> DistrictRun | None:
        connection = self._connection
        if connection.is_seeded:
            return self._news()
        if connection.events_state == EventsState.SEEDED:
            return self._whole_read()
        if connection.events_state == EventsState.ON:
            return self._news() if self._is_kept() else self._seed()
        return self._seed()

    def _is_kept(self) -> bool:
        """Whether Clever must still know the event behind which we go on."""
        told_at = self._connection.event_told_at
        return told_at is not None and self._began - told_at < KEPT_FOR

    def _seed(self) -> DistrictRun | None:
        """Note where the feed is now; then the district is read whole (Clever page "Events")."""
        try:
            cursor = self._ask(lambda events, progress: events.last_id(progress))
        except UNREADABLE:
            write(lambda: self._connection.lacks_events(self._began))
            return None
        write(lambda: self._connection.seed_events(cursor, clock.now()))
        return self._whole_read()

    def _whole_read(self) -> DistrictRun | None:
        """Ask for the read that comes after a seed, unless one that may be it is in flight."""
        run, is_new = DistrictRun.request(self._connection, DistrictRunSource.GAP, self._began)
        return run if is_new else None

    def _news(self) -> DistrictRun | None:
        """Save what is new, in a run of its own: one for a district at a time."""
        try:
            page = self._page(self._connection.events_cursor)
        except ProviderError as error:
            if isinstance(error, LOST) or error.reason is FailureReason.UNUSABLE_ANSWER:
                logger.warning("feed lost: %s", error.detail)
                return self._seed()
            raise
        if not page and not self._left_behind():
            write(self._nothing_is_new)
            return None
        run = DistrictRun.start(self._connection, DistrictRunSource.EVENTS, clock.now())
        return self._save(run, page) if run else None

    def _nothing_is_new(self) -> None:
        """All is known as of now, unless a whole read is being saved just then."""
        if DistrictRun.in_flight(self._connection) is None:
            self._connection.polled(self._began)

    def _left_behind(self) -> bool:
        """Whether sections wait for a poll whose worker died, or for one after a sync by hand."""
        last, now = self._connection.mirrored_at, self._began
        if DistrictPause.standing(self._connection, clock.today(self._settings.timezone)):
            return False
        outdated = Section.outdated_by(self._connection, now)
        return bool(outdated.where(Section.outdated_at > last).exists()) if last else False

    def _save(self, run: DistrictRun, page: Sequence[Told]) -> DistrictRun | None:
        with bound(run=run.public_id, reference=run.reference):
            try:
                self._save_all(run, page)
                return run
            except (RunLost, Overtaken):
                logger.info("feed lost to another worker")
                _finish(run, RunState.STOPPED)
            except Leaving:
                _finish(run, RunState.STOPPED)
            except ProviderError as error:
                logger.warning("events not read: %s", error.detail, extra={"reason": error.reason})
                _finish(run, RunState.FAILED, error.reason)
            except (OperationalError, InterfaceError) as error:
                logger.error("database failed during events", extra={"error": type(error).__name__})
            except Exception:
                logger.exception("events broken")
                _finish(run, RunState.FAILED, OwnReason.UNEXPECTED)
        return None

    def _save_all(self, run: DistrictRun, page: Sequence[Told]) -> None:
        """Page by page to the end of the feed; then the sections may follow, in slices."""
        cursor, found, pages = self._connection.events_cursor, Differences(), 0
        run.advance(step=DistrictStep.SAVING)
        while page:
            for batch in _batches(page):
                found += write(partial(self._save_batch, cursor, batch))
                cursor = batch[-1].event_id
                leaving.check()
            pages += 1
            run.advance(request_count=pages)
            page = self._page(cursor, run) if pages < MOST_PAGES else ()
        counting.count_again(self._connection)
        reconciling.judge(self._connection, clock.now())
        write(lambda: self._connection.polled(self._began))
        outdated = Section.outdated_by(self._connection, self._began).count()
        run.advance(step=DistrictStep.SECTIONS, section_count=outdated, **_counts(found))
        run.give_back(clock.now())

    def _save_batch(self, cursor: str, batch: Sequence[Told]) -> Differences:
        """What these events tell, in their order, and the place behind them; all or nothing."""
        last = batch[-1]
        told_at = last.told_at or self._began
        if not self._connection.passed_event(cursor, last.event_id, told_at):
            raise Overtaken(last.event_id)
        found = Differences()
        for (kind, fate), changes in _by_kind(batch).items():
            found += self._write(kind, fate, changes)
        return found

    def _write(self, kind: Kind, fate: Fate, changes: Sequence[Change]) -> Differences:
        connection, ids = self._connection, [change.sourced_id for change in changes]
        if fate is Fate.SHARED:
            listings = [(change.listing, writing.UNKNOWN) for change in changes]
            return writing.put(connection, kind, listings, self._began)
        if fate is Fate.UNSHARED:
            return Differences(unshared=writing.unshare(connection, kind, ids, self._began))
        if kind is Kind.STUDENTS:
            writing.list_unreadable(connection, ids, self._began)
        return Differences(skipped=len(ids))

    def _page(self, cursor: str, run: DistrictRun | None = None) -> Sequence[Told]:
        """The next events: what they tell is as of now, however long the feed before them was."""
        self._began = clock.now()
        page: Sequence[Told] = self._ask(
            lambda events, progress: events.after(cursor, progress), run
        )
        if page and page[-1].event_id == cursor:
            raise ProviderError(FailureReason.UNUSABLE_ANSWER, "a feed that stands still")
        return page

    def _ask(
        self, read: Callable[[CleverEvents, ReadProgress], Any], run: DistrictRun | None = None
    ) -> Any:
        def keep_lease(*_told: object, **_more: object) -> None:
            leaving.check()
            if run is not None:
                run.advance()

        return districts.read_events(self._settings, self._connection, read, keep_lease)


def _by_kind(batch: Sequence[Told]) -> dict[tuple[Kind, Fate], list[Change]]:
    """The last word on each record, as if it had been told one after the other.

    Records do not hang on each other in the mirror, and what came and went between two looks
    was never here.
    """
    last = {(each.kind, each.sourced_id): each for told in batch for each in told.changes}
    found: dict[tuple[Kind, Fate], list[Change]] = {}
    for change in last.values():
        found.setdefault((change.kind, change.fate), []).append(change)
    return found


def _batches(page: Sequence[Told]) -> Iterator[list[Told]]:
    """Events for one short transaction each (performance.md): never so many rows or lists."""
    batch: list[Told] = []
    for told in page:
        batch.append(told)
        if _is_full(batch):
            yield batch
            batch = []
    if batch:
        yield batch


def _is_full(batch: Sequence[Told]) -> bool:
    changes = [change for told in batch for change in told.changes]
    classes = [each.listing for each in changes if isinstance(each.listing, ClassRecord)]
    links = sum(len(each.student_sourced_ids) for each in classes)
    return len(changes) >= BATCH or len(classes) >= CLASS_BATCH or links >= LINK_BATCH


def _counts(found: Differences) -> dict[str, int]:
    return {
        "added_count": found.added,
        "changed_count": found.changed,
        "unshared_count": found.unshared,
        "returned_count": found.returned,
        "skipped_count": found.skipped,
    }


def _finish(run: DistrictRun, state: RunState, reason: str = "") -> None:
    try:
        run.finish(state, clock.now(), reason=reason)
    except RunLost:
        logger.info("district run lost")
