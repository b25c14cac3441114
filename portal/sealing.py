"""Seals district tokens before they are stored: a stolen database alone reads no roster (V23).

Sealed with keys derived from SECRET_KEY, which is never in the database. Fernet encrypts and
authenticates, and several keys make rotation a change of setting: the first seals, all open.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"rosterly: sealed provider tokens"


def seal(text: str, secret_keys: Iterable[str]) -> str:
    """`text`, readable only with one of the keys."""
    return _box(secret_keys).encrypt(text.encode()).decode()


def unseal(sealed: str, secret_keys: Iterable[str]) -> str | None:
    """The text again, or None when its key is no longer among ours or it was changed."""
    try:
        return _box(secret_keys).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(secret_keys: Iterable[str]) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key)) for key in secret_keys])


def _derive(secret_key: str) -> bytes:
    """A key for this purpose alone: what signs forms must not open tokens (RFC 5869)."""
    derived = HKDF(SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
    return base64.urlsafe_b64encode(derived)
