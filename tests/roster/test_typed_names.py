"""Names as teachers type them, and as children find themselves among them."""

from __future__ import annotations

import pytest

from portal.roster.typed_names import TypedName, class_list, taken, typed_name, typed_names


@pytest.mark.parametrize(
    ("line", "given_name", "family_name"),
    [
        ("Ada Byrne", "Ada", "Byrne"),
        ("  Byrne ,  Ada ", "Ada", "Byrne"),
        ("Ada", "Ada", ""),
        ("Ana Maria Ortiz", "Ana Maria", "Ortiz"),
        ("de la Cruz, Ana", "Ana", "de la Cruz"),
        ("李小龙", "李小龙", ""),
        ("\u202eAda\u200b Byrne", "Ada", "Byrne"),
    ],
)
def test_a_line_is_a_given_and_a_family_name(line: str, given_name: str, family_name: str) -> None:
    assert typed_name(line) == TypedName(given_name, family_name)


def test_empty_lines_are_no_students() -> None:
    assert len(typed_names("Ada Byrne\r\n\n  \n,\u200b\nBen Cole")) == 2


def test_names_that_are_there_already_or_typed_twice_are_pointed_out_once() -> None:
    names = typed_names("Ada Byrne\nBEN cole\nCy Dow\nada  byrne\nAda Byrne")
    there = {typed_name("Ben Cole").key}

    assert [name.given_name for name in taken(names, there)] == ["BEN", "Ada"]


@pytest.mark.parametrize(
    ("lines", "shown"),
    [
        ("Ada Byrne\nBen Cole", ["Ada B.", "Ben C."]),
        ("Ana Lopez\nAna Lima\nBen Cole", ["Ana Lo.", "Ana Li.", "Ben C."]),
        ("Ana Li\nAna Lima", ["Ana Li", "Ana Lim."]),
        ("Ana L\nAna Lu", ["Ana L.", "Ana Lu"]),
        ("Ana\nBen", ["Ana", "Ben"]),
        ("Zoë Ek\nZoe Elm", ["Zoë Ek", "Zoe El."]),
    ],
)
def test_children_find_themselves_by_as_little_of_a_name_as_it_takes(
    lines: str, shown: list[str]
) -> None:
    assert class_list(typed_names(lines)) == shown


def test_an_empty_class_has_an_empty_list() -> None:
    assert class_list([]) == []
