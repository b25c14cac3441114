"""The use case: a district that shares much less than before is put to its admins (decision 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from portal import clock, holds
from portal.database import one_moment, write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.base import MICROSECOND
from portal.models.districts import DistrictConnection
from portal.models.guard_numbers import DistrictNumbers
from portal.models.shared import losses, rosters
from portal.models.shared.losses import Losses
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.holds import Hold, HoldState
from portal.roster.guard import Numbers, too_much_unshared

LATELY = timedelta(hours=24)
TRIES = 5
NOTHING = Losses()


def judge(connection: DistrictConnection, now: datetime) -> None:
    """Open, recount and end the questions that what went from the district needs.

    All is counted from the mirror each time, so that it may be done again whenever it was left.
    """
    for _ in range(TRIES):
        questions, lately, asked_about = _counted(connection, now)
        if not lately and not any(each.not_agreed for each in questions.values()):
            return
        if write(lambda: _ask(connection, questions, lately, asked_about, now)):  # noqa: B023
            return


def keep(hold: SharingHold, account: Account, digest: str) -> bool:
    """Refuse this very loss for 14 days; False when it is not what waits any more.

    `digest` is of what the person has seen.
    """
    return _answer(hold, account, digest, HoldState.KEPT)


def approve(hold: SharingHold, account: Account, digest: str) -> bool:
    """Let go what went; lists of classes that are gone stay, read-only (F24). As `keep`."""
    return _answer(hold, account, digest, HoldState.APPLIED)


Questions = Mapping[str, SharingHold]
LossesBySchool = Mapping[str, Losses]


def _counted(
    connection: DistrictConnection, now: datetime
) -> tuple[Questions, LossesBySchool, LossesBySchool]:
    """Each school's newest question, its losses of the last day, and those it was asked about.

    What somebody has agreed to is gone by their word, and counts no more.
    """
    day_ago = now - LATELY
    with one_moment():
        questions = SharingHold.newest(connection)
        agreed = {
            school: max(day_ago, hold.until + MICROSECOND)
            for school, hold in questions.items()
            if hold.state == HoldState.APPLIED
        }
        lately = losses.of_schools(connection, day_ago, agreed)
        asked = {school: hold.since for school, hold in questions.items() if hold.not_agreed}
        asked_about = losses.of_schools(connection, now, asked) if asked else {}
    return questions, lately, asked_about


def _ask(
    connection: DistrictConnection,
    questions: Questions,
    lately: LossesBySchool,
    asked_about: LossesBySchool,
    now: datetime,
) -> bool:
    """False when somebody answered meanwhile: then all is counted anew."""
    newest = SharingHold.newest(connection)
    if _states(newest) != _states(questions):
        return False
    asked = {school: hold for school, hold in questions.items() if hold.not_agreed}
    for school, hold in asked.items():
        _ask_again(hold, asked_about.get(school, NOTHING), now)
    for school in _schools_over(lately, DistrictNumbers.of(connection)) - asked.keys():
        SharingHold.open(connection, school, lately[school], now)
    return True


def _states(questions: Questions) -> dict[str, tuple[int, str]]:
    return {school: (hold.id, hold.state) for school, hold in questions.items()}


def _ask_again(hold: SharingHold, lost: Losses, now: datetime) -> None:
    """A question ends when all of it is back, and is asked anew when its time or answer is over."""
    if not lost:
        hold.end(HoldState.DISSOLVED)
    elif hold.waits(now):
        hold.recount(lost)
    elif not hold.refused_lately(now) or hold.digest != lost.digest:
        hold.end(HoldState.SUPERSEDED)
        SharingHold.open(hold.connection, hold.school_sourced_id, lost, now)


def _schools_over(lately: LossesBySchool, numbers: DistrictNumbers) -> set[str]:
    """Those that lost too much, or each with losses where the district as a whole did.

    What is of no school counts for the district alone.
    """
    with_losses = {school for school, lost in lately.items() if lost}
    if _district_is_over(lately, numbers.at()):
        return with_losses
    return {
        school for school in with_losses if school and _is_over(lately[school], numbers.at(school))
    }


def _is_over(lost: Losses, numbers: Numbers) -> bool:
    return any(too_much_unshared(kind.count, kind.before, numbers) for kind in lost.kinds)


def _district_is_over(lately: LossesBySchool, numbers: Numbers) -> bool:
    by_kind = zip(*(lost.kinds for lost in lately.values()), strict=True)
    sums = (
        (sum(each.count for each in kind), sum(each.before for each in kind)) for kind in by_kind
    )
    return any(too_much_unshared(count, before, numbers) for count, before in sums)


def _answer(hold: SharingHold, account: Account, digest: str, state: HoldState) -> bool:
    """What went or came back since the person saw it makes their answer stale."""
    now = clock.now()
    school = hold.school_sourced_id
    with one_moment():
        lost = losses.of_schools(hold.connection, now, {school: hold.since}).get(school, NOTHING)
    return write(lambda: _answered(hold, account, digest, state, lost, now))


def _answered(
    hold: SharingHold,
    account: Account,
    digest: str,
    state: HoldState,
    lost: Losses,
    now: datetime,
) -> bool:
    hold = hold.lock()
    if not hold.waits(now) or hold.digest != digest or not lost:
        return False
    if lost.digest != digest:
        hold.recount(lost)
        return False
    hold.close(state, now, account)
    _carry_out(hold, account, state, now)
    AuditEvent.record(
        now,
        account.public_id,
        f"sharing_hold.{state}",
        hold.public_id,
        students=hold.student_count,
        classes=hold.class_count,
        enrollments=hold.enrollment_count,
    )
    return True


def _carry_out(hold: SharingHold, account: Account, state: HoldState, now: datetime) -> None:
    """The answer for the school is the answer for each of its sections."""
    if state is HoldState.APPLIED:
        as_of = hold.connection.mirrored_at or now
        for section in hold.sections_without_class():
            section.lock().lose_class(now, as_of, by_mirror=True)
            Hold.lapse(section.id, now)
    answer = holds.keep if state is HoldState.KEPT else holds.apply
    for question in [each for each in hold.questions() if _is_of(hold, each)]:
        answer(question, account)


def _is_of(hold: SharingHold, question: Hold) -> bool:
    """Whether all it asks about went with this loss.

    Of somebody who is still shared there a sync has asked that read the provider later: nobody
    who answers for the school has seen them.
    """
    return not question.keys & rosters.shared_in(question.section, hold.connection)
