"""A section without Clever follows a class: its students are the class's, with all work (N7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock, overriding, undoing
from portal.database import write
from portal.models import own_students
from portal.models.accounts import Account, LinkedAccount
from portal.models.base import tuples_of
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.lessons import LessonCompletion
from portal.models.merging.class_matches import ClassMatch
from portal.models.merging.told_apart import ToldApart
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.overrides import OverrideKind
from portal.models.syncs.sync_changes import SyncChange
from portal.models.syncs.sync_runs import OwnReason, RunState
from portal.overriding import Decision
from portal.roster.records import PersonRecord, Role, StudentRecord
from portal.roster.typed_names import TypedName
from portal.undoing import Undone
from tests.class_changing import account_known_as, named, own_section, preview, saved
from tests.rosters import DISTRICT, ISSUER, RIVERA, account_of, algebra, reading, section_of, synced

pytestmark = pytest.mark.usefixtures("database")

CLASS = algebra("c7", name="Algebra I")
HERE = [("Ana", "López"), ("Ben", "Cho"), ("Dee", "Park"), ("Sam", "Lee")]
THERE = [
    StudentRecord("s1", "Ana", "Lopez", "7", "000001"),
    StudentRecord("s2", "Ben", "Cho", "7", "000002"),
    StudentRecord("s3", "Sam", "Lee", "7", "000003"),
    StudentRecord("s4", "Sam", "Lee", "7", "000004"),
    StudentRecord("s5", "Zoe", "Quist", "7", "000005"),
]
IN_CLASS = reading(*THERE, roster_class=CLASS)
AGREED = {"Ana": "s1", "Ben": "s2", "Sam": "s4"}


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    """Four students with secret words, one of whom has finished a lesson."""
    section = own_section(rivera, HERE)
    LessonCompletion.create(
        account=named("Ana"), course_slug="biology", lesson_slug="cells", completed_at=clock.now()
    )
    return section


def converted(section: Section, rivera: Account) -> Section:
    run = saved(preview(section, CLASS, IN_CLASS, rivera, AGREED), IN_CLASS, rivera)
    assert run.state == RunState.DONE
    return Section.by_key(section.id)


def test_only_names_that_nobody_else_has_are_proposed(section: Section, rivera: Account) -> None:
    run = preview(section, CLASS, IN_CLASS, rivera)
    proposed = {(each.account.given_name, each.sourced_id) for each in ClassMatch.of(run)}

    assert proposed == {("Ana", "s1"), ("Ben", "s2")}
    assert (run.count_before, run.removed_count, run.added_count) == (4, 4, 5)


def test_what_the_teacher_agreed_to_is_what_is_shown(section: Section, rivera: Account) -> None:
    run = preview(section, CLASS, IN_CLASS, rivera, AGREED)

    assert (run.state, run.count_before, run.count_after) == (RunState.PREVIEWED, 4, 5)
    assert (run.removed_count, run.added_count) == (1, 2)
    assert not Section.by_key(section.id).synced


def test_saved_the_section_is_a_clever_section_with_every_lesson_of_progress(
    section: Section, rivera: Account
) -> None:
    places = {each.account.given_name: each.id for each in Enrollment.active(section)}
    after = converted(section, rivera)

    assert (after.provider, after.join_code, after.login_type) == ("clever", None, "clever")
    assert (after.name, after.course_slug) == ("My group", "biology")
    assert set(Enrollment.roster(after)) == {"s1", "s2", "s3", "s4", "s5"}
    ana = account_known_as("s1")
    assert LessonCompletion.times(ana).keys() == {("biology", "cells")}
    assert Enrollment.get(Enrollment.account == ana).id == places["Ana"]


def test_who_is_not_in_the_class_leaves_the_list_by_name_and_keeps_the_work(
    section: Section, rivera: Account
) -> None:
    dee = named("Dee")
    converted(section, rivera)

    assert Enrollment.get(Enrollment.account == dee).ended_at is not None
    gone = SyncChange.select().where(SyncChange.kind == "removed")
    assert [(each.account_id, each.given_name) for each in gone] == [(dee.id, "Dee")]


def test_who_used_clever_before_keeps_one_account_with_both_lessons(
    section: Section, rivera: Account
) -> None:
    band = section_of(algebra("c8", name="Band"), rivera)
    synced(band, reading(THERE[0], roster_class=algebra("c8", name="Band")))
    ana = account_known_as("s1")
    LessonCompletion.create(
        account=ana, course_slug="biology", lesson_slug="genes", completed_at=clock.now()
    )
    converted(section, rivera)

    assert len(LessonCompletion.times(ana)) == 2
    assert {each.section.id for each in Enrollment.of_student(ana)} == {section.id, band.id}


def test_who_joined_with_clever_stays_without_a_word(section: Section, rivera: Account) -> None:
    band = section_of(algebra("c8", name="Band"), rivera)
    synced(band, reading(THERE[4], roster_class=algebra("c8", name="Band")))
    write(lambda: Enrollment.join(section, account_known_as("s5"), clock.now()))
    run = preview(section, CLASS, IN_CLASS, rivera, AGREED)

    assert (run.count_before, run.removed_count, run.added_count) == (5, 1, 1)
    saved(run, IN_CLASS, rivera)
    assert Enrollment.count(section) == 5


def test_a_pair_that_cannot_be_one_person_breaks_nothing_of_the_rest(
    section: Section, rivera: Account
) -> None:
    shown = preview(section, CLASS, IN_CLASS, rivera, AGREED)
    Account.update(disabled_at=clock.now()).where(Account.id == named("Ben").id).execute()
    again = saved(shown, IN_CLASS, rivera)

    assert (again.state, again.reason) == (RunState.PREVIEWED, OwnReason.CHANGED_SINCE)
    assert saved(again, IN_CLASS, rivera).state == RunState.DONE
    assert Enrollment.count(section) == 5


def test_an_undo_leaves_every_table_as_it_was(section: Section, rivera: Account) -> None:
    band = section_of(algebra("c8", name="Band"), rivera)
    synced(band, reading(THERE[0], roster_class=algebra("c8", name="Band")))
    before = tables(section)
    run = saved(preview(section, CLASS, IN_CLASS, rivera, AGREED), IN_CLASS, rivera)

    assert isinstance(undoing.undo(run, rivera), Undone)
    assert tables(section) == before


def tables(section: Section) -> dict[str, object]:
    """All that is to be as before: the section, who teaches it, its places, secrets and work."""
    columns = ("provider", "issuer", "login_type", "join_code", "class_sourced_id", "name", "grade")
    found = Section.by_key(section.id)
    teachers = SectionTeacher.select(SectionTeacher.sourced_id, SectionTeacher.ended_at).where(
        SectionTeacher.section == section
    )
    places = Enrollment.select(
        Enrollment.id, Enrollment.account, Enrollment.sourced_id, Enrollment.ended_at
    )
    work = LessonCompletion.select(LessonCompletion.account, LessonCompletion.lesson_slug)
    secrets = StudentSecret.select(StudentSecret.enrollment, StudentSecret.sealed_secret)
    parts = Account.select(Account.id).where(Account.merged_into.is_null(False))
    return {
        "section": [getattr(found, name) for name in columns],
        **{
            name: sorted(tuples_of(rows))
            for name, rows in (
                ("teachers", teachers),
                ("places", places),
                ("work", work),
                ("secrets", secrets),
                ("parts", parts),
            )
        },
    }


def test_a_number_that_the_teacher_wrote_down_tells_two_of_one_name_apart(
    section: Section, rivera: Account
) -> None:
    place = Enrollment.get(Enrollment.account == named("Sam"))
    place.section = section
    write(lambda: own_students.describe(place, TypedName("Sam", "Lee"), "000004", clock.now()))
    run = preview(section, CLASS, IN_CLASS, rivera)

    found = {(each.account.given_name, each.sourced_id): each.ground for each in ClassMatch.of(run)}
    assert found["Sam", "s4"] == "number"


def test_who_was_told_apart_is_not_proposed_again(section: Section, rivera: Account) -> None:
    band = section_of(algebra("c8", name="Band"), rivera)
    synced(band, reading(THERE[1], roster_class=algebra("c8", name="Band")))
    local = Enrollment.get((Enrollment.section == section) & (Enrollment.account == named("Ben")))
    ToldApart.tell(local.account, account_known_as("s2"), rivera, clock.now())
    run = preview(section, CLASS, IN_CLASS, rivera)

    assert {each.sourced_id for each in ClassMatch.of(run)} == {"s1"}


def test_an_undo_keeps_two_places_apart_that_one_person_had(
    section: Section, rivera: Account
) -> None:
    """Ana was on the list with Clever before, and left it."""
    band = section_of(algebra("c8", name="Band"), rivera)
    synced(band, reading(THERE[0], roster_class=algebra("c8", name="Band")))
    joined = write(lambda: Enrollment.join(section, account_known_as("s1"), clock.now()))
    Enrollment.update(ended_at=clock.now()).where(Enrollment.id == joined.id).execute()
    before = tables(section)
    run = saved(preview(section, CLASS, IN_CLASS, rivera, AGREED), IN_CLASS, rivera)
    assert Enrollment.count(section) == 5

    undoing.undo(run, rivera)
    assert tables(section) == before


def test_y10_nobody_is_put_on_the_list_whom_clever_does_not_know(
    section: Section, rivera: Account
) -> None:
    """Dee and Ben left with the list of before; Ben has come to have a Clever sign-in since."""
    saved(preview(section, CLASS, IN_CLASS, rivera, {"Ana": "s1"}), IN_CLASS, rivera)
    dee, ben = (Enrollment.get(Enrollment.account == each) for each in (named("Dee"), _own_ben()))
    person = PersonRecord("s9", DISTRICT, (Role.STUDENT,), "Ben", "Cho")
    LinkedAccount.add(ben.account, "clever", ISSUER, person, clock.now())
    until = clock.now().date() + timedelta(days=9)
    run = overriding.keep(section, ben.account, Decision(OverrideKind.IN, until, rivera))

    assert [overriding.can_be_kept(each) for each in (dee, ben)] == [False, True]
    assert run is not None
    assert (run.added_count, (run.count_after or 0) - (run.count_before or 0)) == (1, 1)
    assert "s9" in Enrollment.sourced_ids(section)


def _own_ben() -> Account:
    """Of the two accounts of that name, the one that the class does not list."""
    both = Account.select().where(Account.given_name == "Ben")
    found: Account = next(each for each in both if each.id != account_known_as("s2").id)
    return found
