"""Students who may have two accounts, put to those who know them; people decide (AC6)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from jobs import send_letter
from portal import vouching
from portal.merging import MergeRefusal
from portal.models.merging.duplicates import Duplicate
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import Role
from portal.web.accounts.vouched_merges import merges_facts, preview_facts
from portal.web.ground.access import current_account, find_section, role_required
from portal.web.ground.reader_scope import (
    READERS,
    find_student,
    readers_duplicates,
    readers_ground,
)

bp = Blueprint("duplicates", __name__)


@bp.get("/duplicates")
@role_required(*READERS)
def index() -> str:
    return _list_page(readers_duplicates(), None)


@bp.get("/sections/<section_id>/duplicates")
@role_required(Role.TEACHER)
def of_section(section_id: str) -> str:
    section = find_section(section_id)
    return _list_page(duplicates_of(section), section)


@bp.get("/duplicates/<one_id>/<other_id>")
@role_required(*READERS)
def show(one_id: str, other_id: str) -> ResponseReturnValue:
    pair = _find_pair(one_id, other_id)
    if pair is None:
        return _to_list()

    refused = vouching.refusal(pair.first, pair.second, readers_ground(), current_account())
    return _pair_page(pair, refused)


@bp.post("/duplicates/<one_id>/<other_id>/merge")
@role_required(*READERS)
def merge(one_id: str, other_id: str) -> ResponseReturnValue:
    """Only what is put to people can be answered: two accounts nobody suspects stay two."""
    pair = _find_pair(one_id, other_id)
    if pair is None:
        return _to_list()

    done = vouching.bring_together(pair.first, pair.second, readers_ground(), current_account())
    if isinstance(done, MergeRefusal):
        return _pair_page(pair, done), 422
    send_letter.ring_all(done.letters)
    return redirect(url_for("vouched_merges.show", vouched_id=done.merge.public_id), 303)


@bp.post("/duplicates/<one_id>/<other_id>/told-apart")
@role_required(*READERS)
def tell_apart(one_id: str, other_id: str) -> Response:
    pair = _find_pair(one_id, other_id)

    if pair is not None:
        vouching.tell_apart(pair.first, pair.second, current_account())
    return _to_list("told_apart")


def duplicates_of(section: Section) -> list[Duplicate]:
    """Those of which one at least is or was in this section."""
    found = readers_duplicates()
    places = Enrollment.sections_of({key for each in found for key in _keys(each)})
    return [each for each in found if any(section.id in places.get(k, ()) for k in _keys(each))]


def _keys(pair: Duplicate) -> tuple[int, int]:
    return pair.first.id, pair.second.id


def _find_pair(one_id: str, other_id: str) -> Duplicate | None:
    """Two of the reader's students, or 404; None when they were answered or never looked alike."""
    wanted = {find_student(one_id), find_student(other_id)}
    pairs = readers_duplicates()
    return next((each for each in pairs if {each.first, each.second} == wanted), None)


def _to_list(done: str | None = None) -> Response:
    return redirect(url_for("duplicates.index", done=done), 303)


def _list_page(found: list[Duplicate], section: Section | None) -> str:
    return render_template(
        "duplicates/index.html",
        duplicates=found,
        section=section,
        told_apart=request.args.get("done") == "told_apart",
        **merges_facts(request.args.get("page", 1, type=int)),
    )


def _pair_page(pair: Duplicate, refusal: MergeRefusal | None) -> str:
    facts = preview_facts(pair.first, pair.second, refusal)
    return render_template("duplicates/show.html", pair=pair, **facts)
