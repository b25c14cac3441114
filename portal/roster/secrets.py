"""What younger students sign in with, and the code of their class: made at random (S3, N11)."""

from __future__ import annotations

import hmac
import secrets
from enum import StrEnum

from portal.roster.words import WORDS

# The drawings of templates/components/pictures.html, in the order they are shown in.
PICTURES = (
    "sun",
    "moon",
    "star",
    "cloud",
    "tree",
    "flower",
    "apple",
    "fish",
    "cat",
    "bird",
    "house",
    "car",
    "boat",
    "key",
    "ball",
    "umbrella",
)
# No vowel, so that no word comes about, and nothing that is easily taken for something else.
CODE_LETTERS = "CDFGHJKMNPRTWXY3479"
CODE_LENGTH = 8


class LoginType(StrEnum):
    """How the students of a section sign in (N1)."""

    CLEVER = "clever"
    PICTURE = "picture_password"
    WORDS = "secret_words"
    EMAIL = "email"

    @property
    def has_secrets(self) -> bool:
        """Whether the teacher makes and knows what each student signs in with."""
        return self in (LoginType.PICTURE, LoginType.WORDS)


def new_secret(login_type: LoginType) -> str:
    """Two pictures in order (one of 256) or two words (one of 65,536), with a space between."""
    choices = PICTURES if login_type is LoginType.PICTURE else WORDS
    return f"{secrets.choice(choices)} {secrets.choice(choices)}"


def is_secret(given: str, secret: str) -> bool:
    """Whether these are the same, however they are spaced, cased or dotted.

    A secret that cannot be read any more is "": nothing opens that, least of all nothing (V23).
    """
    return bool(secret) and hmac.compare_digest(_letters(given), _letters(secret))


def new_class_code() -> str:
    """One of 17 billion."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def clean_class_code(text: str) -> str:
    """The code as it is kept, from the way people type it: in groups, in small letters."""
    return "".join(letter for letter in text.upper() if letter.isalnum())[: CODE_LENGTH + 1]


def _letters(text: str) -> bytes:
    return "".join(letter for letter in text.casefold() if letter.isalpha()).encode()
