"""Which new class goes on with which, and which names would be wrong a term later (N9)."""

from __future__ import annotations

import pytest

from portal.roster.terms import NextClass, PastClass, continuations, names_a_term


def pupils(first: int, count: int = 20) -> frozenset[str]:
    return frozenset(f"s{number}" for number in range(first, first + count))


def past(key: str, name: str, first: int = 0) -> PastClass:
    return PastClass(key, name, pupils(first))


def coming(key: str, name: str, first: int = 500) -> NextClass:
    return NextClass(key, name, pupils(first))


@pytest.mark.parametrize(
    ("name", "term_name"),
    [
        ("Algebra 2026-27", ""),
        ("Algebra Fall", ""),
        ("Algebra fall '26", ""),
        ("Algebra - Semester 2", ""),
        ("2nd quarter readers", ""),
        ("Math S1", ""),
        ("Lectura otoño", ""),
        ("Period 3, Trimestre II", ""),
        ("Advent club", "Advent"),
    ],
)
def test_a_name_that_holds_its_term_is_known(name: str, term_name: str) -> None:
    assert names_a_term(name, term_name)


@pytest.mark.parametrize(
    "name",
    ["Algebra I - Period 3", "Early birds", "Math 7", "Springfield", "Room 2013A", "Falling"],
)
def test_other_names_outlive_their_term(name: str) -> None:
    assert not names_a_term(name, "Term 1")


def test_the_same_name_goes_on_whoever_is_in_it() -> None:
    before = [past("a", "Algebra I - Period 3 - Fall"), past("b", "Geometry - Period 4")]
    after = [coming("x", "Geometry - Period 4"), coming("y", "Algebra I - Period 3 - Spring")]

    assert continuations(before, after, []) == {"x": "b", "y": "a"}


def test_the_same_students_go_on_under_another_name() -> None:
    pairs = continuations([past("a", "Homeroom 7", 0)], [coming("x", "Advisory 8", 5)], [])

    assert pairs == {"x": "a"}


def test_a_class_that_everybody_is_in_goes_on_with_nobodys() -> None:
    everybody = NextClass("x", "Band", pupils(0, 200))
    pairs = continuations([past("a", "Homeroom 7")], [everybody, coming("y", "Advisory", 2)], [])

    assert pairs == {"y": "a"}


def test_another_period_goes_on_where_nothing_is_closer() -> None:
    before = [past("a", "Math - Period 1"), past("b", "Math - Period 2")]
    after = [coming("x", "Math - Period 2"), coming("y", "Math - Period 5")]

    assert continuations(before, after, []) == {"x": "b", "y": "a"}


def test_what_is_like_nothing_goes_on_with_nothing() -> None:
    assert continuations([past("a", "Algebra I")], [coming("x", "Band")], []) == {}


def test_one_class_is_taken_over_once() -> None:
    after = [coming("x", "Algebra I"), coming("y", "Algebra I", 5)]

    assert continuations([past("a", "Algebra I")], after, []) == {"y": "a"}


def test_a_teachers_surname_is_no_part_of_a_name() -> None:
    before = [past("a", "Algebra I - Rivera - 3")]

    assert continuations(before, [coming("x", "Algebra I - 3")], ["Rivera"]) == {"x": "a"}
