"""Emails and passwords as people type them: read, checked, and tried against ours."""

from __future__ import annotations

from flask import request

from portal import passwords
from portal.addresses import address_key, clean_address
from portal.models.accounts import AccountKind
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.roster.records import Role
from portal.web.entrance import arriving
from portal.web.ground import limits
from portal.web.ground.known_devices import is_own_here
from portal.web.ground.limits import Limit, refuse_when_spent, spend

Problems = dict[str, str]  # By field: a reason that components/credentials.html puts in words.


def typed_address() -> str | None:
    """The address of the form at hand, or None for what cannot be one."""
    return clean_address(request.form.get("email", ""))


def new_password_problems(address: str) -> Problems:
    """Why the form's new password will not do for this address."""
    refusal = passwords.refusal(request.form.get("password", ""), address)
    return {"password": refusal} if refusal else {}


def try_password(address: str, password: str) -> PasswordSignIn | None:
    """Whom this address and password let in, or None; it takes as long for nobody's (A64).

    Failures are counted, for addresses that nobody has as well; too many answer 429.
    """
    found = PasswordSignIn.find(address)
    counts = _counts(address, found)
    for limit, *key in counts:
        refuse_when_spent(limit, *key)
    matches = passwords.verify(found.password_hash if found else None, password)
    if matches and found and found.account.is_open:
        return found
    for limit, *key in counts:
        spend(limit, *key)
    return None


def roles_of(kind: str) -> tuple[Role, ...]:
    """What a password lets an account of this kind be: never an admin, that is Clever's to say."""
    return (Role.STUDENT if kind == AccountKind.STUDENT else Role.TEACHER,)


def _counts(
    address: str, found: PasswordSignIn | None
) -> tuple[tuple[Limit, *tuple[str, ...]], ...]:
    """Under what somebody counts for themselves, whatever strangers guess, or as a stranger.

    Whom Clever has just named at the door counts by that name in every browser, for all addresses
    too; the owner counts by device, once they have signed in there.
    """
    key, guest = address_key(address), arriving.held()
    if guest:
        name = guest.person.sourced_id
        return (Limit.PASSWORD_TRIES, key, name), (Limit.PASSWORD_TRIES_OF_DEVICE, name)
    if found and is_own_here(found.account):
        return ((Limit.PASSWORD_TRIES, key, limits.device()),)
    return _counts_of_a_stranger(key)


def _counts_of_a_stranger(key: str) -> tuple[tuple[Limit, *tuple[str, ...]], ...]:
    """Closely by browser, so that a guesser elsewhere does not lock the owner out."""
    return (
        (Limit.PASSWORD_TRIES, key, limits.device()),
        (Limit.PASSWORD_TRIES_OF_DEVICE, limits.device()),
        (Limit.PASSWORD_TRIES_IN_ALL, key),
        (Limit.PASSWORD_TRIES_HERE, limits.crowd()),
    )
