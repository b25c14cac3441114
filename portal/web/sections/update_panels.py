"""The facts a page shows of Update class rosters: how far it is, and its one result (Y2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal import clock
from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.web.sections.panels import LONG_WAIT, MADE, SLOW_AFTER, poll_seconds

SHOWN_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class UpdatePanel:
    """Everything `roster_updates/_panel.html` shows; `place` is the page that it stands on.

    There is no `update` for somebody who has pressed nothing lately. `paused` sections have no
    run: a finished update says so.
    """

    update: RosterUpdate | None
    runs: tuple[SyncRun, ...]
    place: str
    now: datetime
    told: str = ""
    announced: str = ""
    paused: tuple[Section, ...] = ()

    @property
    def idempotency_key(self) -> str:
        """New for each button drawn, so that one press is one update however often it is sent."""
        return secrets.token_urlsafe(12)

    @property
    def finished(self) -> bool:
        if self.update is None or self.update.reason:
            return True
        return self.update.read_at is not None and self.done == self.total

    @property
    def state(self) -> str:
        """`idle`, `reading`, `checking`, `failed` or `done`."""
        if self.update is None:
            return "idle"
        if not self.finished:
            return "checking" if self.update.read_at else "reading"
        return "failed" if self.update.reason else "done"

    @property
    def total(self) -> int:
        return len(self.runs)

    @property
    def done(self) -> int:
        return sum(run.finished for run in self.runs)

    @property
    def at(self) -> int:
        """Which class is checked now: classes are counted as they end, in whatever order."""
        return min(self.done + 1, self.total)

    @property
    def matching(self) -> int:
        return sum(run.state == RunState.DONE and not run.kept_count for run in self.runs)

    @property
    def changed(self) -> bool:
        return any((self.added, self.removed, self.updated))

    @property
    def added(self) -> int:
        return sum(run.added_count for run in self.runs if run.state in MADE)

    @property
    def removed(self) -> int:
        return sum(run.removed_count for run in self.runs if run.state in MADE)

    @property
    def updated(self) -> int:
        return sum(run.updated_count for run in self.runs if run.state in MADE)

    @property
    def unchanged(self) -> int:
        return sum(run.unchanged_count for run in self.runs if run.state in MADE)

    @property
    def left_out(self) -> tuple[SyncRun, ...]:
        """The syncs after which a list does not match its class: held, kept, shown or ended."""
        return tuple(
            run
            for run in self.runs
            if run.finished and (run.state != RunState.DONE or run.kept_count)
        )

    @property
    def needs_the_teacher(self) -> bool:
        waits = (RunState.HELD, RunState.FAILED, RunState.PREVIEWED)
        return any(run.state in waits for run in self.left_out)

    @property
    def finished_at(self) -> datetime | None:
        ends = [run.finished_at for run in self.runs if run.finished_at]
        return max(ends, default=self.update.read_at if self.update else None)

    @property
    def poll_seconds(self) -> int:
        return poll_seconds(self.update, self.now) if self.update else 1

    @property
    def waiting_until(self) -> datetime | None:
        """Until when the provider lets us wait, for the classes or for a student list."""
        waits = [run.waiting_until for run in self.runs if not run.finished and run.waiting_until]
        if self.update and self.state == "reading" and self.update.reading_until:
            waits.append(self.update.reading_until)
        return min((each for each in waits if each - self.now > LONG_WAIT * 2), default=None)

    @property
    def waiting_long(self) -> bool:
        """Whether nobody has begun, although it was asked for a while ago."""
        if self.update is None or self.update.attempt or self.update.read_at:
            return False
        return bool(self.now - self.update.requested_at > LONG_WAIT)

    @property
    def slow(self) -> bool:
        """Whether nothing has ended for a while."""
        if self.update is None or self.update.read_at is None:
            since = self.update.requested_at if self.update else self.now
        else:
            since = max([self.update.read_at, *filter(None, (r.finished_at for r in self.runs))])
        return self.now - since > SLOW_AFTER

    @property
    def interrupted(self) -> bool:
        """Whether the reader of the classes died: another one starts again by itself (F03)."""
        return bool(self.update and self.state == "reading" and self.update.attempt > 1)

    @property
    def milestone(self) -> str:
        """What a screen reader is told by this answer: started, half_way, finished; or ""."""
        if self.announced:
            return self.announced
        if self.finished:
            return "finished"
        half = self.total > 3 and self.done * 2 >= self.total
        return "half_way" if half and self.told != "half_way" else ""


def update_panel(
    update: RosterUpdate | None, place: str, told: str = "", announced: str = ""
) -> UpdatePanel:
    """The panel of this update."""
    runs = tuple(update.runs()) if update else ()
    panel = UpdatePanel(update, runs, place, clock.now(), told, announced)
    if update is None or not panel.finished:
        return panel
    return replace(panel, paused=tuple(update.paused()))


def panel_for(account: Account, place: str) -> UpdatePanel:
    """The panel that this person's page opens with: what goes on, or what has just ended."""
    panel = update_panel(RosterUpdate.latest(account), place)
    if panel.update and panel.finished and _is_old(panel.update, panel.now):
        return update_panel(None, place)
    return panel


def _is_old(update: RosterUpdate, now: datetime) -> bool:
    return bool(now - update.requested_at > SHOWN_FOR)
