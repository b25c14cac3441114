""" "I have used Rosterly before": a student asks, and their teacher answers (AC7)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from jobs import send_letter
from portal import clock, vouching
from portal.merging import MergeRefusal
from portal.models.accounts import Account
from portal.models.merging.claim_candidates import candidate, candidates
from portal.models.merging.claims import Claim, ClaimState
from portal.models.merging.merges import MergeGround
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import Role
from portal.web.accounts.vouched_merges import preview_facts
from portal.web.ground.access import (
    current_account,
    find_claim,
    find_own_claim,
    find_student_section,
    role_required,
)
from portal.web.ground.limits import Limit, spend

bp = Blueprint("claims", __name__)


@dataclass(frozen=True, slots=True)
class AskableClass:
    """A class of the student's, and the teacher who would be asked."""

    public_id: str
    name: str
    teacher_name: str


@bp.get("/claims/new")
@role_required(Role.STUDENT)
def new() -> str:
    return _asking_page()


@bp.post("/claims")
@role_required(Role.STUDENT)
def create() -> ResponseReturnValue:
    """Ask the teachers of one class; nothing of any other account is looked at."""
    if not request.form.get("section"):
        return _asking_page("none_chosen"), 422
    section, student = find_student_section(request.form["section"]), current_account()

    spend(Limit.CLAIMS, student.public_id)
    vouching.ask(student, section)
    return redirect(url_for("students.home"), 303)


@bp.post("/claims/<claim_id>/withdraw")
@role_required(Role.STUDENT)
def withdraw(claim_id: str) -> Response:
    vouching.withdraw(find_own_claim(claim_id), current_account())
    return redirect(url_for("students.home"), 303)


@bp.get("/claims/<claim_id>")
@role_required(Role.TEACHER)
def show(claim_id: str) -> str:
    return _claim_page(find_claim(claim_id))


@bp.post("/claims/<claim_id>/search")
@role_required(Role.TEACHER)
def search(claim_id: str) -> str:
    return _claim_page(find_claim(claim_id), request.form.get("search", "").strip()[:100])


@bp.get("/claims/<claim_id>/accounts/<account_id>")
@role_required(Role.TEACHER)
def preview(claim_id: str, account_id: str) -> ResponseReturnValue:
    claim = find_claim(claim_id)
    if claim.state != ClaimState.WAITING:
        return _to_outcome(claim)

    other = _candidate(claim, account_id)
    refused = vouching.refusal(claim.account, other, MergeGround.CLAIM, current_account())
    return _preview_page(claim, other, refused)


@bp.post("/claims/<claim_id>/accounts/<account_id>")
@role_required(Role.TEACHER)
def approve(claim_id: str, account_id: str) -> ResponseReturnValue:
    claim = find_claim(claim_id)
    if claim.state != ClaimState.WAITING:
        return _to_outcome(claim)

    other = _candidate(claim, account_id)
    done = vouching.approve(claim, other, current_account())
    if isinstance(done, MergeRefusal):
        return _preview_page(claim, other, done), 422
    if done is None:
        return _to_outcome(claim)
    send_letter.ring_all(done.letters)
    return redirect(url_for("vouched_merges.show", vouched_id=done.merge.public_id), 303)


@bp.post("/claims/<claim_id>/decline")
@role_required(Role.TEACHER)
def decline(claim_id: str) -> Response:
    claim = find_claim(claim_id)

    vouching.decline(claim, current_account())
    return _to_outcome(claim)


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A student's last claim, as their home tells of it."""

    public_id: str
    section_name: str
    state: ClaimState


def shown_claim(student: Account) -> ShownClaim | None:
    """What there is to tell this student about a claim of theirs."""
    newest = Claim.newest_of(student)
    state = newest.shown_state(clock.now()) if newest else None
    return ShownClaim(newest.public_id, newest.section.name, state) if newest and state else None


def _candidate(claim: Claim, account_id: str) -> Account:
    return candidate(claim, current_account(), account_id) or abort(404)


def _to_outcome(claim: Claim) -> Response:
    return redirect(url_for("claims.show", claim_id=claim.public_id), 303)


def _asking_page(problem: str | None = None) -> str:
    shown = shown_claim(current_account())
    waits = shown is not None and shown.state == ClaimState.WAITING
    return render_template(
        "claims/new.html",
        classes=_askable_classes(),
        waiting=shown if waits else None,
        problem=problem,
    )


def _askable_classes() -> list[AskableClass]:
    """The classes of today that somebody teaches; who has left one is not asked about it."""
    places = Enrollment.of_student(current_account()).where(Enrollment.ended_at.is_null())
    sections: list[Section] = [place.section for place in places]
    teachers = Section.main_teachers(sections)
    return [
        AskableClass(each.public_id, each.name, teachers[each.id])
        for each in sections
        if each.id in teachers
    ]


def _claim_page(claim: Claim, search: str = "") -> str:
    waits = claim.state == ClaimState.WAITING
    return render_template(
        "claims/show.html",
        claim=claim,
        candidates=candidates(claim, current_account(), search) if waits else [],
        search=search,
    )


def _preview_page(claim: Claim, other: Account, refusal: MergeRefusal | None) -> str:
    facts = preview_facts(claim.account, other, refusal)
    return render_template("claims/preview.html", claim=claim, other=other, **facts)
