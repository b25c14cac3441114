"""Bringing two accounts of one's own together, and taking them apart again (AC4, AC5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from jobs import send_letter
from portal import clock, merging, vouching
from portal.merging import MergeRefusal, UndoRefusal
from portal.models.accounts import Account
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.sessions import SessionEnded, SignInWay
from portal.models.entrance.ways_in import note_change
from portal.models.merging import belongings
from portal.models.merging.merge_previews import MergePreview
from portal.models.merging.merges import Merge, MergeGround
from portal.web.entrance import proofs
from portal.web.entrance.entering import enter
from portal.web.ground import handover
from portal.web.ground.access import (
    current_account,
    current_person,
    current_session,
    find_own_merge,
    fresh_required,
    signed_in_required,
    staff_required,
)
from portal.web.ground.current import current_courses
from portal.web.ground.sessions import browser_session

bp = Blueprint("merges", __name__)

STAYING = ("district_name", "school_names")  # What a session knows of its person's places.


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson by name, and which of the two accounts has finished it."""

    course: str
    lesson: str
    kept: bool
    absorbed: bool


class NotMerged(Exception):
    """The two cannot be one; the message is the reason."""


class ProofOutdated(Exception):
    """How the other account is signed in to was changed since it was proved (A25)."""


@bp.get("/account/merge")
@staff_required
@fresh_required
def preview() -> ResponseReturnValue:
    """What will happen, before anything does; only with an account that was proved lately."""
    other = proofs.proved()
    if other is None:
        return redirect(url_for("proving.show"), 303)

    return _preview_page(other, merging.refusal(current_account(), other))


@bp.post("/account/merge")
@staff_required
@fresh_required
def create() -> ResponseReturnValue:
    other = proofs.proved()
    if other is None:
        return redirect(url_for("proving.show"), 303)

    try:
        merged = _bring_together(other)
    except NotMerged as error:
        return _preview_page(other, MergeRefusal(str(error))), 422
    except ProofOutdated:
        return redirect(url_for("proving.show"), 303)
    except SessionEnded:  # By a second click, if not by who took the account back.
        return redirect(url_for("account.show"), 303)
    return redirect(url_for("merges.show", merge_id=merged.public_id), 303)


@bp.get("/account/merges/<merge_id>")
@signed_in_required
def show(merge_id: str) -> str:
    merged = find_own_merge(merge_id)
    return _result_page(merged, merging.undo_refusal(merged, clock.now()))


@bp.post("/account/merges/<merge_id>/undo")
@fresh_required
def undo(merge_id: str) -> ResponseReturnValue:
    """Both are signed out: this browser may be either's from now on."""
    merged = find_own_merge(merge_id)
    outcome = vouching.undo(merged, current_account())
    if isinstance(outcome, UndoRefusal):
        return _result_page(merged, outcome, tried=True), 422

    send_letter.ring_all(outcome)
    browser_session().end()
    return redirect(url_for("sign_in.show", problem="taken_apart"), 303)


def lesson_lines(shown: MergePreview) -> list[LessonLine]:
    """The lessons of both accounts by name; one that a course no longer has goes unnamed."""
    names = {
        (course.slug, lesson.slug): (course.name, lesson.name)
        for course in current_courses().values()
        for lesson in course.lessons
    }
    return [
        LessonLine(*names[key], bool(each.kept_at), bool(each.absorbed_at))
        for each in shown.lessons
        if (key := (each.course_slug, each.lesson_slug)) in names
    ]


def _bring_together(other: Account) -> Merge:
    """One transaction, and a new session of the account that goes on in place of this one."""
    person, here = current_person(), current_session()
    places = {key: session[key] for key in STAYING if key in session}
    done: list[Merge] = []
    letters: list[Letter] = []

    def step(now: datetime) -> Account:
        belongings.lock(person.account.id, other.id)
        here.must_live()
        if proofs.proved() != other:
            raise ProofOutdated
        merged = merging.merge(person.account, other, MergeGround.BOTH_PROVED, person.account)
        if isinstance(merged, MergeRefusal):
            raise NotMerged(merged)
        done[:] = [merged]
        letters[:] = note_change(merged.kept, LetterKind.MERGED, now, but=None)
        kept: Account = merged.kept
        return kept

    enter(step, person.roles, SignInWay(here.signed_in_with))
    session.pop(handover.KEY, None)  # Nobody was signed out: it is the same person.
    session.update(places)
    send_letter.ring_all(letters)
    return done[0]


def _preview_page(other: Account, refusal: MergeRefusal | None) -> str:
    if refusal is MergeRefusal.SAME:
        abort(404)
    shown = None if refusal else merging.preview(current_account(), other)
    return render_template(
        "merges/preview.html",
        preview=shown,
        lessons=lesson_lines(shown) if shown else [],
        refusal=refusal,
        found="found" in request.args,
    )


def _result_page(merged: Merge, refusal: UndoRefusal | None, tried: bool = False) -> str:
    return render_template("merges/show.html", merge=merged, refusal=refusal, tried=tried)
