"""The plan: what would have to change for a section to match its class."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portal.roster.plan import RosterPlan, Update
from portal.roster.records import ClassRecord, StudentRecord
from portal.roster.snapshot import RosterSnapshot

ALGEBRA = ClassRecord("c1", "d1", "Algebra I", ("t1",), ())
ADA = StudentRecord("s1", "Ada", "Byron", grade="7")
GRACE = StudentRecord("s2", "Grace", "Hopper", grade="7")
ALAN = StudentRecord("s3", "Alan", "Turing", grade="7")

records = st.builds(
    StudentRecord,
    sourced_id=st.sampled_from([f"s{number}" for number in range(8)]),
    given_name=st.sampled_from(["Ada", "Grace", ""]),
    family_name=st.sampled_from(["Byron", "Hopper"]),
    grade=st.sampled_from(["", "7"]),
)
lists = st.lists(records, max_size=8).map(lambda found: {each.sourced_id: each for each in found})


def snapshot(*students: StudentRecord, unreadable: tuple[str, ...] = ()) -> RosterSnapshot:
    return RosterSnapshot(
        ALGEBRA, {each.sourced_id: each for each in students}, frozenset(unreadable)
    )


def plan(current: tuple[StudentRecord, ...], incoming: RosterSnapshot) -> RosterPlan:
    return RosterPlan.between({each.sourced_id: each for each in current}, incoming)


def test_a_list_that_matches_needs_no_plan() -> None:
    assert not plan((ADA, GRACE), snapshot(GRACE, ADA))


def test_who_is_new_is_added_and_who_is_gone_is_removed() -> None:
    made = plan((ADA, GRACE), snapshot(GRACE, ALAN))

    assert (made.added, made.removed, made.unchanged_count) == ((ALAN,), (ADA,), 1)


def test_a_new_name_is_a_rename_and_a_new_grade_is_not() -> None:
    married, older = replace(ADA, family_name="Lovelace"), replace(GRACE, grade="8")
    made = plan((ADA, GRACE), snapshot(married, older))

    assert made.renamed == (Update(ADA, married),)
    assert made.refreshed == (Update(GRACE, older),)


def test_a_student_whose_record_was_unreadable_stays_as_they_are() -> None:
    assert not plan((ADA, GRACE), snapshot(GRACE, unreadable=("s1",)))


def test_the_last_student_leaving_empties_the_list_unless_someone_joins() -> None:
    assert plan((ADA,), snapshot()).empties_the_list
    assert not plan((ADA,), snapshot(GRACE)).empties_the_list
    assert not plan((), snapshot()).empties_the_list


@given(lists, lists)
def test_carrying_out_a_plan_gives_exactly_what_the_class_holds(
    current: dict[str, StudentRecord], incoming: dict[str, StudentRecord]
) -> None:
    made = RosterPlan.between(current, snapshot(*incoming.values()))

    after = {key: each for key, each in current.items() if key not in made.removed_ids}
    after |= {each.after.sourced_id: each.after for each in (*made.renamed, *made.refreshed)}
    after |= {each.sourced_id: each for each in made.added}
    assert after == incoming
    assert made.unchanged_count == sum(current.get(key) == each for key, each in incoming.items())


def test_k7_an_initial_that_is_spelled_out_is_a_refresh_and_no_other_person() -> None:
    """Clever Library tells a family name's first letter alone; the district tells the rest."""
    initial = replace(ADA, family_name="B")
    made = RosterPlan.between({"s1": initial}, snapshot(ADA))

    assert made.refreshed == (Update(initial, ADA),)
    assert made.renamed == ()


def test_k7_an_initial_under_another_given_name_or_letter_is_a_rename() -> None:
    for before in (replace(ADA, family_name="C"), replace(ADA, given_name="Eda", family_name="B")):
        assert RosterPlan.between({"s1": before}, snapshot(ADA)).renamed == (Update(before, ADA),)


def test_k7_a_name_that_becomes_an_initial_is_put_to_somebody() -> None:
    initial = replace(ADA, family_name="B")

    assert RosterPlan.between({"s1": ADA}, snapshot(initial)).renamed == (Update(ADA, initial),)
