"""How each section stands: it matches, waits for a person, is kept as it is, or fails (AD1)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import JOIN, Case, ModelSelect

from portal.models.sections import Section
from portal.models.syncs.holds import NOT_AGREED, Hold
from portal.models.syncs.sync_runs import BY_HAND, RunState, SyncRun

CLASS_GONE = "class_gone"  # The provider's reason for it (providers.base.FailureReason).
ENDED = (RunState.DONE, RunState.HELD, RunState.FAILED)

_Earlier = SyncRun.alias("earlier")


class Standing(StrEnum):
    """A section that has none of these is at its first sync, or about to be updated."""

    MATCHING = "matching"
    HELD = "held"
    KEPT = "kept"
    FAILING = "failing"


def stood(scope: Any, *columns: Any) -> ModelSelect[Section]:
    """These columns of each section in the scope, beside the newest of its runs that ended."""
    newest = (
        _Earlier.select(_Earlier.id)
        .where(
            (_Earlier.section == Section.id) & _Earlier.state.in_(ENDED) & ~only_looked(_Earlier)
        )
        .order_by(_Earlier.id.desc())
        .limit(1)
    )
    return (
        Section.select(*columns)
        .join(SyncRun, JOIN.LEFT_OUTER, on=(SyncRun.id == newest))
        .where(scope)
    )


def only_looked(run: Any) -> Any:
    """That a run failed which was to show something, or was about another class: a condition.

    It says nothing of how the list follows its class.
    """
    return (run.state == RunState.FAILED) & (run.preview | (run.class_sourced_id != ""))


def standing(now: datetime) -> Any:
    """A column of `stood`."""
    waiting = Hold.select(Hold.section).where(Hold.askable(now))
    return Case(
        None,
        (
            (fails(), str(Standing.FAILING)),
            (Section.id.in_(waiting), str(Standing.HELD)),
            (_found_a_match(), str(Standing.MATCHING)),
            (_left_something_out(), str(Standing.KEPT)),
        ),
    )


def fails() -> Any:
    """Its newest run failed, or its class is gone: a condition on `stood`."""
    return (SyncRun.state == RunState.FAILED) | Section.class_gone_at.is_null(False)


def cause() -> Any:
    """Why it fails: a column of `stood`."""
    gone = Section.class_gone_at.is_null(False)
    return Case(None, ((gone, CLASS_GONE),), SyncRun.reason)


def _found_a_match() -> Any:
    """The run read the class, nothing of it was held or kept out, and nothing has changed since.

    What would change after a pause is not known to be nothing before somebody saves it (Y14).
    """
    unchanged = Section.outdated_at.is_null() | (Section.outdated_at <= SyncRun.started_at)
    read_it = SyncRun.source.not_in(BY_HAND) & (SyncRun.kept_count == 0) & unchanged
    agreed = _compared_after_a_person() & ~_asks_still()
    return (SyncRun.state == RunState.DONE) & ~Section.previews_next & (read_it | agreed)


def _left_something_out() -> Any:
    """The run read the class, and what it held, now or before, was not made."""
    not_agreed = _compared_after_a_person() & _asks_still()
    return (SyncRun.state == RunState.HELD) | (SyncRun.kept_count > 0) | not_agreed


def _compared_after_a_person() -> Any:
    """A person changed the list last, and nothing is known of the class that is not in it."""
    return SyncRun.source.in_(BY_HAND) & Section.outdated_at.is_null()


def _asks_still() -> Any:
    """Whether there is a question that nobody agreed to: the list is not its class's."""
    return Section.id.in_(Hold.select(Hold.section).where(Hold.state.in_(NOT_AGREED)))
