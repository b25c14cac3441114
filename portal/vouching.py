"""The use case: somebody who knows a student says whether two accounts are theirs (AC6, AC7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal import clock, merging
from portal.database import write
from portal.merging import MergeRefusal, UndoRefusal
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.sessions import Session
from portal.models.entrance.ways_in import WaysIn
from portal.models.merging import belongings, known_students
from portal.models.merging.claims import Claim, ClaimState
from portal.models.merging.merges import Merge, MergeGround
from portal.models.merging.told_apart import ToldApart
from portal.models.sections import Section

TEACHERS_WORD = frozenset({MergeGround.TEACHER, MergeGround.CLAIM})


@dataclass(frozen=True, slots=True)
class Vouched:
    """Two accounts are one, and the letters that tell so, to be rung for."""

    merge: Merge
    letters: list[Letter]


class _AnsweredBefore(Exception):
    """Another answer came first."""


def refusal(one: Account, other: Account, ground: MergeGround, by: Account) -> MergeRefusal | None:
    """Why this person's word does not bring these two together, or None when it would."""
    found = merging.refusal(one, other)
    if found is None and ground in TEACHERS_WORD and not _is_known_to(by, one, other):
        return MergeRefusal.NOT_LISTED
    return found


def ask(student: Account, section: Section) -> Claim | None:
    """A claim that waits for the section's teachers; None when one of theirs waits already."""

    def step() -> Claim | None:
        now = clock.now()
        asked = Claim.ask(student, section, now)
        if asked is not None:
            _audit("claim.made", asked, student, now)
        return asked

    return write(step)


def withdraw(claim: Claim, student: Account) -> bool:
    """Take the claim back; False when it was answered before."""
    return _close(claim, ClaimState.WITHDRAWN, student)


def decline(claim: Claim, teacher: Account) -> bool:
    """Nothing comes together; False when the claim was answered before."""
    return _close(claim, ClaimState.DECLINED, teacher)


def approve(claim: Claim, other: Account, teacher: Account) -> Vouched | MergeRefusal | None:
    """Bring the claim's account and this one together; None when it was answered before."""
    try:
        return write(lambda: _approve(claim, other, teacher, clock.now()))
    except _AnsweredBefore:
        return None


def bring_together(
    one: Account,
    other: Account,
    ground: MergeGround,
    by: Account | None,
    *,
    across_districts: bool = False,
) -> Vouched | MergeRefusal:
    """Make two accounts one; when they are one already nobody is told again.

    `by` is who vouched, None the operator, whose word alone holds across districts.
    """
    return write(lambda: _join(one, other, ground, by, clock.now(), across_districts))


def tell_apart(one: Account, other: Account, by: Account) -> None:
    """These are two people: nobody is asked about them again."""

    def step() -> None:
        now = clock.now()
        ToldApart.tell(one, other, by, now)
        for account in (one, other):
            AuditEvent.record(now, by.public_id, "account.told_apart", account.public_id)

    write(step)


def undo(merged: Merge, by: Account | None) -> list[Letter] | UndoRefusal:
    """Take both apart again; the person reads of it in each of them."""

    def step() -> list[Letter] | UndoRefusal:
        refusal = merging.undo(merged, by)
        if refusal is not None:
            return refusal
        now, both = clock.now(), (merged.kept, merged.absorbed)
        return [
            letter
            for account in both
            for letter in AccountNotice.tell(account, LetterKind.UNMERGED, now)
        ]

    return write(step)


def _approve(
    claim: Claim, other: Account, teacher: Account, now: datetime
) -> Vouched | MergeRefusal:
    """Accounts are locked before their claims, as in every merge: it takes claims along."""
    belongings.lock(claim.account.id, other.id)
    if not Claim.get_by_id(claim.id).is_answerable():
        raise _AnsweredBefore
    joined = _join(claim.account, other, MergeGround.CLAIM, teacher, now)
    if isinstance(joined, MergeRefusal):
        return joined
    if not claim.close(ClaimState.APPROVED, now, teacher, joined.merge):
        raise _AnsweredBefore
    _audit("claim.approved", claim, teacher, now)
    return joined


def _join(
    one: Account,
    other: Account,
    ground: MergeGround,
    by: Account | None,
    now: datetime,
    across_districts: bool = False,
) -> Vouched | MergeRefusal:
    belongings.lock(one.id, other.id)
    standing = Merge.between(one, other)
    if standing is not None:
        return Vouched(standing, [])
    if by is not None and (found := refusal(one, other, ground, by)) is not None:
        return found
    merged = merging.merge(one, other, ground, by, across_districts=across_districts)
    if isinstance(merged, MergeRefusal):
        return merged
    return Vouched(merged, _tell(merged.kept, now))


def _is_known_to(teacher: Account, one: Account, other: Account) -> bool:
    """Whether a provider's list stands behind the teacher's word.

    Anybody may sign up as a teacher and give out a class code. Whoever joins must not find that
    an account of that teacher's making opens theirs: what has a sign-in of its own is joined only
    with the word of somebody to whom a provider lists the student.
    """
    ways = [(WaysIn.of(each), known_students.is_listed_for(teacher, each)) for each in (one, other)]
    if any(has.linked_accounts and not listed for has, listed in ways):
        return False
    return any(listed or not has.has_sign_in for has, listed in ways)


def _tell(kept: Account, now: datetime) -> list[Letter]:
    """More opens this account than before: who is in it signs in anew and reads why (A25)."""
    Session.end_all(kept)
    EmailedLink.drop(kept)
    return AccountNotice.tell(kept, LetterKind.MERGED, now)


def _close(claim: Claim, state: ClaimState, by: Account) -> bool:
    def step() -> bool:
        now = clock.now()
        claim.account.lock()  # Before the claim, as a merge does: neither waits for the other.
        closed = claim.close(state, now, by)
        if closed:
            _audit(f"claim.{state}", claim, by, now)
        return closed

    return write(step)


def _audit(action: str, claim: Claim, by: Account, now: datetime) -> None:
    AuditEvent.record(now, by.public_id, action, claim.public_id)
