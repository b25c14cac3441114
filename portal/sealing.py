"""Seals what is stored: a stolen database alone reads no roster and signs nobody in (V23).

Sealed with keys derived from SECRET_KEY, which is never in the database. Fernet encrypts and
authenticates, and several keys make rotation a change of setting: the first seals, all open.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from enum import Enum

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Purpose(Enum):
    """What a seal is for: one purpose's key opens nothing of another's (RFC 5869)."""

    TOKENS = b"rosterly: sealed provider tokens"
    ARRIVALS = b"rosterly: people on the way in"
    SECRETS = b"rosterly: students' pictures and words"


def seal(text: str, secret_keys: Iterable[str], purpose: Purpose = Purpose.TOKENS) -> str:
    """`text`, readable only with one of the keys."""
    return _box(secret_keys, purpose).encrypt(text.encode()).decode()


def unseal(
    sealed: str, secret_keys: Iterable[str], purpose: Purpose = Purpose.TOKENS
) -> str | None:
    """The text again, or None when its key is no longer among ours or it was changed."""
    try:
        return _box(secret_keys, purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def is_current(
    sealed: str, secret_keys: tuple[str, ...], purpose: Purpose = Purpose.TOKENS
) -> bool:
    """Whether the first key sealed it: only then may the later ones be dropped (V23)."""
    return unseal(sealed, secret_keys[:1], purpose) is not None


def _box(secret_keys: Iterable[str], purpose: Purpose) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key, purpose)) for key in secret_keys])


def _derive(secret_key: str, purpose: Purpose) -> bytes:
    """A key for this purpose alone: what signs forms must not open tokens."""
    derived = HKDF(SHA256(), length=32, salt=None, info=purpose.value).derive(secret_key.encode())
    return base64.urlsafe_b64encode(derived)
