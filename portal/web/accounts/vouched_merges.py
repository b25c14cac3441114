"""Two accounts of a student, brought together by who knows them, and taken apart again (AC5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from jobs import send_letter
from portal import clock, merging, vouching
from portal.merging import MergeRefusal, UndoRefusal
from portal.models.accounts import Account
from portal.models.merging.merges import Merge
from portal.web.accounts.merges import lesson_lines
from portal.web.ground.access import current_account, role_required
from portal.web.ground.reader_scope import (
    READERS,
    find_vouched_merge,
    readers_merges,
    readers_section_ids,
)

bp = Blueprint("vouched_merges", __name__)

MERGES_A_PAGE = 20


@bp.get("/students/merges/<vouched_id>")
@role_required(*READERS)
def show(vouched_id: str) -> str:
    merged = find_vouched_merge(vouched_id)
    return _result_page(merged, merging.undo_refusal(merged, clock.now()))


@bp.post("/students/merges/<vouched_id>/undo")
@role_required(*READERS)
def undo(vouched_id: str) -> ResponseReturnValue:
    merged = find_vouched_merge(vouched_id)

    done = vouching.undo(merged, current_account())
    if isinstance(done, UndoRefusal) and done is not UndoRefusal.DONE:
        return _result_page(merged, done, tried=True), 422
    send_letter.ring_all([] if isinstance(done, UndoRefusal) else done)
    return redirect(url_for("vouched_merges.show", vouched_id=vouched_id), 303)


def preview_facts(one: Account, other: Account, refusal: MergeRefusal | None) -> dict[str, Any]:
    """What would move; classes that are none of the reader's are counted, not named (A58)."""
    if refusal is not None:
        return {"preview": None, "lessons": [], "hidden_count": 0, "refusal": refusal}
    whole = merging.preview(one, other)
    known = readers_section_ids([each.section_id for each in whole.places])
    places = tuple(each for each in whole.places if each.section_id in known)
    return {
        "preview": replace(whole, places=places),
        "lessons": lesson_lines(whole),
        "hidden_count": len(whole.places) - len(places),
        "refusal": None,
    }


def merges_facts(page: int) -> dict[str, Any]:
    """A page of what was brought together and the reader may take back."""
    found = readers_merges()
    count = found.count()
    pages = max(1, -(-count // MERGES_A_PAGE))
    page = min(max(1, page), pages)
    merges = list(found.paginate(page, MERGES_A_PAGE))
    return {"merges": merges, "merge_count": count, "page": page, "pages": pages}


def _result_page(merged: Merge, refusal: UndoRefusal | None, tried: bool = False) -> str:
    return render_template("vouched_merges/show.html", merge=merged, refusal=refusal, tried=tried)
