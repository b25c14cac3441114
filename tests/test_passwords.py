"""Which passwords will do, and what is kept of them (S3)."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from portal import passwords
from portal.passwords import PasswordRefusal

ADDRESS = "Rivera@School.example"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("seven77", PasswordRefusal.SHORT),
        ("e\u0301" * 4, PasswordRefusal.SHORT),  # Four letters, however they are spelled.
        ("x" * 129, PasswordRefusal.LONG),
        ("Password1", PasswordRefusal.COMMON),
        ("QWERTYUIOP", PasswordRefusal.COMMON),
        ("rivera@school.EXAMPLE", PasswordRefusal.ADDRESS),
    ],
)
def test_a_password_that_will_not_do_has_a_reason(password: str, why: PasswordRefusal) -> None:
    assert passwords.refusal(password, ADDRESS) == why


def test_the_part_before_the_at_is_as_easy_to_guess() -> None:
    assert passwords.refusal("m.rivera", "M.Rivera@school.example") == PasswordRefusal.ADDRESS


@pytest.mark.parametrize(
    "password", ["eight char", "только буквы", "x" * 128, "blue  kettle ", "🐢🐢🐢🐢🐢🐢🐢🐢"]
)
def test_any_characters_make_a_good_password(password: str) -> None:
    assert passwords.refusal(password, ADDRESS) is None
    assert passwords.verify(passwords.hash_password(password), password)


def test_a_wrong_password_is_wrong_and_case_and_blanks_count() -> None:
    kept = passwords.hash_password("blue kettle seven")

    assert not passwords.verify(kept, "Blue kettle seven")
    assert not passwords.verify(kept, "blue kettle seven ")


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    kept = passwords.hash_password("cafe\u0301 au lait")

    assert passwords.verify(kept, "caf\u00e9 au lait")


def test_without_a_hash_nothing_is_the_password() -> None:
    assert not passwords.verify(None, "blue kettle seven")


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$nonsense"])
def test_a_hash_that_cannot_be_read_lets_nobody_in(kept: str) -> None:
    assert not passwords.verify(kept, "blue kettle seven")


def test_a_megabyte_is_not_hashed() -> None:
    password = "x" * 1_000_000

    assert not passwords.verify(passwords.hash_password(password), password)


def test_two_hashes_of_one_password_differ() -> None:
    assert passwords.hash_password("blue kettle") != passwords.hash_password("blue kettle")


def test_a_hash_made_with_smaller_figures_is_outdated() -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash("blue kettle")

    assert passwords.verify(old, "blue kettle")
    assert passwords.is_outdated(old)
    assert not passwords.is_outdated(passwords.hash_password("blue kettle"))
