"""Two accounts of one person become one, and are taken apart again as if nothing had been."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal import clock, merging
from portal.database import db
from portal.merging import MergeRefusal, UndoRefusal
from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.arrivals import welcome
from portal.models.audit import AuditEvent
from portal.models.entrance.sessions import Session
from portal.models.lessons import LessonCompletion
from portal.models.linking import link, unlink
from portal.models.merging.belongings import PLACES
from portal.models.merging.claims import Claim
from portal.models.merging.merges import UNDO_LASTS, Merge, MergeGround
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.records import PersonRecord, Role
from tests.accounts import (
    add_password,
    belongings,
    finish,
    identities_of,
    lessons_of,
    now,
    pupil,
    teacher,
    with_password,
)
from tests.rosters import (
    DISTRICT,
    ISSUER,
    OKAFOR,
    RIVERA,
    account_of,
    algebra,
    reading,
    section_of,
    student,
    students,
    synced,
)
from tests.statements import queries

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO = "s00001", "s00002"
# Columns that name an account and stay as they are when two accounts become one.
STAY = {
    ("accounts", "merged_into_id"): "what a merge writes itself",
    ("merges", "kept_id"): "what a merge writes itself",
    ("merges", "absorbed_id"): "what a merge writes itself",
    ("merges", "undone_by_id"): "who did something at the time",
    ("holds", "answered_by_id"): "who did something at the time",
    ("district_runs", "started_by_id"): "who did something at the time",
    ("sharing_holds", "answered_by_id"): "who did something at the time",
    ("subscription_admins", "named_by_id"): "who did something at the time",
    ("claims", "answered_by_id"): "who did something at the time",
    ("told_apart", "told_by_id"): "who did something at the time",
    ("told_apart", "first_id"): "a word on these two accounts, not on whoever has them",
    ("told_apart", "second_id"): "a word on these two accounts, not on whoever has them",
    ("sessions", "account_id"): "ends with the merge",
    ("sign_in_attempts", "account_id"): "ends with the merge",
    ("emailed_links", "account_id"): "ends with the merge",
    ("letters", "account_id"): "lasts a day",
    ("class_matches", "account_id"): "what was matched, which an undo takes apart",
    ("roster_overrides", "made_by_id"): "who did something at the time",
    ("guard_numbers", "set_by_id"): "who did something at the time",
    ("district_pauses", "made_by_id"): "who did something at the time",
    ("district_pauses", "released_by_id"): "who did something at the time",
}


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    return section_of(algebra(), rivera)


@pytest.fixture
def band(rivera: Account) -> Section:
    return section_of(algebra("c2", name="Band"), rivera)


def merged(one: Account, other: Account) -> Merge:
    found = merging.merge(one, other, MergeGround.BOTH_PROVED, one)
    assert isinstance(found, Merge)
    return found


def undone(merge: Merge) -> None:
    assert merging.undo(merge, merge.kept) is None


def owner(sourced_id: str) -> Account:
    linked = LinkedAccount.find("clever", ISSUER, sourced_id)
    assert linked is not None
    return linked.account


def listed(section: Section) -> set[str]:
    return set(Enrollment.roster(section))


def place(section: Section, account: Account) -> Enrollment:
    found: Enrollment = Enrollment.get(
        (Enrollment.section == section) & (Enrollment.account == account)
    )
    return found


# Which account goes on, and which two may not be one.


def test_the_older_account_of_a_teacher_goes_on(rivera: Account) -> None:
    younger = with_password("maria@school.example")
    merge = merged(younger, rivera)

    assert (merge.kept_id, merge.absorbed_id) == (rivera.id, younger.id)
    assert now(younger).merged_into_id == rivera.id


def test_of_two_students_the_one_that_clever_lists_goes_on() -> None:
    older = with_password("ada@home.example", AccountKind.STUDENT)
    merge = merged(older, pupil(ONE))

    assert merge.kept_id == owner(ONE).id
    assert merging.preview(older, owner(ONE)).kept == owner(ONE)


def test_of_two_students_without_clever_the_one_who_can_sign_in_goes_on() -> None:
    older = Account.create(kind=AccountKind.STUDENT, created_at=clock.now())
    younger = with_password("ada@home.example", AccountKind.STUDENT)

    assert merged(older, younger).kept_id == younger.id


def test_an_account_is_not_brought_together_with_itself(rivera: Account) -> None:
    assert merging.refusal(rivera, now(rivera)) == MergeRefusal.SAME


def test_a33_a_student_is_never_brought_together_with_a_teacher(rivera: Account) -> None:
    before = belongings()
    answer = merging.merge(pupil(ONE), rivera, MergeGround.OPERATOR, across_districts=True)

    assert answer == MergeRefusal.KINDS
    assert belongings()["sections"] == before["sections"]
    assert now(rivera).merged_into_id is None


def test_two_districts_are_not_brought_together_without_an_admin() -> None:
    here, there = teacher("t1"), teacher("t9", "64a000000000000000000009")
    assert merging.merge(here, there, MergeGround.BOTH_PROVED) == MergeRefusal.DISTRICTS

    merge = merging.merge(here, there, MergeGround.ADMIN, here, across_districts=True)
    assert isinstance(merge, Merge)


def test_a_library_sign_in_has_no_district_and_speaks_against_nothing() -> None:
    assert merging.refusal(teacher("t1"), teacher("t9", None)) is None


def test_disabled_accounts_are_left_alone(rivera: Account) -> None:
    other = with_password("maria@school.example")
    Account.update(disabled_at=clock.now()).where(Account.id == other.id).execute()

    assert merging.merge(rivera, other, MergeGround.BOTH_PROVED) == MergeRefusal.GONE


def test_an_account_is_absorbed_once(rivera: Account) -> None:
    absorbed, third = with_password("a@school.example"), with_password("b@school.example")
    merged(rivera, absorbed)

    assert merging.merge(absorbed, third, MergeGround.BOTH_PROVED) == MergeRefusal.GONE


def test_bringing_together_twice_answers_the_merge_that_stands(rivera: Account) -> None:
    other = with_password("maria@school.example")

    assert merged(rivera, other) == merged(other, rivera)
    assert Merge.select().count() == 1


# What goes over.


def test_a_teachers_sections_and_ways_in_go_over(rivera: Account, section: Section) -> None:
    okafor = account_of(OKAFOR)
    band = section_of(algebra("c2", ("t2",), "Band"), okafor)
    add_password(okafor, "daniel@school.example")
    merged(rivera, okafor)

    assert {*Section.visible_to(rivera)} == {section, band}
    assert identities_of(rivera) == {"t1", "t2"}
    assert Section.get_by_id(band.id).created_by == rivera


def test_an_email_goes_over_and_finds_the_kept_account(rivera: Account) -> None:
    merged(rivera, with_password("maria@school.example"))

    assert [each.email for each in rivera.password_sign_ins] == ["maria@school.example"]


def test_lessons_of_either_are_done_and_lessons_of_both_stay_in_both_records() -> None:
    kept, absorbed = pupil(ONE), pupil(TWO)
    finish(kept, "first", "second")
    finish(absorbed, "second", "third")
    merged(kept, absorbed)

    assert lessons_of(kept) == {"first", "second", "third"}
    assert lessons_of(absorbed) == {"second"}


def test_places_in_sections_go_over(section: Section, band: Section) -> None:
    synced(section, reading(student(1)))
    synced(band, reading(student(2), roster_class=algebra("c2")))
    kept = merged(owner(ONE), owner(TWO)).kept

    assert {each.section.id for each in Enrollment.of_student(kept)} == {section.id, band.id}
    assert (listed(section), listed(band)) == ({ONE}, {TWO})


def test_of_two_places_in_one_section_one_goes_on_and_the_other_rests(section: Section) -> None:
    synced(section, reading(*students(5)))
    merge = merged(owner(ONE), owner(TWO))

    assert listed(section) == {ONE, "s00003", "s00004", "s00005"}
    assert place(section, merge.absorbed).ended_at == merge.made_at
    assert Enrollment.former_count(section) == 0
    assert Enrollment.former_students(section, 10) == []


def test_y9_what_teachers_call_either_of_them_goes_on_and_goes_back(section: Section) -> None:
    synced(section, reading(*students(5)))
    place(section, owner(TWO)).display("Addie")
    before = belongings()
    merge = merged(owner(ONE), owner(TWO))
    kept = place(section, merge.kept).display_name
    undone(merge)

    assert kept == "Addie"
    assert belongings() == before


def test_a_section_that_only_the_absorbed_account_is_in_now_goes_on(section: Section) -> None:
    synced(section, reading(*students(20)))
    synced(section, reading(*students(19, first=2)))
    merge = merged(owner(ONE), owner(TWO))

    assert listed(section) == {f"s{number:05}" for number in range(2, 21)}
    assert place(section, merge.kept).sourced_id == TWO


def test_the_absorbed_accounts_sessions_end_and_it_lets_nobody_in(rivera: Account) -> None:
    other = with_password("maria@school.example")
    Session.start("absorbed", clock.now(), other)
    Session.start("kept", clock.now(), rivera)
    merged(rivera, other)
    Session.start("late", clock.now(), other)

    assert [Session.find(each, clock.now()) for each in ("absorbed", "late")] == [None, None]
    assert Session.find("kept", clock.now()) is not None


def test_both_accounts_have_a_row_in_the_audit_log_with_counts(section: Section) -> None:
    synced(section, reading(student(1)))
    merge = merged(owner(ONE), pupil(TWO))
    rows = list(AuditEvent.select().where(AuditEvent.action == "account.merged"))

    assert {each.subject for each in rows} == {merge.kept.public_id, merge.absorbed.public_id}
    assert {each.counts for each in rows} == {'{"linked_accounts": 1}'}


def test_a_merge_takes_as_many_statements_for_many_rows_as_for_few(section: Section) -> None:
    counted = []
    for number in (1, 3):
        synced(section, reading(*students(number + 1, first=number)))
        finish(owner(f"s{number + 1:05}"), *(f"lesson-{each}" for each in range(50 * number)))
        one, other = owner(f"s{number:05}"), owner(f"s{number + 1:05}")
        counted.append(len(queries(lambda one=one, other=other: merged(one, other))))  # type: ignore[misc]

    assert counted[0] == counted[1]


# Taken apart again.


def test_every_column_that_names_an_account_goes_over_or_has_a_reason_to_stay() -> None:
    """A table that comes later and is forgotten here would lose somebody's work in a merge."""
    named = {
        (table, key.column)
        for table in db.get_tables()
        for key in db.get_foreign_keys(table)
        if key.dest_table == "accounts"
    }

    assert {(place.table, place.owner) for place in PLACES} | set(STAY) == named


