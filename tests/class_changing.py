"""A section that is to follow another class, or to follow one at all, as its pages ask for it."""

from __future__ import annotations

from collections.abc import Iterable

from portal import clock
from portal.database import write
from portal.models import own_sections, own_students
from portal.models.accounts import Account, LinkedAccount
from portal.models.merging.class_matches import ClassMatch
from portal.models.own_sections import OwnDetails
from portal.models.sections import Section
from portal.models.syncs.class_changes import ClassChange, columns_of
from portal.models.syncs.sync_runs import RunSource, SyncRun, Wish
from portal.roster.class_matching import MatchGround, Proposal
from portal.roster.records import ClassRecord
from portal.roster.secrets import LoginType
from portal.roster.typed_names import TypedName
from portal.sync import RosterReader, sync_section
from tests.rosters import ISSUER


def own_section(teacher: Account, names: Iterable[tuple[str, str]] = ()) -> Section:
    """A section of secret words with these students, made by their teacher."""
    typed = [TypedName(*name) for name in names]

    def step() -> Section:
        now = clock.now()
        section = own_sections.start(
            teacher, OwnDetails(LoginType.WORDS, "My group", "7", "biology"), "", now
        )
        own_students.add(section, typed, [f"sealed-{each}" for each in range(len(typed))], now)
        return section

    return write(step)


def preview(
    section: Section,
    chosen: ClassRecord,
    read: RosterReader,
    by: Account,
    pairs: dict[str, str] | None = None,
) -> SyncRun:
    """What choosing this class shows; `pairs` are students here, by given name, and in it."""

    def step() -> SyncRun:
        now = clock.now()
        wish = Wish(preview=True, class_sourced_id=chosen.sourced_id)
        run, _ = SyncRun.request(section, RunSource.TEACHER, now, by, wish=wish)
        columns = columns_of(Section.by_key(section.id), "clever", ISSUER, chosen, None)
        ClassChange.wish(run, columns, matched=pairs is not None)
        ClassMatch.note(run, _said(pairs or {}), agreed=True)
        return run

    return _carried_out(write(step), read)


def saved(shown: SyncRun, read: RosterReader, by: Account) -> SyncRun:
    """The run that saves what was shown, as it ended."""
    wish = Wish(shown=shown, class_sourced_id=shown.class_sourced_id)
    run, _ = SyncRun.request(shown.section, RunSource.TEACHER, clock.now(), by, wish=wish)
    return _carried_out(run, read)


def account_known_as(sourced_id: str) -> Account:
    linked = LinkedAccount.find("clever", ISSUER, sourced_id)
    assert linked is not None
    account: Account = linked.account
    return account


def named(given_name: str) -> Account:
    account: Account = Account.select().where(Account.given_name == given_name).get()
    return account


def _said(pairs: dict[str, str]) -> list[Proposal]:
    return [Proposal(named(name).id, key, MatchGround.NAME) for name, key in pairs.items()]


def _carried_out(run: SyncRun, read: RosterReader) -> SyncRun:
    sync_section(run, read)
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended
