"""Devices that somebody has signed in on: no neighbour and no stranger holds them up (A77, L2)."""

from __future__ import annotations

from flask import after_this_request
from werkzeug import Response

from portal.models.accounts import Account
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.web.ground.device_marks import DeviceMark, give_mark, held_mark
from portal.web.ground.limits import Limit, has_room
from portal.web.ground.people import signed_in


def mark_device(account: Account) -> None:
    """Let the answer at hand mark this device as one that `account` has signed in on.

    One account marks only so many: each mark has counts of its own.
    """
    mark = held_mark()
    if mark is None and not has_room(Limit.MARKS, account.public_id):
        return
    marked = (mark or DeviceMark.new()).with_account(account)

    @after_this_request
    def give(response: Response) -> Response:
        give_mark(response, marked)
        return response


def is_own_here(account: Account) -> bool:
    """Whether this very account is signed in here, or was before on this device."""
    person, mark = signed_in(), held_mark()
    return bool((person and person.account == account) or (mark and mark.knows(account)))


def is_owned_here(address: str) -> bool:
    """The same of the account that signs in with this address; strangers' are not looked up."""
    found = PasswordSignIn.find(address) if held_mark() or signed_in() else None
    return bool(found and is_own_here(found.account))