def test_undone_at_once_everything_is_as_it_was(section: Section, band: Section) -> None:
    synced(section, reading(*students(5)))
    synced(band, reading(*students(3), roster_class=algebra("c2")))
    synced(band, reading(student(2), student(3), roster_class=algebra("c2")))
    one, two = owner(ONE), owner(TWO)
    finish(one, "first", "second")
    finish(two, "second", "third")
    add_password(two, "ada@home.example")
    before = belongings()
    merge = merged(one, two)
    assert belongings() != before
    undone(merge)

    assert belongings() == before


def test_two_teachers_are_taken_apart_with_their_sections(
    rivera: Account, section: Section
) -> None:
    okafor = account_of(OKAFOR)
    band = section_of(algebra("c2", ("t2",), "Band"), okafor)
    synced(band, reading(*students(3), roster_class=algebra("c2", ("t2",))), okafor)
    before = belongings()
    undone(merged(rivera, okafor))

    assert belongings() == before
    assert ({*Section.visible_to(rivera)}, {*Section.visible_to(okafor)}) == ({section}, {band})


def test_all_sessions_end_since_nobody_knows_whose_they_are(rivera: Account) -> None:
    merge = merged(rivera, with_password("maria@school.example"))
    Session.start("kept", clock.now(), rivera)
    undone(merge)

    assert Session.find("kept", clock.now()) is None


