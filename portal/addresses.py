"""Email addresses: what counts as one, and when two are the same (S3).

Only plain ASCII, and compared without case alone: folding that knows more letters makes one address
of two that belong to two people (Unicode TR 36, and what it did to GitHub's password resets).
"""

from __future__ import annotations

import re

LONGEST = 254  # RFC 5321, 4.5.3.1.3: a path is 256 with its brackets.
# The addresses that browsers take (HTML, "valid e-mail address"), in a domain of two parts or more.
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)


def clean_address(text: str) -> str | None:
    """The address as mail is sent to it, or None for what cannot be one."""
    address = text.strip()
    return address if len(address) <= LONGEST and ADDRESS.fullmatch(address) else None


def address_key(address: str) -> str:
    """What two spellings of one address share; only for text that `clean_address` returned."""
    return address.lower()
