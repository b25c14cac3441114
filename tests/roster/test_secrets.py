"""Pictures, words and class codes: many enough, told apart, and forgiving to type (S3)."""

from __future__ import annotations

from itertools import product

import pytest

from portal.roster.secrets import (
    CODE_LENGTH,
    CODE_LETTERS,
    PICTURES,
    LoginType,
    clean_class_code,
    is_secret,
    new_class_code,
    new_secret,
)
from portal.roster.words import WORDS

LOOK_ALIKE = ("0ODQ", "1IL", "2Z", "5S", "8B", "UV", "6G")


def test_two_pictures_are_one_of_256_and_two_words_one_of_65536() -> None:
    assert len(set(PICTURES)) == 16
    assert len(set(WORDS)) == 256


def test_words_are_short_and_easy_to_type() -> None:
    assert {word for word in WORDS if not (3 <= len(word) <= 8 and word.isascii())} == set()
    assert {word for word in WORDS if word != word.lower() or not word.isalpha()} == set()


def test_no_word_begins_another_and_no_two_pairs_read_the_same() -> None:
    pairs = list(product(WORDS, WORDS))

    assert [pair for pair in pairs if pair[0] != pair[1] and pair[1].startswith(pair[0])] == []
    assert len({first + second for first, second in pairs}) == 65_536


@pytest.mark.parametrize("login_type", [LoginType.PICTURE, LoginType.WORDS])
def test_a_secret_is_two_of_its_kind(login_type: LoginType) -> None:
    kinds = PICTURES if login_type is LoginType.PICTURE else WORDS
    made = {new_secret(login_type) for _ in range(200)}

    assert all(set(secret.split()) <= set(kinds) for secret in made)
    assert {len(secret.split()) for secret in made} == {2}
    assert len(made) > 100


@pytest.mark.parametrize("given", ["river lamp", "River  LAMP ", "riverlamp", "river, lamp."])
def test_words_may_be_typed_as_children_type(given: str) -> None:
    assert is_secret(given, "river lamp")


@pytest.mark.parametrize("given", ["", "river", "lamp river", "river lam", "river lämp", "1"])
def test_other_words_open_nothing(given: str) -> None:
    assert not is_secret(given, "river lamp")


@pytest.mark.parametrize("given", ["", " ", "7", "river lamp"])
def test_nothing_opens_what_cannot_be_read_any_more(given: str) -> None:
    assert not is_secret(given, "")


def test_a_class_code_has_no_letters_that_look_alike_and_spells_no_word() -> None:
    assert [group for group in LOOK_ALIKE if len(set(group) & set(CODE_LETTERS)) > 1] == []
    assert set(CODE_LETTERS) & set("AEIOU") == set()
    assert {len(new_class_code()) for _ in range(50)} == {CODE_LENGTH}


@pytest.mark.parametrize("typed", ["CDFG-HJKM", "cdfg hjkm", " cdfghjkm\n", "CDFGHJKM."])
def test_a_class_code_may_be_typed_as_it_is_printed(typed: str) -> None:
    assert clean_class_code(typed) == "CDFGHJKM"