def test_what_was_done_since_stays_with_the_kept_account() -> None:
    kept, absorbed = pupil(ONE), pupil(TWO)
    finish(absorbed, "first")
    merge = merged(kept, absorbed)
    finish(kept, "second")
    undone(merge)

    assert (lessons_of(kept), lessons_of(absorbed)) == ({"second"}, {"first"})


def test_a_place_that_an_identity_got_since_goes_with_it(section: Section, band: Section) -> None:
    synced(section, reading(*students(2)))
    merge = merged(owner(ONE), owner(TWO))
    run = synced(band, reading(student(2), roster_class=algebra("c2")))
    undone(merge)

    assert place(band, merge.absorbed).ended_at is None
    assert run.changes.get().account == merge.absorbed
    assert synced(band, reading(student(2), roster_class=algebra("c2"))).added_count == 0


def test_a_place_that_is_listed_under_the_kept_identity_by_now_stays(section: Section) -> None:
    """Clever has taken one record for the other since: the place is the one's whom it lists."""
    kept = pupil(ONE)
    synced(section, reading(*students(19, first=2)))
    merge = merged(kept, owner(TWO))
    by_now = reading(student(1), *students(18, first=3))
    synced(section, by_now)
    undone(merge)
    run = synced(section, by_now)

    assert (place(section, kept).sourced_id, place(section, kept).ended_at) == (ONE, None)
    assert (run.added_count, run.removed_count, merge.kept) == (0, 0, kept)


