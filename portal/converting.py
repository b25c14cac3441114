"""The use case: the students of a section without Clever go on as those of its class (N7).

Whom the class lists under an identity of theirs keeps the place, and so does everybody of whom
the teacher said who they are in it: both accounts become one, with all lessons of both.
"""

from __future__ import annotations

import json
from datetime import datetime

from portal import merging
from portal.merging import MergeRefusal
from portal.models.accounts import Account, LinkedAccount
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.letters import LetterKind
from portal.models.entrance.sessions import Session
from portal.models.merging import belongings, class_matches
from portal.models.merging.class_matches import ClassMatch
from portal.models.merging.merges import Merge, MergeGround
from portal.models.sections import Section
from portal.models.syncs import class_changes, rosters
from portal.models.syncs.class_changes import ClassChange
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun
from portal.planning import Basis
from portal.roster.class_matching import propose


class NoLongerTwo(Exception):
    """What was agreed to cannot be made any more: plan again."""


def lock(run: SyncRun, section: Section) -> None:
    """Hold all whom the run may bring together, before its section. Call inside a transaction."""
    if class_matches.converts(run, section):
        pairs = ClassMatch.agreed_for(run)
        wished = class_changes.target(run, section)
        belongings.lock(*pairs, *class_matches.owners(wished, pairs.values()))


def suggest(run: SyncRun, basis: Basis) -> None:
    """Keep what a preview proposes, or goes by already. Call inside a transaction."""
    class_changes.carry_on(run)
    ClassMatch.carry_on(run)
    if not class_matches.converts(run, basis.section) or class_changes.wish_of(run).matched:
        return
    wished, read = class_changes.target(run, basis.section), basis.snapshot.students
    here = class_matches.strangers(wished, read.keys())
    there = [read[each] for each in read.keys() - basis.enrolled.keys()]
    pairs = propose(here, there)
    apart = class_matches.told_apart(wished, {each.account: each.sourced_id for each in pairs})
    ClassMatch.note(run, [each for each in pairs if each.account not in apart], agreed=False)


def still_stands(run: SyncRun, basis: Basis) -> bool:
    """Whether the pairs of a plan are what they were. Call inside the transaction that saves it."""
    wished = class_changes.target(run, basis.section)
    return class_matches.standing(run, wished, basis.snapshot) == basis.pairs


def bring_together(run: SyncRun, section: Section, basis: Basis, now: datetime) -> None:
    """Make each pair one person, and put all who stay under their ids in the class.

    `section` follows the class already. Call inside the transaction of the run.
    """
    staying = basis.enrolled.keys() & basis.snapshot.students.keys()
    records = [basis.snapshot.students[each] for each in sorted(staying)]
    rosters.make_accounts(section, records, now, as_of=run.started_at)
    for account_id, sourced_id in sorted(basis.pairs.items()):
        _join(run, section, account_id, sourced_id, now)
    places = Enrollment.ids_of(section, staying)
    ClassChange.update(places_before=json.dumps(places)).where(ClassChange.run == run).execute()
    rosters.enroll(section, staying, now)


def hold(run: SyncRun) -> None:
    """The same before an undo of the run: hold all whom it takes apart. Inside a transaction."""
    merges = _merges(run)
    if merges:
        belongings.lock(*(key for each in merges for key in (each.kept_id, each.absorbed_id)))


def unmake(run: SyncRun, section: Section, by: Account, now: datetime) -> Section:
    """Have the section be what it was before this run; returns it as it is then.

    What was asked about its class of before is asked again, and of the other class nothing. Two
    who cannot be told apart any more stay one, on the list as it was. Call inside the transaction
    of an undo, with the section locked.
    """
    made: ClassChange = ClassChange.get(ClassChange.run == run)
    places = json.loads(made.places_before)
    section = class_changes.unmake(run, section, now)
    Hold.supersede(section)
    Hold.resume(json.loads(made.holds_before))
    for place, sourced_id in places.items():
        Enrollment.update(sourced_id=sourced_id).where(Enrollment.id == int(place)).execute()
    for merged in _merges(run):
        if merging.undo(merged, by) is None:
            _tell_both(merged, now)
    return section


def _merges(run: SyncRun) -> list[Merge]:
    return [match.merge for match in ClassMatch.of(run) if match.merge is not None]


def _join(run: SyncRun, section: Section, account_id: int, sourced_id: str, now: datetime) -> None:
    own = Account.get_by_id(account_id)
    listed = LinkedAccount.find(section.provider, section.issuer, sourced_id)
    if listed is None:
        raise NoLongerTwo(run.public_id)
    merged = merging.merge(own, listed.account, MergeGround.TEACHER, run.started_by)
    if isinstance(merged, MergeRefusal):
        raise NoLongerTwo(run.public_id)
    ClassMatch.made(run, account_id, sourced_id, merged)
    _tell(merged, now)


def _tell_both(merged: Merge, now: datetime) -> None:
    for account in (merged.kept, merged.absorbed):
        AccountNotice.tell(account, LetterKind.UNMERGED, now)


def _tell(merged: Merge, now: datetime) -> None:
    """More opens this account than before: who is in it signs in anew and reads why (A25)."""
    Session.end_all(merged.kept)
    EmailedLink.drop(merged.kept)
    AccountNotice.tell(merged.kept, LetterKind.MERGED, now)
