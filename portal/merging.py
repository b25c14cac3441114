"""The use case: two accounts of one person become one, and can be taken apart again (AC4, AC5)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import partial

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.sessions import Session
from portal.models.entrance.ways_in import WaysIn
from portal.models.merging import belongings
from portal.models.merging.merge_previews import MergePreview
from portal.models.merging.merges import Merge, MergeGround


class MergeRefusal(StrEnum):
    """Why two accounts are not brought together."""

    SAME = "same"
    KINDS = "kinds"  # A student and somebody on the staff are two people (A33).
    DISTRICTS = "districts"  # Records of one must not reach the other without an admin (AC5).
    GONE = "gone"  # One of them is disabled, or became a part of another.
    NOT_LISTED = "not_listed"  # Nobody but the teacher says that the student is theirs (A58).


class UndoRefusal(StrEnum):
    """Why a merge is not undone."""

    DONE = "done"
    LATER_MERGE = "later_merge"  # A later one is on top of it, and goes first.
    TOO_LATE = "too_late"
    NO_WAY_IN = "no_way_in"  # One of the two would have lost the sign-ins it came with.


class _NotUndone(Exception):
    def __init__(self, refusal: UndoRefusal) -> None:
        self.refusal = refusal


def refusal(one: Account, other: Account, across_districts: bool = False) -> MergeRefusal | None:
    """Why these two are not brought together, or None when they may be."""
    if one.id == other.id:
        return MergeRefusal.SAME
    if any(each.disabled_at or each.merged_into_id for each in (one, other)):
        return MergeRefusal.GONE
    if one.kind != other.kind:
        return MergeRefusal.KINDS
    if not across_districts and _are_of_two_districts(one, other):
        return MergeRefusal.DISTRICTS
    return None


def preview(one: Account, other: Account) -> MergePreview:
    """What would happen, in whichever order the two are given; changes nothing."""
    return MergePreview.of(*_kept_first(one, other))


def merge(
    one: Account,
    other: Account,
    ground: MergeGround,
    by: Account | None = None,
    *,
    across_districts: bool = False,
) -> Merge | MergeRefusal:
    """Bring both together in one transaction; done before, it answers the merge that stands.

    The absorbed account's sessions end. Whether the kept one's others do, and how the person is
    told, is for the caller to say: `by` is who vouched, None the operator.
    """

    def step() -> Merge | MergeRefusal:
        belongings.lock(one.id, other.id)
        here, there = Account.get_by_id(one.id), Account.get_by_id(other.id)
        done = Merge.between(here, there) or refusal(here, there, across_districts)
        return done or _join(_new_merge(here, there, ground, by))

    return write(step)


def undo(merged: Merge, by: Account | None) -> UndoRefusal | None:
    """Take both apart as they were, with what has happened to each since; or say why not.

    All sessions end: nobody knows whose of the two they are.
    """
    try:
        return write(partial(_undo, merged, by, clock.now()))
    except _NotUndone as found:
        return found.refusal


def undo_refusal(merged: Merge, now: datetime) -> UndoRefusal | None:
    """Why this merge cannot be undone, as far as can be said before it is tried."""
    if merged.undone_at is not None:
        return UndoRefusal.DONE
    if merged.is_underneath():
        return UndoRefusal.LATER_MERGE
    return UndoRefusal.TOO_LATE if now > merged.undo_until else None


def _new_merge(one: Account, other: Account, ground: MergeGround, by: Account | None) -> Merge:
    kept, absorbed, kept_ways, absorbed_ways = _kept_first(one, other)
    merged: Merge = Merge.create(
        kept=kept,
        absorbed=absorbed,
        ground=ground,
        kept_had_sign_in=kept_ways.has_sign_in,
        absorbed_had_sign_in=absorbed_ways.has_sign_in,
        made_by=by,
        made_at=clock.now(),
    )
    return merged


def _join(merged: Merge) -> Merge:
    kept, absorbed = merged.kept, merged.absorbed
    belongings.rosters_changed(kept, absorbed)
    belongings.hand_over(merged)
    _close(absorbed, kept)
    _audit("account.merged", merged, merged.made_by, merged.made_at)
    return merged


def _close(absorbed: Account, kept: Account) -> None:
    """Nothing that was on its way to the absorbed account may arrive there (A25)."""
    Account.update(merged_into=kept).where(Account.id == absorbed.id).execute()
    Session.end_all(absorbed)
    EmailedLink.drop(absorbed)


def _undo(merged: Merge, by: Account | None, now: datetime) -> UndoRefusal | None:
    kept, absorbed = merged.kept, merged.absorbed
    belongings.lock(kept.id, absorbed.id)
    merged = Merge.get_by_id(merged.id)
    why_not = undo_refusal(merged, now)
    if why_not is not None:
        return why_not
    belongings.rosters_changed(kept, absorbed)
    belongings.give_back(merged)
    if _lost(kept, merged.kept_had_sign_in) or _lost(absorbed, merged.absorbed_had_sign_in):
        raise _NotUndone(UndoRefusal.NO_WAY_IN)
    Account.update(merged_into=None).where(Account.id == absorbed.id).execute()
    Session.end_all(kept)
    EmailedLink.drop(kept)
    Merge.update(undone_at=now, undone_by=by).where(Merge.id == merged.id).execute()
    _audit("account.unmerged", merged, by, now)
    return None


def _lost(account: Account, had_sign_in: bool) -> bool:
    return had_sign_in and WaysIn.of(account).count == 0


def _audit(action: str, merged: Merge, by: Account | None, now: datetime) -> None:
    actor, counts = by.public_id if by else "", merged.counts()
    for account in (merged.kept, merged.absorbed):
        AuditEvent.record(now, actor, action, account.public_id, **counts)


def _are_of_two_districts(one: Account, other: Account) -> bool:
    """A Library identity has no district and speaks against nothing."""
    here, there = (WaysIn.of(each).districts for each in (one, other))
    return bool(here and there and here.isdisjoint(there))


def _kept_first(one: Account, other: Account) -> tuple[Account, Account, WaysIn, WaysIn]:
    """The account that goes on, then the other, with their ways in.

    Of two students the one in a provider's lists, else the one who can sign in today; of equals,
    and of the staff, the older.
    """
    ranked = sorted(((each, WaysIn.of(each)) for each in (one, other)), key=_rank)
    (kept, kept_ways), (absorbed, absorbed_ways) = ranked
    return kept, absorbed, kept_ways, absorbed_ways


def _rank(ranked: tuple[Account, WaysIn]) -> tuple[bool, bool, datetime, int]:
    account, ways = ranked
    is_student = account.is_student
    return (
        is_student and not ways.linked_accounts,
        is_student and not ways.count,
        account.created_at,
        account.id,
    )
