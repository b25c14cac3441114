"""Who is who in a class is proposed by number, then by name, and never guessed (N7)."""

from __future__ import annotations

from portal.roster.class_matching import LocalStudent, propose
from portal.roster.records import StudentRecord


def here(account: int, given: str, family: str, grade: str = "", *numbers: str) -> LocalStudent:
    return LocalStudent(account, given, family, grade, frozenset(numbers))


def there(
    sourced_id: str, given: str, family: str, grade: str = "", sis: str = ""
) -> StudentRecord:
    return StudentRecord(sourced_id, given, family, grade, sis)


def pairs(today: list[LocalStudent], read: list[StudentRecord]) -> set[tuple[int, str, str]]:
    return {(each.account, each.sourced_id, each.ground) for each in propose(today, read)}


def test_a_school_id_number_goes_before_any_name() -> None:
    today = [here(1, "Sam", "Lee", "", "0042"), here(2, "Ana", "Cho")]
    read = [there("a", "Ana", "Cho", sis="0042"), there("b", "Sam", "Lee")]

    assert pairs(today, read) == {(1, "a", "number")}


def test_a_name_counts_without_case_and_accents() -> None:
    assert pairs([here(1, "zoe", "NUNEZ")], [there("a", "Zoë", "Núñez")]) == {(1, "a", "name")}


def test_two_of_one_name_on_either_side_are_nobodys_pair() -> None:
    twice_here = [here(1, "Sam", "Lee"), here(2, "Sam", "Lee")]
    twice_there = [there("a", "Sam", "Lee"), there("b", "Sam", "Lee")]

    assert not pairs(twice_here, twice_there[:1])
    assert not pairs(twice_here[:1], twice_there)


def test_two_grades_are_two_people_and_an_unknown_grade_is_none() -> None:
    assert not pairs([here(1, "Sam", "Lee", "7")], [there("a", "Sam", "Lee", "8")])
    assert pairs([here(1, "Sam", "Lee")], [there("a", "Sam", "Lee", "8")])


def test_a_number_that_two_have_finds_nobody_and_leaves_the_name() -> None:
    today = [here(1, "Sam", "Lee", "", "7"), here(2, "Ana", "Cho", "", "7")]
    read = [there("a", "Sam", "Lee", sis="7")]

    assert pairs(today, read) == {(1, "a", "name")}


def test_who_has_no_name_is_nobodys_namesake() -> None:
    assert not pairs([here(1, "", "")], [there("a", "", "")])
