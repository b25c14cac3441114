"""Students whom a class lists and whose records do not come (trust F25, M38)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from portal.providers.base import FailureReason
from tests.healthy_district import ROSTER, student_id
from tests.hostile_clever import HostileClever, answered, changed, hostile_clever, html, status
from tests.providers.reading import failure, roster


def unshare(clever: HostileClever, numbers: Iterable[int]) -> list[str]:
    """The class still lists them, their records answer 404."""
    ids = [student_id(number) for number in numbers]
    for sourced_id in ids:
        del clever.district.students[sourced_id]
    return ids


def drop_from_the_list(clever: HostileClever, numbers: Iterable[int]) -> list[str]:
    """The users' list leaves them out, though each of them is shared."""
    ids = [student_id(number) for number in numbers]
    missing = set(ids)

    def without(page: dict[str, list[dict[str, dict[str, str]]]]) -> None:
        page["data"] = [item for item in page["data"] if item["data"]["id"] not in missing]

    clever.always(ROSTER, changed(without))
    return ids


def lookups(clever: HostileClever) -> int:
    return sum(path.startswith("/v3.0/users/") for path in clever.paths())


def test_a_listed_student_never_seen_before_is_counted_and_not_asked_about(
    clever: HostileClever,
) -> None:
    """M38."""
    unshare(clever, [5, 6])

    snapshot = roster(clever)

    assert (len(snapshot.students), snapshot.unshared_count) == (24, 2)
    assert lookups(clever) == 0


def test_an_enrolled_student_is_unshared_only_by_clevers_own_404(clever: HostileClever) -> None:
    """F25."""
    ids = unshare(clever, [5])

    snapshot = roster(clever, enrolled=ids)

    assert (len(snapshot.students), snapshot.unshared_count) == (25, 1)
    assert snapshot.unreadable == frozenset()
    assert lookups(clever) == 1


def test_an_enrolled_student_left_out_of_the_list_is_looked_up_and_kept(
    clever: HostileClever,
) -> None:
    ids = drop_from_the_list(clever, [5])

    snapshot = roster(clever, enrolled=ids)

    assert snapshot.students[ids[0]].given_name == "Given5"
    assert snapshot.unshared_count == 0


def test_a_list_short_of_many_new_students_does_not_become_a_short_roster(
    clever: HostileClever,
) -> None:
    drop_from_the_list(clever, range(1, 10))

    assert len(roster(clever).students) == 26


def test_an_enrolled_student_whose_lookup_is_unusable_stays(clever: HostileClever) -> None:
    ids = drop_from_the_list(clever, [5])
    clever.always(f"/v3.0/users/{ids[0]}", answered({"data": {"id": ids[0], "name": "text"}}))

    snapshot = roster(clever, enrolled=ids)

    assert snapshot.unreadable == set(ids)
    assert snapshot.unreadable_count == 1


def test_a_lookup_that_fails_fails_the_whole_read(clever: HostileClever) -> None:
    ids = drop_from_the_list(clever, [5])
    clever.always(f"/v3.0/users/{ids[0]}", status(500))

    assert failure(clever, enrolled=ids).reason is FailureReason.NOT_ANSWERING


def test_a_lookup_that_ends_at_a_web_page_unshares_nobody(clever: HostileClever) -> None:
    """Its 404 is about the path (Clever page "Error messages"): the student stays."""
    ids = drop_from_the_list(clever, [5])
    clever.always(f"/v3.0/users/{ids[0]}", html(404))

    snapshot = roster(clever, enrolled=ids)

    assert snapshot.unreadable == set(ids)
    assert (snapshot.unreadable_count, snapshot.unshared_count) == (1, 0)


def test_a_record_without_an_id_may_be_the_missing_student(clever: HostileClever) -> None:
    clever.always(ROSTER, changed(lambda page: page["data"][0]["data"].pop("id")), page=1)

    snapshot = roster(clever)

    assert snapshot.unreadable == {student_id(1)}
    assert (snapshot.unreadable_count, snapshot.unshared_count) == (1, 0)
    assert lookups(clever) == 0


def test_a_student_read_but_not_listed_is_left_out(clever: HostileClever) -> None:
    clever.district.section["students"].remove(student_id(5))

    assert student_id(5) not in roster(clever).students


def test_no_more_than_fifty_are_looked_up_and_the_rest_of_todays_list_stays() -> None:
    with hostile_clever(students=80) as clever:
        ids = unshare(clever, range(1, 71))

        snapshot = roster(clever, enrolled=ids)

        assert lookups(clever) == 50
        assert len(snapshot.unreadable) == 20
        assert snapshot.unshared_count == 50


def test_a_list_much_shorter_than_its_class_is_no_whole_read() -> None:
    with hostile_clever(students=80) as clever:
        ids = drop_from_the_list(clever, range(1, 71))

        assert failure(clever, enrolled=ids).reason is FailureReason.UNUSABLE_ANSWER


@pytest.mark.parametrize("left_out", ["students", "users"])
def test_a_class_emptied_on_one_side_only_is_not_an_empty_class(
    clever: HostileClever, left_out: str
) -> None:
    enrolled = list(clever.district.students)
    if left_out == "users":
        drop_from_the_list(clever, range(1, 27))
    else:
        del clever.district.section["students"]

    assert len(roster(clever, enrolled=enrolled).students) == 26
