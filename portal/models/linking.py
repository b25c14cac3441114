"""Connecting a provider's identity to an account, and taking it off again (AC2 to AC4, AC8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.entrance.ways_in import WaysIn
from portal.models.prepared import Prepared
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import PersonRecord

MISTAKES_SHOW_WITHIN = timedelta(days=1)


class LinkRefusal(StrEnum):
    """Why an identity is not connected."""

    ELSEWHERE = "elsewhere"  # It belongs to another account (A31).
    KIND = "kind"  # A student's identity and a teacher's account, or the other way round (A33).
    DISTRICT = "district"  # The account has an identity of another district.
    GONE = "gone"  # The account is disabled, or became a part of another.


class UnlinkRefusal(StrEnum):
    """Why an identity stays connected (AC3)."""

    LAST_WAY_IN = "last_way_in"
    CLASS_USES_IT = "class_uses_it"


def link(
    account: Account, provider: str, issuer: str, person: PersonRecord, now: datetime
) -> LinkedAccount | LinkRefusal:
    """Connect this identity, or say why not; one that is connected already is only refreshed.

    Call inside a transaction, and only after the person has proved both (trust.md A29 to A33).
    """
    account = account.lock()
    found = LinkedAccount.find(provider, issuer, person.sourced_id)
    refusal = _link_refusal(account, found, person)
    if refusal is not None:
        return refusal
    linked = found or LinkedAccount.add(account, provider, issuer, person, now)
    linked.refresh(_without_a_name(person) if account.sort_name else person, now)
    if account.kind == AccountKind.STAFF:
        SectionTeacher.claim(linked)
    return linked


def unlink(linked: LinkedAccount, now: datetime) -> UnlinkRefusal | None:
    """Take this identity off its account, or say why it stays. Call inside a transaction.

    Lists and sections stay as they are; what the identity brought is brought no longer. Within a
    day it may have been a colleague's, connected on a device both use: her sections go with it.
    """
    linked.account.lock()  # Two ways in, taken off at once, must not be the last two.
    refusal = unlink_refusal(linked)
    if refusal is None:
        if now - linked.linked_at < MISTAKES_SHOW_WITHIN:
            SectionTeacher.release(linked)
        linked.delete_instance()
    return refusal


def unlink_refusal(linked: LinkedAccount) -> UnlinkRefusal | None:
    """Why this identity may not go, for the row it stands in."""
    if linked.account.is_student and _class_uses(linked):
        return UnlinkRefusal.CLASS_USES_IT
    if WaysIn.of(linked.account).without(linked).count == 0:
        return UnlinkRefusal.LAST_WAY_IN
    return None


def sections_through(linked: LinkedAccount) -> int:
    """How many sections this person teaches because the provider lists this identity."""
    listed = (
        SectionTeacher.select()
        .join(Section)
        .where(
            (SectionTeacher.account == linked.account_id)
            & (SectionTeacher.sourced_id == linked.sourced_id)
            & SectionTeacher.ended_at.is_null()
            & (Section.provider == linked.provider)
            & (Section.issuer == linked.issuer)
            & Section.archived_at.is_null()
        )
    )
    return int(listed.count())


def is_connected(account: Account, section: Section) -> bool:
    """Whether this teacher's own identity is one that the section's class lists.

    Who has disconnected it keeps the section and its list, and starts no sync of it (2.11).
    """
    found = _CONNECTED.first(
        account=account, section=section, provider=section.provider, issuer=section.issuer
    )
    return found is not None


def _without_a_name(person: PersonRecord) -> PersonRecord:
    """Who connects keeps their name until they sign in with this identity themselves."""
    return replace(person, given_name="", family_name="")


def _link_refusal(
    account: Account, found: LinkedAccount | None, person: PersonRecord
) -> LinkRefusal | None:
    if account.disabled_at or account.merged_into_id:
        return LinkRefusal.GONE
    if account.kind != AccountKind.of(person.roles):
        return LinkRefusal.KIND
    if found is not None:
        return LinkRefusal.ELSEWHERE if found.account_id != account.id else None
    return LinkRefusal.DISTRICT if _is_of_another_district(account, person) else None


def _is_of_another_district(account: Account, person: PersonRecord) -> bool:
    """A person of two districts needs an admin's word: records of one must not reach the other.

    An identity without a district (Clever Library) is of none.
    """
    theirs = {each.district_sourced_id for each in WaysIn.of(account).linked_accounts}
    known = theirs - {None}
    return bool(person.district_sourced_id and known - {person.district_sourced_id})


def _class_uses(linked: LinkedAccount) -> bool:
    """Whether a class that is synced lists the student under this identity today."""
    places = (
        Enrollment.select()
        .join(Section)
        .where(
            (Enrollment.account == linked.account_id)
            & (Enrollment.sourced_id == linked.sourced_id)
            & Enrollment.ended_at.is_null()
            & (Section.provider == linked.provider)
            & (Section.issuer == linked.issuer)
            & Section.archived_at.is_null()
        )
    )
    return bool(places.exists())


_CONNECTED = Prepared(
    lambda account, section, provider, issuer: (
        SectionTeacher.select(SectionTeacher.id)
        .join(LinkedAccount, on=(LinkedAccount.sourced_id == SectionTeacher.sourced_id))
        .where(
            (SectionTeacher.section == section)
            & (LinkedAccount.account == account)
            & (LinkedAccount.provider == provider)
            & (LinkedAccount.issuer == issuer)
        )
        .limit(1)
    )
)
