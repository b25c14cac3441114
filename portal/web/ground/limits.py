"""How often one may try: by account, by browser and, loosely, by address (trust.md A77).

A school shares one address: it is counted loosely, and for those alone that nothing tells apart.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from enum import Enum, unique
from ipaddress import IPv6Address, ip_address, ip_network
from typing import NoReturn

from flask import request
from werkzeug.exceptions import TooManyRequests

from portal import clock
from portal.rate_limiting import Rate
from portal.web.ground.current import current_counters
from portal.web.ground.device_marks import held_mark
from portal.web.ground.sessions import browser_session

logger = logging.getLogger(__name__)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEW_FOR = 5 * MINUTE  # So long a browser may be held up for what its neighbours do.
ONE_HOME = 64  # Bits of an IPv6 address that stand for one line; the rest its owner picks.


@unique
class Limit(Enum):
    """What is counted, how many times, within how long; by whom, its comment says.

    Those of an address (`…_HERE`) leave room for a school of 1,000 that comes at once and
    mistypes a few times each (L2); a browser that we know is in none of them (`crowd`).
    """

    SIGN_IN_STARTS = Rate("sign-in-starts", 30, MINUTE)  # device
    SIGN_IN_STARTS_HERE = Rate("sign-in-starts-here", 3000, MINUTE)  # address, device unknown
    VISITS = Rate("visits", 60, MINUTE)  # device
    VISITS_HERE = Rate("visits-here", 3000, MINUTE)  # address; new browsers
    SYNCS = Rate("syncs", 30, MINUTE)  # account
    PASSWORD_TRIES = Rate("password-tries", 10, 15 * MINUTE)  # email and device; failures
    PASSWORD_TRIES_IN_ALL = Rate("password-tries-in-all", 50, HOUR)  # email; failures
    PASSWORD_TRIES_OF_DEVICE = Rate("password-tries-of-device", 500, HOUR)  # device; failures
    PASSWORD_TRIES_HERE = Rate("password-tries-here", 5000, HOUR)  # address; failures
    MAILS_TO = Rate("mails-to", 5, HOUR)  # email
    MAILS = Rate("mails", 20, HOUR)  # device
    MAILS_HERE = Rate("mails-here", 5000, HOUR)  # address
    SECRET_TRIES = Rate("secret-tries", 10, 10 * MINUTE)  # section and device; wrong guesses
    SECRET_TRIES_OF_STUDENT = Rate("secret-tries-of-student", 20, 10 * MINUTE)  # student; the same
    SECRET_TRIES_A_DAY = Rate("secret-tries-a-day", 50, DAY)  # one student's secret; the same
    CODE_TRIES = Rate("code-tries", 20, 10 * MINUTE)  # device
    CODE_TRIES_HERE = Rate("code-tries-here", 5000, 10 * MINUTE)  # address
    CLAIMS = Rate("claims", 5, DAY)  # student
    EXPORTS = Rate("exports", 20, HOUR)  # account
    DISTRICT_READS = Rate("district-reads", 10, HOUR)  # account
    MARKS = Rate("marks", 20, DAY)  # account; devices that it makes known to us

    @property
    def is_of_crowd(self) -> bool:
        return self.name.endswith("_HERE")


def refuse_when_spent(limit: Limit, *key: str) -> None:
    """Answer 429 when there is no room for one more; counts nothing."""
    if any(key) and (seconds := current_counters().wait(limit.value, *key)):
        _refuse(limit, seconds)


def spend(limit: Limit, *key: str) -> None:
    """Count one, or answer 429 when it is one too many.

    Nobody is counted under no key at all: a browser that we do not know has only its address.
    """
    if any(key) and not has_room(limit, *key):
        _refuse(limit, current_counters().wait(limit.value, *key) or 1)


def has_room(limit: Limit, *key: str) -> bool:
    """Count one, and whether there was room for it."""
    return current_counters().spend(limit.value, *key)


def device() -> str:
    """What tells this device from others: its mark, else its session; "" for one without."""
    mark = held_mark()
    return mark.id if mark else visit()


def visit() -> str:
    """An id of this browser's session, under whichever token; each sign-in begins another."""
    row = browser_session().row
    return str(row.public_id) if row else ""


def crowd() -> str:
    """The address, for a browser that nothing yet tells from its neighbours; "" for all others.

    So whoever floods an address holds up no device that somebody has signed in on, nobody who is
    signed in, and nobody for longer than a browser stays new.
    """
    row = browser_session().row
    is_apart = row is not None and (row.account or clock.now() - row.created_at >= NEW_FOR)
    return "" if is_apart or held_mark() else address()


def address() -> str:
    """A digest for where the request comes from: an IPv4 address, or the line of an IPv6 one."""
    return hashlib.sha256(_line(request.remote_addr or "").encode()).hexdigest()


def _refuse(limit: Limit, seconds: int) -> NoReturn:
    logger.warning("Limit reached", extra={"limit": limit.value.name})
    if limit.is_of_crowd:
        seconds = min(seconds, int(NEW_FOR.total_seconds()))
    raise TooManyRequests(retry_after=seconds)


def _line(remote: str) -> str:
    try:
        parsed = ip_address(remote)
    except ValueError:
        return remote
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((int(parsed), ONE_HOME), strict=False))
    return remote
