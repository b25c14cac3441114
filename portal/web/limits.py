"""How often one may try: by account, by browser and, loosely, by address (trust.md A77).

A school shares one address, so an address alone is never counted closely.
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

from portal.rate_limiting import Rate
from portal.web.current import current_counters
from portal.web.sessions import browser_session

logger = logging.getLogger(__name__)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ONE_HOME = 64  # Bits of an IPv6 address that stand for one line; the rest its owner picks.


@unique
class Limit(Enum):
    """What is counted, how many times, within how long; by whom, its comment says.

    Those of an address (`…_HERE`) leave room for a school of 1,000 that comes at once (L2).
    """

    SIGN_IN_STARTS = Rate("sign-in-starts", 30, MINUTE)  # device
    SIGN_IN_STARTS_HERE = Rate("sign-in-starts-here", 3000, MINUTE)  # address, device unknown
    SYNCS = Rate("syncs", 30, MINUTE)  # account
    PASSWORD_TRIES = Rate("password-tries", 10, 15 * MINUTE)  # email and device; failures
    PASSWORD_TRIES_IN_ALL = Rate("password-tries-in-all", 50, HOUR)  # email; failures
    PASSWORD_TRIES_HERE = Rate("password-tries-here", 1000, HOUR)  # address; failures
    MAILS_TO = Rate("mails-to", 5, HOUR)  # email
    MAILS = Rate("mails", 20, HOUR)  # device
    MAILS_HERE = Rate("mails-here", 2000, HOUR)  # address
    SECRET_TRIES = Rate("secret-tries", 10, 10 * MINUTE)  # section and device; wrong guesses
    SECRET_TRIES_OF_STUDENT = Rate("secret-tries-of-student", 20, 10 * MINUTE)  # student; the same
    SECRET_TRIES_A_DAY = Rate("secret-tries-a-day", 50, DAY)  # one student's secret; the same
    CODE_TRIES = Rate("code-tries", 20, 10 * MINUTE)  # device
    CODE_TRIES_HERE = Rate("code-tries-here", 2000, 10 * MINUTE)  # address
    CLAIMS = Rate("claims", 5, DAY)  # student


def refuse_when_spent(limit: Limit, *key: str) -> None:
    """Answer 429 when there is no room for one more; counts nothing."""
    if any(key) and (seconds := current_counters().wait(limit.value, *key)):
        _refuse(limit, seconds)


def spend(limit: Limit, *key: str) -> None:
    """Count one, or answer 429 when it is one too many.

    Nobody is counted under no key at all: a browser that we do not know has only its address.
    """
    if any(key) and not current_counters().spend(limit.value, *key):
        _refuse(limit, current_counters().wait(limit.value, *key) or 1)


def device() -> str:
    """A digest for this browser, by a session cookie that we gave it; "" for one without."""
    row = browser_session().row
    return str(row.token_digest) if row else ""


def address() -> str:
    """A digest for where the request comes from: an IPv4 address, or the line of an IPv6 one."""
    return hashlib.sha256(_line(request.remote_addr or "").encode()).hexdigest()


def _refuse(limit: Limit, seconds: int) -> NoReturn:
    logger.warning("Limit reached", extra={"limit": limit.value.name})
    raise TooManyRequests(retry_after=seconds)


def _line(remote: str) -> str:
    try:
        parsed = ip_address(remote)
    except ValueError:
        return remote
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((int(parsed), ONE_HOME), strict=False))
    return remote
