"""The use case: what the guard holds is put to people, and a person answers it (Y6)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import LIST_ANSWERED, AccountNotice
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs import rosters, undos
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import HOLD_LASTS, Hold, HoldKind, HoldState
from portal.models.syncs.overrides import OverrideKind, kept_ids
from portal.models.syncs.rosters import Change
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.models.syncs.undos import Part
from portal.planning import Basis
from portal.roster.guard import Answer
from portal.roster.plan import still_missing, still_new, still_renamed

STILL = {
    HoldKind.REMOVALS: still_missing,
    HoldKind.RENAMES: still_renamed,
    HoldKind.ADDITIONS: still_new,
}


def ask(run: SyncRun, basis: Basis, now: datetime) -> set[HoldKind]:
    """Open, keep or end the section's holds as this plan needs; returns the kinds opened now.

    Call inside the transaction that makes the rest of the plan.
    """
    plan, verdict = basis.plan, basis.verdict
    earlier = Hold.not_agreed(basis.section)
    opened = set()
    for kind, answer, wanted in (
        (HoldKind.REMOVALS, verdict.removals, plan.removed_ids),
        (HoldKind.RENAMES, verdict.renames, plan.rename_keys),
        (HoldKind.ADDITIONS, verdict.additions, plan.withheld_ids),
    ):
        open_before = _still_open([hold for hold in earlier if hold.kind == kind], basis, now)
        if answer is not Answer.HOLD:
            _end_unasked(open_before, wanted, answer, now)
        elif same := _same_question(open_before, wanted, now):
            same.recount(plan.list_count)
        else:
            _end_replaced(open_before, wanted, now)
            _open_hold(run, basis, kind, wanted, now)
            opened.add(kind)
    return opened


def answer(hold: Hold, account: Account, said: str, asked: str) -> bool:
    """A person's answer to the question that they saw: `asked` is its digest (decision 4).

    False when it is not what waits any more: replaced, over, back by itself, or answered by
    somebody else. The same answer sent again is the first one.
    """
    state, given = ANSWERS[said]
    if asked == hold.digest and given(hold, account):
        return True
    now_it_is = Hold.by_key(hold.id)
    return bool(now_it_is.state == state and now_it_is.answered_by_id == account.id)


def keep(hold: Hold, account: Account) -> bool:
    """Refuse this very set for 14 days; False when the hold was no longer waiting."""
    return write(lambda: _keep(hold, account, clock.now()))


def apply(hold: Hold, account: Account) -> bool:
    """Make the held changes, and no others; False when the hold was no longer waiting."""
    return write(lambda: _apply([hold], account, clock.now()))


def keep_all(asked: SyncRun, account: Account) -> bool:
    """Refuse all that this run asks about; False when nothing of it was waiting."""
    return write(lambda: _keep_all(Hold.of_run(asked), account, clock.now()))


def apply_all(asked: SyncRun, account: Account) -> bool:
    """Make all that this run asks about, as one change; False when nothing of it was waiting."""
    return write(lambda: _apply(Hold.of_run(asked), account, clock.now()))


def ask_again(run: SyncRun, section: Section, taken: Sequence[Part], now: datetime) -> None:
    """Put to people what this run has taken back, with what they are asked already (Y8).

    Its held changes are the new questions; where there is no class to agree with, they are asked
    once there is one again. Call inside the transaction that takes them back.
    """
    waiting = {hold.kind: hold for hold in Hold.not_agreed(section) if hold.unclosed}
    for kind in HoldKind:
        keys = frozenset(part.key for part in taken if part.hold_kind is kind)
        if keys and kind in waiting:
            keys |= waiting[kind].keys
            undos.take_along(run, waiting[kind])
            waiting[kind].end(HoldState.SUPERSEDED, now)
        if keys:
            empties = kind is HoldKind.REMOVALS and len(keys) == run.count_after
            _create(run, section, kind, keys, run.count_after or 0, empties, now)
    if section.class_gone_at is not None or section.archived_at is not None:
        Hold.lapse(section.id, now)


ANSWERS = {"keep": (HoldState.KEPT, keep), "remove": (HoldState.APPLIED, apply)}


def _still_open(holds: list[Hold], basis: Basis, now: datetime) -> dict[Hold, frozenset[str]]:
    """The questions with what is left of each; those of which nothing is left end by that."""
    left = {}
    for hold in holds:
        left[hold] = STILL[HoldKind(hold.kind)](hold.keys, basis.enrolled, basis.snapshot)
        if not left[hold]:
            hold.end(HoldState.DISSOLVED, now)
    return {hold: keys for hold, keys in left.items() if keys}


def _same_question(
    open_before: Iterable[Hold], wanted: frozenset[str], now: datetime
) -> Hold | None:
    """The hold that waits with this very set, if its time is not over."""
    digest = _digest(wanted)
    return next((hold for hold in open_before if hold.waits(now) and hold.digest == digest), None)


def _end_unasked(
    open_before: Collection[Hold], wanted: frozenset[str], answer: Answer, now: datetime
) -> None:
    """What waits ends where an earlier refusal holds for all that is left of it.

    A section that only adds students asks nobody. But nobody has refused it either: the question
    counts on, and is put anew once the section follows fully again.
    """
    if any(hold.refused_lately(now) and hold.keys == wanted for hold in open_before):
        state = HoldState.SUPERSEDED
    elif answer is Answer.KEEP:
        state = HoldState.EXPIRED
    else:
        return
    for hold in open_before:
        if hold.state == HoldState.WAITING:
            hold.end(state, now)


def _end_replaced(
    open_before: Mapping[Hold, frozenset[str]], wanted: frozenset[str], now: datetime
) -> None:
    """A new question takes the place of those that it has all that is left of."""
    for hold, left in open_before.items():
        if left <= wanted and not hold.refused_lately(now):
            hold.end(HoldState.SUPERSEDED, now)
        elif hold.state == HoldState.WAITING:
            hold.end(HoldState.EXPIRED, now)


def _open_hold(
    run: SyncRun, basis: Basis, kind: HoldKind, wanted: frozenset[str], now: datetime
) -> None:
    plan = basis.plan
    empties = kind is HoldKind.REMOVALS and plan.empties_the_list
    _create(run, basis.section, kind, wanted, plan.list_count, empties, now)


def _create(
    run: SyncRun,
    section: Section,
    kind: HoldKind,
    wanted: frozenset[str],
    list_count: int,
    empties: bool,
    now: datetime,
) -> None:
    Hold.put(
        section=section,
        run=run,
        kind=kind,
        digest=_digest(wanted),
        student_count=len(wanted),
        list_count=list_count,
        empties=empties,
        created_at=now,
        expires_at=now + HOLD_LASTS,
    )


def _digest(asked: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(asked)).encode()).hexdigest()


def _keep_all(asked: list[Hold], account: Account, now: datetime) -> bool:
    kept = [_keep(hold, account, now) for hold in asked]
    return any(kept)


def _keep(hold: Hold, account: Account, now: datetime) -> bool:
    section = hold.section.lock()
    if hold.expires_at <= now or not hold.close(HoldState.KEPT, now, account):
        return False
    section.roster_changed()
    _audit("hold.kept", hold, account, now)
    _tell_teachers(section, account, now)
    return True


def _apply(asked: list[Hold], account: Account, now: datetime) -> bool:
    """All of them are of one section, and become one run."""
    if not asked:
        return False
    section = asked[0].section.lock()
    agreed = [
        hold
        for hold in asked
        if hold.expires_at > now and hold.close(HoldState.APPLIED, now, account)
    ]
    if not agreed:
        return False
    before = Enrollment.count(section)
    run = SyncRun.by_hand(section, RunSource.HOLD, account, now)
    for hold in agreed:
        _make(section, run, hold, now)
    run.count_before, run.count_after = before, Enrollment.count(section)
    run.unchanged_count = run.count_after - run.updated_count - run.added_count
    run.save()
    section.roster_changed()
    _tell_teachers(section, account, now)
    for hold in agreed:
        _audit("hold.applied", hold, account, now)
    return True


def _make(section: Section, run: SyncRun, hold: Hold, now: datetime) -> None:
    waiting = list(hold.changes())
    if hold.kind == HoldKind.REMOVALS:
        run.removed_count = _remove(section, run, waiting, now)
    elif hold.kind == HoldKind.ADDITIONS:
        run.added_count = _add(section, run, waiting, now)
    else:
        run.updated_count = _rename(section, run, waiting, _last_read(section, hold))


def _last_read(section: Section, hold: Hold) -> datetime:
    """When what asked last, or asked again, began: a sync to read, or an undo to take back.

    A sync after an undo may go by what its district shared before it.
    """
    asked = (SyncRun.state == RunState.HELD) | (SyncRun.id == hold.run_id)
    run = SyncRun.select().where((SyncRun.section == section) & asked)
    began: datetime = run.order_by(SyncRun.id.desc()).get().started_at
    asked_at: datetime = hold.run.started_at
    return max(began, asked_at)


def _remove(section: Section, run: SyncRun, held: list[SyncChange], now: datetime) -> int:
    """Those who are still here, and whom no teacher has decided to keep on the list since."""
    going = Enrollment.sourced_ids(section) - kept_ids(section, OverrideKind.IN, now)
    held = [change for change in held if change.sourced_id in going]
    changes = [
        Change(ChangeKind.REMOVED, change.after, moved_to=change.moved_to) for change in held
    ]
    rosters.record(section, run, changes)
    return rosters.archive(section, [change.sourced_id for change in held], run, now)


def _add(section: Section, run: SyncRun, held: list[SyncChange], now: datetime) -> int:
    staying = Enrollment.sourced_ids(section) | kept_ids(section, OverrideKind.OUT, now)
    held = [change for change in held if change.sourced_id not in staying]
    rosters.record(section, run, [Change(ChangeKind.ADDED, change.after) for change in held])
    rosters.enroll(section, [change.sourced_id for change in held], now)
    return len(held)


def _rename(section: Section, run: SyncRun, held: list[SyncChange], as_of: datetime) -> int:
    newer = rosters.named_since(section, [change.sourced_id for change in held], as_of)
    held = [change for change in held if change.sourced_id not in newer]
    held = list({change.sourced_id: change for change in held}.values())
    rosters.rename(section, [change.after for change in held], as_of)
    changes = [Change(ChangeKind.RENAMED, change.after, change.before) for change in held]
    rosters.record(section, run, changes)
    return len(held)


def _tell_teachers(section: Section, account: Account, now: datetime) -> None:
    """Of an answer that none of them gave: a question is put to admins too (AD1)."""
    teachers = SectionTeacher.account_ids(section)
    if account.id not in teachers:
        AccountNotice.tell_all(teachers, LIST_ANSWERED, now)


def _audit(action: str, hold: Hold, account: Account, now: datetime) -> None:
    AuditEvent.record(
        now, account.public_id, action, hold.section.public_id, students=hold.student_count
    )
