"""The picker's order and its groups of look-alikes (N2, N3; experience.md 2.5; trust M39)."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from portal.roster.picker import ClassState, ExistingSection, GroupKind, find
from portal.roster.records import ClassRecord
from tests.roster.classes import (
    FALL,
    LAST_YEAR,
    LINCOLN,
    OKAFOR,
    RIVERA,
    ROOSEVELT,
    SPRING,
    a_class,
    ids_of,
    picker_of,
    rows_of,
)

NAMES = ["Algebra I", "Algebra 1", "Algebra 1 P2", "Advisory 8A", "Advisory 8B", "Art", "Àrt", ""]
SOME_CLASSES = st.lists(
    st.builds(
        a_class,
        sourced_id=st.integers(0, 10_000).map(str),
        name=st.sampled_from(NAMES),
        students=st.sets(st.integers(0, 70), max_size=5),
        term=st.sampled_from([FALL, SPRING, LAST_YEAR, None]),
        teachers=st.sampled_from([(RIVERA,), (OKAFOR, RIVERA)]),
        period=st.sampled_from(["", "2", "10"]),
    ),
    max_size=8,
    unique_by=lambda each: each.sourced_id,
)


def test_names_that_differ_by_a_stroke_are_grouped_with_what_each_says() -> None:
    picker = picker_of(a_class("a", "Algebra I – Period 3"), a_class("b", "Algebra 1 – Period 3"))

    (group,) = picker.current
    assert group.kind is GroupKind.NEARLY_SAME_NAME
    assert sorted(group.differing) == ["1", "I"]
    assert group.rows[1].name_parts == (("Algebra ", False), ("I", True), (" – Period 3", False))


def test_four_sections_of_the_same_name_are_grouped_and_told_apart_by_their_numbers() -> None:
    picker = picker_of(*[a_class(f"c{n}", "Reading 5", sis_id=f"88-100{n}") for n in range(4)])

    (group,) = picker.current
    assert group.kind is GroupKind.SAME_NAME
    assert group.differing == ()
    assert group.shared_students == 26
    assert [row.sis_id for row in group.rows] == ["1000", "1001", "1002", "1003"]


def test_numbers_with_the_same_last_digits_are_shown_whole() -> None:
    rows = rows_of(
        picker_of(a_class("a", "Art", sis_id="7-1000"), a_class("b", "Art", sis_id="8-1000"))
    )

    assert [row.sis_id for row in rows.values()] == ["7-1000", "8-1000"]


def test_a_number_is_not_shown_where_something_else_differs() -> None:
    rows = rows_of(
        picker_of(a_class("a", "Art", sis_id="71000"), a_class("b", "Art", [40], sis_id="81000"))
    )

    assert {row.sis_id for row in rows.values()} == {""}


def test_look_alikes_show_the_students_that_only_they_have() -> None:
    picker = picker_of(
        a_class("a", "Algebra I", range(24)), a_class("b", "Algebra 1", range(2, 26))
    )

    assert picker.current[0].shared_students == 22
    own = rows_of(picker)["a"]
    assert own.only_here
    assert [each.sourced_id for each in own.shown_students] == ["s0", "s1"]
    assert own.more_students == 0


def test_a_class_whose_students_are_all_in_its_twin_shows_them_as_they_are() -> None:
    row = rows_of(picker_of(a_class("a", "Art", range(5)), a_class("b", "Art")))["a"]

    assert not row.only_here
    assert (len(row.shown_students), row.more_students) == (3, 2)


def test_a_class_alone_shows_three_students_by_name_and_counts_the_others() -> None:
    row = rows_of(picker_of(a_class("a", "Advisory", range(9, -1, -1))))["a"]

    assert [each.sourced_id for each in row.shown_students] == ["s0", "s1", "s2"]
    assert (row.student_count, row.more_students) == (10, 7)


def test_students_that_are_not_shared_are_counted_and_not_shown() -> None:
    row = rows_of(picker_of(a_class("a", "Advisory", [0, 999])))["a"]

    assert row.student_count == 2
    assert [each.sourced_id for each in row.shown_students] == ["s0"]


def test_periods_of_one_course_stand_together_unwarned_with_the_period_marked() -> None:
    classes = [a_class(str(n), f"Science – Period {n}", period=str(n)) for n in (10, 9, 1)]
    picker = picker_of(*classes, a_class("art", "Art – Period 2", period="2"))

    (group,) = picker.current
    assert group.kind is GroupKind.PLAIN
    assert ids_of(picker) == [["1", "9", "10", "art"]]
    assert group.rows[0].name_parts == (("Science – Period ", False), ("1", True))


def test_classes_that_are_on_and_her_own_come_first_then_by_period_and_name() -> None:
    picker = picker_of(
        a_class("spring", "Chess", term=SPRING),
        a_class("co", "Band", teachers=(OKAFOR, RIVERA)),
        a_class("undated", "Drama", term=None),
        a_class("p10", "Biology", period="10"),
        a_class("p9", "Latin", period="9"),
        a_class("no-period", "Advisory"),
    )

    assert ids_of(picker) == [["p9", "p10", "no-period", "co", "undated", "spring"]]


def test_past_terms_stand_apart_unless_they_look_like_a_class_of_today() -> None:
    picker = picker_of(
        a_class("now", "Algebra I"),
        a_class("twin", "Algebra 1", term=LAST_YEAR),
        a_class("over", "Chess", term=LAST_YEAR),
    )

    assert [[row.roster_class.sourced_id for row in each.rows] for each in picker.past] == [
        ["over"]
    ]
    assert ids_of(picker) == [["now", "twin"], ["over"]]


def test_a_class_says_whether_it_is_on() -> None:
    terms = {"on": FALL, "soon": SPRING, "over": LAST_YEAR, "unknown": None}
    rows = rows_of(picker_of(*[a_class(key, key, term=term) for key, term in terms.items()]))

    assert [rows[key].state for key in terms] == [
        ClassState.ON_NOW,
        ClassState.NOT_STARTED,
        ClassState.ENDED,
        ClassState.UNKNOWN,
    ]


def test_schools_are_named_only_where_there_are_several() -> None:
    one = picker_of(a_class("a", "Art"), a_class("b", "Band"))
    two = picker_of(a_class("a", "Art"), a_class("b", "Band", school=ROOSEVELT))

    assert [row.school for row in rows_of(one).values()] == [None, None]
    assert [row.school for row in rows_of(two).values()] == [LINCOLN, ROOSEVELT]


def test_a_class_names_its_other_teachers_and_the_section_it_has() -> None:
    section = ExistingSection("public", "My advisory", 19, True)
    picker = picker_of(a_class("a", "Art", teachers=(OKAFOR, RIVERA)), sections={"a": section})

    row = rows_of(picker)["a"]
    assert (row.is_main_teacher, row.co_teachers, row.section) == (False, (OKAFOR,), section)


@given(SOME_CLASSES)
def test_every_class_is_shown_exactly_once_with_its_whole_name(classes: list[ClassRecord]) -> None:
    picker = picker_of(*classes)

    shown = [each for group in ids_of(picker) for each in group]
    assert sorted(shown) == sorted(each.sourced_id for each in classes)
    for row in rows_of(picker).values():
        assert "".join(text for text, _ in row.name_parts) == row.roster_class.name


@given(SOME_CLASSES, st.randoms())
def test_the_order_of_clevers_answer_changes_nothing(
    classes: list[ClassRecord], random: Random
) -> None:
    shuffled = random.sample(classes, len(classes))

    assert picker_of(*shuffled) == picker_of(*classes)


def test_a_class_is_found_by_name_period_school_or_term_whatever_the_accents() -> None:
    picker = picker_of(
        a_class("a", "Música", period="3"), a_class("b", "Band", school=ROOSEVELT, term=SPRING)
    )

    assert ids_of(find(picker, " MUSICA ")) == [["a"]]
    assert ids_of(find(picker, "period 3")) == [["a"]]
    assert ids_of(find(picker, "spring roose")) == [["b"]]
    assert ids_of(find(picker, "chess")) == []
    assert ids_of(find(picker, " ")) == [["a", "b"]]


def test_finding_one_look_alike_finds_the_other_and_keeps_the_warning() -> None:
    picker = picker_of(a_class("a", "Algebra I"), a_class("b", "Algebra 1"), a_class("art", "Art"))

    (group,) = find(picker, "algebra i").current
    assert group.kind is GroupKind.NEARLY_SAME_NAME
    assert len(group.rows) == 2
