"""The facts a page shows of an undo: what comes back, what cannot, and what was put back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from portal import clock, undoing
from portal.models.syncs import class_changes, undos
from portal.models.syncs.class_changes import ClassChange
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import SyncRun
from portal.models.syncs.undos import REMOVALS, WHOLE, Part, Scope
from portal.undoing import Refusal

SCOPES = {"all": WHOLE, "removals": REMOVALS}


def scope_of(what: str, student_id: str) -> Scope | None:
    """The scope that an address or a form names, or None: it names no such thing."""
    return Scope(student_id=student_id) if student_id else SCOPES.get(what or "all")


@dataclass(frozen=True, slots=True)
class UndoPage:
    """What would happen if these changes were undone now, or why nothing would."""

    run: SyncRun
    scope: Scope
    found: tuple[Part, ...]
    refusal: Refusal | None
    class_before: str | None = None

    @classmethod
    def of(
        cls, run: SyncRun, scope: Scope, now: datetime, refusal: Refusal | None = None
    ) -> UndoPage:
        why_not = refusal or undoing.refusal(run, now)
        every = [] if why_not else undos.parts(run, now)
        found = tuple(undos.in_scope(every, scope))
        made_class = not why_not and class_changes.stands(run)
        if not why_not and not made_class and not any(part.obstacle is None for part in found):
            why_not = Refusal.CHANGED_SINCE if found else Refusal.NO_LIST
        return cls(run, scope, found, why_not, _class_before(run) if made_class else None)

    @property
    def left(self) -> list[Part]:
        """Those that stay as they are, since somebody changed them."""
        return [part for part in self.found if part.obstacle is not None]

    @property
    def leaving(self) -> list[Part]:
        return self._taken(ChangeKind.ADDED)

    @property
    def returning(self) -> list[Part]:
        return self._taken(ChangeKind.REMOVED)

    @property
    def renamed(self) -> list[Part]:
        return self._taken(ChangeKind.RENAMED)

    @property
    def undone_at(self) -> datetime | None:
        """When all of it was taken back; None where there never was anything."""
        undone = undos.newest_of(self.run, self.scope) if self.refusal is Refusal.NO_LIST else None
        return undone.finished_at if undone else None

    @property
    def restore_point(self) -> datetime | None:
        """As of when the list would be if all later runs were undone too; None: none is later."""
        later = [] if undoing.refusal(self.run, clock.now()) else undos.since(self.run)
        return undos.stood_since(self.run) if len(later) > 1 else None

    @property
    def count(self) -> int:
        return len(self.found) - len(self.left)

    @property
    def may_choose(self) -> bool:
        """Whether the removals alone are less than everything."""
        whole = self.scope == WHOLE and not self.run.class_sourced_id
        return whole and 0 < len(self.returning) < self.count

    @property
    def asks_again(self) -> bool:
        """Whether Clever would make the same changes again."""
        return undoing.asks_again(self.run)

    @property
    def idempotency_key(self) -> str:
        return secrets.token_urlsafe(12)

    def _taken(self, kind: ChangeKind) -> list[Part]:
        return [part for part in self.found if part.kind == kind and part.obstacle is None]


@dataclass(frozen=True, slots=True)
class UndoneList:
    """What the panel says of an undo: as of when the list is, and what it could not put back.

    Of a list that later syncs have changed too, nobody can say that it is as it was then.
    """

    as_of: datetime | None
    left: tuple[Part, ...]
    asks: bool

    @classmethod
    def of(cls, run: SyncRun, now: datetime) -> UndoneList:
        undone = run.undoes
        found = undos.parts(undone, now) if undone else []
        left = tuple(part for part in found if part.obstacle is not None)
        stays = undone is None or found or undos.since(undone)
        as_of = None if undone is None or stays else undos.stood_since(undone)
        asks = any(hold.waits(now) for hold in Hold.of_run(run))
        return cls(as_of, left, asks)


def _class_before(run: SyncRun) -> str:
    """What the section's class is called that it followed before this run; "" for none."""
    change = ClassChange.of(run)
    return str(change.columns_before["class_name"]) if change else ""