def test_a_shared_place_that_is_listed_under_the_other_identity_by_now_is_the_others(
    section: Section,
) -> None:
    """Both had left; Clever lists one of them again. Nobody else is brought back."""
    synced(section, reading(*students(20)))
    synced(section, reading(*students(18, first=3)))
    merge = merged(owner(ONE), owner(TWO))
    back = reading(*students(19, first=2))
    synced(section, back)
    undone(merge)

    assert (place(section, merge.kept).ended_at is None, listed(section) & {ONE, TWO}) == (
        False,
        {TWO},
    )
    assert synced(section, back).added_count == 0


def test_nobody_is_brought_back_who_left_since(section: Section) -> None:
    synced(section, reading(*students(20)))
    merge = merged(owner(ONE), owner(TWO))
    synced(section, reading(*students(18, first=3)))
    undone(merge)

    assert listed(section) == {f"s{number:05}" for number in range(3, 21)}
    assert Enrollment.former_count(section) == 2


def test_a_class_given_to_an_identity_since_goes_with_it(rivera: Account) -> None:
    merge = merged(rivera, account_of(OKAFOR))
    band = section_of(algebra("c2", ("t2",), "Band"), rivera)
    run = synced(band, reading(student(1), roster_class=algebra("c2", ("t2",))), rivera)
    undone(merge)

    assert [*Section.visible_to(merge.absorbed)] == [band]
    assert run.started_by_id == merge.kept_id
    assert band.sync_runs.get().started_by_id == merge.absorbed_id


def test_a_merge_is_undone_once(rivera: Account) -> None:
    merge = merged(rivera, with_password("maria@school.example"))
    undone(merge)

    assert merging.undo(merge, None) == UndoRefusal.DONE


def test_after_180_days_a_merge_stands(rivera: Account) -> None:
    merge = merged(rivera, with_password("maria@school.example"))
    Merge.update(made_at=clock.now() - UNDO_LASTS - timedelta(minutes=1)).execute()

    assert merging.undo(merge, None) == UndoRefusal.TOO_LATE


def test_merges_are_taken_apart_the_last_one_first() -> None:
    one, two, three = (with_password(f"{name}@school.example") for name in "abc")
    first, second = merged(two, three), merged(one, two)

    assert merging.undo(first, None) == UndoRefusal.LATER_MERGE
    undone(second)
    undone(first)


def test_a_lesson_that_three_have_done_is_left_to_all_three() -> None:
    one, two, three = pupil(ONE), pupil(TWO), pupil("s00003")
    finish(two, "first")
    finish(three, "first")
    first = merged(one, two)
    second = merged(one, three)

    assert merging.undo(first, None) == UndoRefusal.LATER_MERGE
    undone(second)
    undone(first)
    assert [lessons_of(each) for each in (one, two, three)] == [set(), {"first"}, {"first"}]


def test_what_came_in_place_of_something_deleted_stays_with_the_kept_account() -> None:
    """SQLite gives the id of a deleted row to the next one: the undo must not take that for it."""
    merge, new = merged(pupil(ONE), pupil(TWO)), "s00003"
    gone = LinkedAccount.find("clever", ISSUER, TWO)
    assert gone is not None
    assert unlink(gone, clock.now()) is None
    person = PersonRecord(new, DISTRICT, (Role.STUDENT,), "Ada", "Byrne")
    link(merge.kept, "clever", ISSUER, person, clock.now())

    assert merging.undo(merge, merge.kept) == UndoRefusal.NO_WAY_IN
    assert identities_of(merge.kept) == {ONE, new}


def test_a_lesson_done_in_place_of_one_taken_back_stays_with_the_kept_account() -> None:
    one, two = pupil(ONE), pupil(TWO)
    finish(two, "counting")
    merge = merged(one, two)
    LessonCompletion.unmark(merge.kept, "course", "counting")
    finish(merge.kept, "adding")
    undone(merge)

    assert (lessons_of(merge.kept), lessons_of(merge.absorbed)) == ({"adding"}, set())


