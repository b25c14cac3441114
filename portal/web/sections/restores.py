"""A teacher puts a list back as it was at some day: all that came since is undone at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock, restoring
from portal.models.syncs import undos
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import SyncRun
from portal.models.syncs.undos import Part
from portal.restoring import Chain, put_back
from portal.roster.records import Role
from portal.undoing import Refusal
from portal.web.ground.access import current_account, find_run, role_required

bp = Blueprint("restores", __name__)


@dataclass(frozen=True, slots=True)
class RestorePage:
    """What the list would be again, or why it cannot be."""

    run: SyncRun
    as_of: datetime
    run_count: int
    chains: tuple[Chain, ...]
    refusal: Refusal | None
    class_before = undone_at = None

    @classmethod
    def of(cls, run: SyncRun, now: datetime, refusal: Refusal | None = None) -> RestorePage:
        why_not = refusal or restoring.refusal(run, now)
        runs = [] if why_not else undos.since(run)
        found = tuple(restoring.chains(_all_parts(runs, now)))
        if not why_not and not any(each.newest.obstacle is None for each in found):
            why_not = Refusal.CHANGED_SINCE if found else Refusal.NO_LIST
        return cls(run, undos.stood_since(run), len(runs), found, why_not)

    @property
    def returning(self) -> list[Part]:
        return self._whole(ChangeKind.REMOVED)

    @property
    def leaving(self) -> list[Part]:
        return self._whole(ChangeKind.ADDED)

    @property
    def renamed(self) -> list[Part]:
        return self._whole(ChangeKind.RENAMED)

    @property
    def left(self) -> list[Part]:
        """Those that stay as they are, since somebody changed them."""
        return [each.newest for each in self.chains if each.newest.obstacle is not None]

    @property
    def idempotency_key(self) -> str:
        return secrets.token_urlsafe(12)

    def _whole(self, kind: ChangeKind) -> list[Part]:
        free = (each for each in self.chains if each.newest.obstacle is None and each.is_change)
        return [each.whole for each in free if each.newest.kind == kind]


@bp.get("/roster-syncs/<run_id>/restore")
@role_required(Role.TEACHER)
def ask(run_id: str) -> str:
    run = find_run(run_id)

    return render_template("restores/ask.html", undo=RestorePage.of(run, clock.now()))


@bp.post("/roster-syncs/<run_id>/restore")
@role_required(Role.TEACHER)
def create(run_id: str) -> ResponseReturnValue:
    run = find_run(run_id)
    key = request.form.get("idempotency_key", "")[:64] or None

    restored = put_back(run, current_account(), key)
    if isinstance(restored, Refusal):
        page = RestorePage.of(run, clock.now(), restored)
        return render_template("restores/ask.html", undo=page), 422
    return redirect(url_for("sections.show", section_id=run.section.public_id), 303)


def _all_parts(runs: Iterable[SyncRun], now: datetime) -> list[Part]:
    """What these runs changed, the newest first."""
    return [part for run in runs for part in undos.parts(run, now)]
