"""Which class names people confuse (experience.md 2.5, "When do we warn?", rules 1 to 3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.roster.alike import ClassName
from portal.roster.glyphs import LATIN_TWIN, plain

NAMES = st.one_of(
    st.lists(
        st.sampled_from(
            ["Algebra", "Math", "I", "1", "II", "l", "|", "–", "Period", "P", "3", "B"]
        ),
        max_size=5,
    ).map(" ".join),
    st.text(max_size=20),
)


def confusable(one: str, other: str, *surnames: str) -> bool:
    return ClassName.of(one, surnames).confusable_with(ClassName.of(other, surnames))


def beside(one: str, other: str, *surnames: str) -> bool:
    return ClassName.of(one, surnames).beside(ClassName.of(other, surnames))


@pytest.mark.parametrize(
    "other",
    [
        "Algebra I",
        "Algebra l",
        "Algebra |",
        "algebra-1",
        "ALGEBRA  1!",
        "Algebra1",
        "Álgebra 1",
        "A1gebra 1",
        "Algebra Ⅰ",
        "Algebra ①",
        "Algebra １",
        "Algebra ١",
        "Algebra 01",
        "Algebra One",
        "Аlgеbrа 1",  # three Cyrillic letters
        "Αlgebra 1",  # a Greek one
        "Ａｌｇｅｂｒａ 1",
        "𝐀lgebra 1",
    ],
)
def test_names_that_read_the_same_are_confusable(other: str) -> None:
    assert confusable("Algebra 1", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Math 7", "Math VII"),
        ("Math XII", "Math Ⅻ"),
        ("Room 1O1", "Room 101"),
        ("Algebra II", "Algebra 2"),
        ("Algebra II", "Algebra 11"),
        ("Sixth Grade", "6th Grade"),
        ("Science P3", "Science – Period 3"),
        ("Science Pd. 3", "Science Per 3"),
        ("Math | Period 3", "Math – Period 3"),
        ("P.E. 7", "PE 7"),
    ],
)
def test_numerals_and_abbreviations_are_read_as_people_read_them(one: str, other: str) -> None:
    assert confusable(one, other)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Geometry Club", "Geometri Clup", True),
        ("Geometry Club", "Geomatri Clup", False),
        ("Algebra", "Algebr", True),
        ("Algebra", "Algeb", False),
        ("Band", "Bond", True),
        ("Spanish", "Spanish 1", True),
        ("Biology", "Zoology", False),
    ],
)
def test_two_slips_are_confusable_and_one_in_a_short_name(
    one: str, other: str, alike: bool
) -> None:
    assert confusable(one, other) is alike


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Math 7", "Math 8"),
        ("Algebra 1", "Algebra II"),
        ("Algebra VII", "Algebra VIII"),
        ("Sixth Grade", "Fifth Grade"),
        ("ELA 6", "ELD 6"),
        ("Kindergarten AM", "Kindergarten PM"),
        ("Math 8", "Math B"),
        ("🔴", "🔵"),
    ],
)
def test_other_numbers_and_other_short_words_are_other_classes(one: str, other: str) -> None:
    assert not confusable(one, other)
    assert not beside(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Science 7 – Period 1", "Science 7 – Period 2"),
        ("Science 7 P1", "Science 7 Pd 2"),
        ("Science 7 – Block A", "Science 7 – Block B"),
        ("Science 7 Hour 2", "Science 7 3rd hour"),
        ("Science 7 Section 1", "Science 7 Sec. 2"),
        ("Science 7 Per. III", "Science 7 Per. IV"),
        ("Science 7 Period 1/2", "Science 7 Period 3/4"),
        ("Science 7 (1)", "Science 7 (2)"),
        ("Science 7 – Period 1", "Science 7"),
        ("Science I – Period 1", "Science 1 – Period 2"),
        ("Advisory 8A", "Advisory 8B"),
        ("Period 1", "Period 2"),
    ],
)
def test_names_that_differ_by_period_alone_stand_beside_each_other_unwarned(
    one: str, other: str
) -> None:
    assert beside(one, other)
    assert not confusable(one, other)


def test_the_names_that_clever_builds_are_read_without_the_teachers_surname() -> None:
    assert beside("Computing - Rivera - 3", "Computing - Rivera - 4", "Rivera")
    assert confusable("Computing - Rivera - 3", "Computing - 3", "Rivera")
    assert confusable("Art - de la Cruz", "Art", "de la Cruz")


def test_a_surname_that_is_the_whole_name_or_an_initial_is_not_dropped() -> None:
    assert not confusable("Rivera", "Homeroom", "Rivera")
    assert not confusable("Algebra B", "Algebra", "B")


@given(NAMES, NAMES)
def test_what_one_name_is_to_another_the_other_is_to_it(one: str, other: str) -> None:
    assert confusable(one, other, "Rivera") is confusable(other, one, "Rivera")
    assert beside(one, other, "Rivera") is beside(other, one, "Rivera")


@given(NAMES, NAMES)
def test_every_name_is_confusable_with_itself_and_none_is_warned_of_and_beside(
    one: str, other: str
) -> None:
    assert confusable(one, one)
    assert not (confusable(one, other) and beside(one, other))


@given(st.sampled_from([chr(letter) for letter in LATIN_TWIN]))
def test_every_letter_of_another_script_is_compared_as_a_plain_one(letter: str) -> None:
    assert plain(letter).isascii()
