"""Who of today's students is who in the class: the teacher says it, nobody guesses (N7)."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from jobs import sync_section
from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.merging import class_matches
from portal.models.merging.class_matches import ClassMatch
from portal.models.syncs import class_changes
from portal.models.syncs.class_changes import ClassChange
from portal.models.syncs.planned_changes import PlannedChange
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun, Wish
from portal.roster.class_matching import MatchGround, Proposal
from portal.roster.records import Role
from portal.web.ground.access import current_account, find_run, role_required
from portal.web.ground.limits import Limit, spend
from portal.web.sections.chosen_classes import ChosenClass, asks
from portal.web.sections.section_kinds import page_of

bp = Blueprint("class_matches", __name__)


@bp.route("/roster-syncs/<run_id>/matches", methods=["GET", "POST"])
@role_required(Role.TEACHER)
def show(run_id: str) -> ResponseReturnValue:
    """Today's students beside those of the class; what is sent makes the preview that is saved."""
    run = find_run(run_id)
    if run.state != RunState.PREVIEWED or not asks(run):
        return redirect(page_of(run.section), 303)
    matching = _Matching.of(run)
    if request.method == "GET":
        return _page(matching)

    matching = matching.answered(request.form)
    if matching.problems:
        return _page(matching), 422
    spend(Limit.SYNCS, current_account().public_id)
    new, is_new = write(lambda: _request(matching))
    if is_new:
        sync_section.ring(new)
    return redirect(page_of(run.section), 303)


@dataclass(frozen=True, slots=True)
class _Row:
    """One of today's students; `proposed` is who they may be in the class, `refusal` why not.

    `chosen` is what the form says: an id in the class, or "" for nobody.
    """

    account: Account
    proposed: PlannedChange | None
    ground: str
    refusal: str
    chosen: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Matching:
    run: SyncRun
    rows: tuple[_Row, ...]
    newcomers: Mapping[str, PlannedChange]

    @classmethod
    def of(cls, run: SyncRun) -> _Matching:
        newcomers = class_matches.newcomers(run)
        proposals = {each.account_id: each for each in ClassMatch.of(run)}
        refused = _refusals(run, {key: each.sourced_id for key, each in proposals.items()})
        rows = []
        for account in class_matches.unmatched(run, run.section):
            proposal, why_not = proposals.get(account.id), refused.get(account.id, "")
            found = newcomers.get(proposal.sourced_id) if proposal else None
            ground = proposal.ground if proposal else ""
            chosen = proposal.sourced_id if proposal and found and not why_not else ""
            rows.append(_Row(account, found, ground, why_not, chosen))
        return cls(run, tuple(rows), newcomers)

    @property
    def problems(self) -> tuple[_Row, ...]:
        return tuple(row for row in self.rows if row.problem)

    @property
    def proposed(self) -> tuple[_Row, ...]:
        return tuple(row for row in self.rows if row.proposed and not row.refusal)

    @property
    def others(self) -> tuple[_Row, ...]:
        return tuple(row for row in self.rows if not row.proposed or row.refusal)

    @property
    def pairs(self) -> list[Proposal]:
        return [
            Proposal(row.account.id, row.chosen, MatchGround(row.ground or MatchGround.CHOSEN))
            for row in self.rows
            if row.chosen
        ]

    def answered(self, form: Mapping[str, str]) -> _Matching:
        """The same with what was sent; an id that is not the class's is nobody's."""
        sent = {row.account.id: form.get(f"match-{row.account.public_id}", "") for row in self.rows}
        chosen = {key: each if each in self.newcomers else "" for key, each in sent.items()}
        twice = Counter(each for each in chosen.values() if each)
        refused = _refusals(self.run, {key: each for key, each in chosen.items() if each})
        rows = tuple(
            _Row(
                row.account,
                row.proposed,
                row.ground,
                row.refusal,
                chosen[row.account.id],
                "twice" if twice[chosen[row.account.id]] > 1 else refused.get(row.account.id, ""),
            )
            for row in self.rows
        )
        return _Matching(self.run, rows, self.newcomers)


def _refusals(run: SyncRun, pairs: Mapping[int, str]) -> dict[int, str]:
    wished = class_changes.target(run, run.section)
    return class_matches.refusals(wished, pairs, current_account())


def _request(matching: _Matching) -> tuple[SyncRun, bool]:
    """A preview of exactly what was said; one that is still looking knows nothing of it."""
    run, now = matching.run, clock.now()
    key = request.form.get("idempotency_key", "")[:64] or None
    wish = Wish(preview=True, class_sourced_id=run.class_sourced_id)
    in_flight = SyncRun.in_flight(run.section)
    clicked = SyncRun.of_click(current_account(), key)
    if in_flight is not None and clicked is None:
        in_flight.stop(now)
    new, is_new = SyncRun.request(
        run.section, RunSource.TEACHER, now, current_account(), key, wish=wish
    )
    if is_new:
        wished = class_changes.wish_of(run)
        ClassChange.wish(new, wished.columns, wished.flag_list, matched=True)
        ClassMatch.note(new, matching.pairs, agreed=True)
    return new, is_new


def _page(matching: _Matching) -> str:
    return render_template(
        "class_matches/show.html",
        section=matching.run.section,
        run=matching.run,
        chosen=ChosenClass.of(matching.run),
        matching=matching,
        idempotency_key=secrets.token_urlsafe(12),
    )
