"""District tokens at rest (V23)."""

from __future__ import annotations

from portal.sealing import seal, unseal

TOKEN = "d15c0" * 8


def test_what_is_sealed_can_be_read_again_and_not_by_looking() -> None:
    sealed = seal(TOKEN, ["first key"])

    assert TOKEN not in sealed
    assert unseal(sealed, ["first key"]) == TOKEN


def test_a_rotated_key_still_opens_what_the_old_one_sealed() -> None:
    sealed = seal(TOKEN, ["old key"])

    assert unseal(sealed, ["new key", "old key"]) == TOKEN
    assert unseal(seal(TOKEN, ["new key", "old key"]), ["new key"]) == TOKEN


def test_a_foreign_key_or_a_changed_seal_opens_nothing() -> None:
    sealed = seal(TOKEN, ["first key"])

    assert unseal(sealed, ["another key"]) is None
    assert unseal(sealed[:-4] + "AAAA", ["first key"]) is None


def test_the_same_token_is_sealed_differently_each_time() -> None:
    assert seal(TOKEN, ["first key"]) != seal(TOKEN, ["first key"])
