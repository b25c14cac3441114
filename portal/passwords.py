"""Passwords: which will do, and what is kept instead of them (S3; ASVS 6.2, NIST SP 800-63B)."""

from __future__ import annotations

import secrets
import unicodedata
from enum import StrEnum

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

SHORTEST, LONGEST = 8, 128
# OWASP's figures for argon2id: a school that signs in at eight o'clock shares two processors.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
COMMON = frozenset(word.casefold() for word in FREQUENCY_LISTS["passwords"])


class PasswordRefusal(StrEnum):
    """Why a new password will not do; the template words it."""

    SHORT = "short"
    LONG = "long"
    COMMON = "common"
    ADDRESS = "address"


def refusal(password: str, address: str) -> PasswordRefusal | None:
    """Why this password will not do for this address, or None. Any characters make a good one."""
    password = _one_spelling(password)
    if len(password) < SHORTEST:
        return PasswordRefusal.SHORT
    if len(password) > LONGEST:
        return PasswordRefusal.LONG
    if password.casefold() in COMMON:
        return PasswordRefusal.COMMON
    mine = address.casefold()
    is_address = password.casefold() in (mine, mine.partition("@")[0])
    return PasswordRefusal.ADDRESS if is_address else None


def hash_password(password: str) -> str:
    """What is stored: salted, slow to guess, and with the figures it was made with."""
    return HASHER.hash(_one_spelling(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether this is the password; without a hash it takes as long and is not (A64)."""
    if len(password) > 4 * LONGEST:  # Nobody's, and the work of hashing it would be theirs to give.
        password = ""
    try:
        HASHER.verify(password_hash or NOBODYS_HASH, _one_spelling(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other figures than today's; made anew at the next sign-in."""
    return HASHER.check_needs_rehash(password_hash)


def _one_spelling(password: str) -> str:
    """Keyboards send one accented letter in two ways (RFC 8265, 4.2)."""
    return unicodedata.normalize("NFC", password)


NOBODYS_HASH = hash_password(secrets.token_hex())
