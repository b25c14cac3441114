"""What is too much for a machine to decide waits for the teacher (trust.md F41, F42)."""

from __future__ import annotations

from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from tests.faults.invariants import Ledger, assert_invariants, shared_students
from tests.faults.teaching import Teacher, ended


def leave(teacher: Teacher, section: Section, count: int) -> None:
    students = teacher.sandbox.student_ids(section.class_sourced_id)
    teacher.sandbox.withdraw(section.class_sourced_id, *students[:count])


def test_F41_a_class_that_is_suddenly_empty_changes_nothing_until_the_teacher_says_so(
    maria: Teacher, algebra: Section
) -> None:
    before = Ledger.now()
    leave(maria, algebra, 26)
    run = ended(maria.presses_sync(algebra))

    assert (run.state, run.held_count, run.removed_count) == ("held", 26, 0)
    assert Ledger.now().lists == before.lists
    assert "Check before we remove all 26 students" in maria.reads(algebra)
    assert_invariants(before, Ledger.now(), maria.sandbox)

    maria.post(f"/holds/{Hold.get().public_id}/answer", answer="remove")
    assert not Enrollment.active(algebra).exists()


def test_F42_eleven_removals_wait_while_the_newcomer_is_added(
    maria: Teacher, algebra: Section
) -> None:
    before = Ledger.now()
    leave(maria, algebra, 11)
    maria.sandbox.enrol_new(algebra.class_sourced_id, "New", "Comer")
    run = ended(maria.presses_sync(algebra))

    assert (run.state, run.added_count, run.held_count, run.removed_count) == ("held", 1, 11, 0)
    page = maria.reads(algebra)
    assert "Check before we remove 11 of 26 students" in page
    assert "we have not removed anyone yet" in page
    assert_invariants(before, Ledger.now(), maria.sandbox)


def test_F42_what_waits_is_removed_by_the_teachers_word_and_nobody_else_is(
    maria: Teacher, algebra: Section
) -> None:
    leave(maria, algebra, 11)
    ended(maria.presses_sync(algebra))
    before = Ledger.now()
    maria.post(f"/holds/{Hold.get().public_id}/answer", answer="remove")

    assert Ledger.now().lists[algebra.id] == shared_students(algebra, maria.sandbox)
    assert_invariants(before, Ledger.now(), maria.sandbox)
