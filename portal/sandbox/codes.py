"""Authorization codes: single use, sixty seconds, bound to address and challenge (1.5)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from secrets import token_urlsafe

from portal.sandbox.records import Body
from portal.sandbox.store import Store

LIFETIME = 60


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code as it was handed out."""

    user: str
    redirect_uri: str
    nonce: str
    challenge: str


def hand_out(store: Store, code: Code) -> str:
    """A fresh code for somebody who just signed in."""
    made = token_urlsafe(24)
    expires_at = store.now().timestamp() + LIFETIME
    store.write(
        "INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?)",
        *(made, code.user, code.redirect_uri, code.nonce, code.challenge, expires_at),
    )
    return made


def redeem(store: Store, code: str) -> Code | None:
    """Take a code out of the world; whatever follows, it never works again."""
    row = store.row("DELETE FROM codes WHERE code = ? RETURNING *", code)
    if row is None or row["expires_at"] <= store.now().timestamp():
        return None
    return Code(row["user"], row["redirect_uri"], row["nonce"], row["challenge"])


def fits(code: Code, given: Body) -> bool:
    """Whether the exchange names the right address and proves the challenge."""
    if given.get("redirect_uri") != code.redirect_uri:
        return False
    return not code.challenge or _challenge(str(given.get("code_verifier", ""))) == code.challenge


def _challenge(verifier: str) -> str:
    """RFC 7636, S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
