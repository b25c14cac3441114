"""What happens in the tables when somebody comes back from a provider signed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from portal.models.accounts import AccountKind, LinkedAccount
from portal.models.sections import SectionTeacher
from portal.models.syncs.holds import Hold
from portal.roster.records import PersonRecord


class ArrivalRefused(Exception):
    """The provider's person may not sign in to the account they are linked to."""


def welcome(provider: str, issuer: str, person: PersonRecord, now: datetime) -> LinkedAccount:
    """The person's linked account, made on the first sign-in and refreshed on every one (S5).

    Found by the provider's own id alone (decision 5). A student never turns into staff nor the
    other way round: that is another person under the same id (A33). Call inside a transaction.
    """
    linked = LinkedAccount.hold(provider, issuer, person.sourced_id)
    if linked is None:
        linked = LinkedAccount.make(provider, issuer, person, now)
    elif linked.account.disabled_at or linked.account.kind != AccountKind.of(person.roles):
        raise ArrivalRefused(linked.account.public_id)
    linked.refresh(_as_agreed(linked, person), now)
    if linked.account.kind == AccountKind.STAFF:
        SectionTeacher.claim(linked)
    return linked


def _as_agreed(linked: LinkedAccount, person: PersonRecord) -> PersonRecord:
    """The person without a name that the guard has put to somebody (decision 4)."""
    name = (person.given_name, person.family_name)
    if linked.account.is_student and Hold.asks_about_name(linked.account, *name):
        return replace(person, given_name="", family_name="")
    return person