@pytest.mark.parametrize("whose", ["t1", "t2"])
def test_neither_is_left_without_a_way_in_it_came_with(rivera: Account, whose: str) -> None:
    merge = merged(rivera, account_of(OKAFOR))
    linked = LinkedAccount.find("clever", ISSUER, whose)
    assert linked is not None
    assert unlink(linked, clock.now()) is None
    before = belongings()

    assert merging.undo(merge, None) == UndoRefusal.NO_WAY_IN
    assert belongings() == before


def test_an_account_that_never_had_a_way_in_goes_back_without(rivera: Account) -> None:
    bare = Account.create(kind=AccountKind.STAFF, created_at=rivera.created_at - timedelta(days=1))
    merge = merged(bare, rivera)

    assert merge.kept == bare
    undone(merge)


# What the other parts make of it.


def test_a_sign_in_with_either_identity_is_the_kept_account() -> None:
    kept = merged(pupil(ONE), pupil(TWO)).kept
    person = PersonRecord(TWO, DISTRICT, (Role.STUDENT,), "Ada", "Lovelace")

    assert welcome("clever", ISSUER, person, clock.now()).account == kept


def test_a_name_in_question_stays_so_for_whoever_the_identity_belongs_to(
    section: Section,
) -> None:
    older = pupil("s00099")
    synced(section, reading(*students(10)))
    synced(section, reading(*(replace(each, given_name="New") for each in students(10))))
    renamed = PersonRecord(ONE, DISTRICT, (Role.STUDENT,), "New", "Family00001")
    merge = merged(older, owner(ONE))
    together = welcome("clever", ISSUER, renamed, clock.now()).account
    undone(merge)
    apart = welcome("clever", ISSUER, renamed, clock.now()).account

    assert (together, apart) == (merge.kept, merge.absorbed)
    assert "New" not in (now(together).given_name, now(apart).given_name)


def test_a_click_before_is_the_same_click_after(rivera: Account) -> None:
    okafor = account_of(OKAFOR)
    band = section_of(algebra("c2", ("t2",), "Band"), okafor)
    run, _ = SyncRun.request(band, RunSource.TEACHER, clock.now(), okafor, "key")
    merge = merged(rivera, okafor)
    assert SyncRun.of_click(rivera, "key") == run
    undone(merge)

    assert (SyncRun.of_click(rivera, "key"), SyncRun.of_click(okafor, "key")) == (None, run)


def test_what_both_have_one_of_stays_with_each(rivera: Account, section: Section) -> None:
    """The keys of their forms, and the claims that wait."""
    band = section_of(algebra("c2", ("t2",), "Band"), account_of(OKAFOR))
    for taught, teacher_ in ((section, rivera), (band, account_of(OKAFOR))):
        SyncRun.request(taught, RunSource.TEACHER, clock.now(), teacher_, "key")
        Claim.create(account=pupil(f"s{taught.id}"), section=taught, made_at=clock.now())
    before = belongings()
    merges = [merged(rivera, owner("t2")), merged(owner("s1"), owner("s2"))]
    assert "sync_runs" not in merges[0].counts()
    assert "claims" not in merges[1].counts()
    for merge in reversed(merges):
        undone(merge)

    assert belongings() == before


def test_f44_who_pressed_the_button_before_still_teaches_the_class(
    rivera: Account, section: Section
) -> None:
    def meanwhile(*asked: object) -> object:
        merged(rivera, older)
        return reading(student(1))(*asked)  # type: ignore[arg-type]

    older = Account.create(kind=AccountKind.STAFF, created_at=rivera.created_at - timedelta(days=1))
    run = synced(section, meanwhile, rivera)  # type: ignore[arg-type]

    assert run.state == RunState.DONE
    assert (run.started_by, listed(section)) == (older, {ONE})


def test_a_teacher_who_disconnected_clever_keeps_her_sections(
    rivera: Account, section: Section
) -> None:
    add_password(rivera, "maria@school.example")
    linked = rivera.linked_accounts.get()
    assert unlink(linked, clock.now()) is None
    synced(section, reading(student(1)))

    assert [*Section.visible_to(rivera)] == [section]


def test_an_identity_takes_its_sections_to_whom_it_is_linked_to_now(
    rivera: Account, section: Section
) -> None:
    rivera.linked_accounts.get().delete_instance()
    after = welcome("clever", ISSUER, RIVERA, clock.now()).account

    assert after != rivera
    assert SectionTeacher.get(SectionTeacher.section == section).account == after
