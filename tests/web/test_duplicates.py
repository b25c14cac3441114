"""Students who may have two accounts: who knows both decides, nobody else sees them (AC6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.merging.merges import UNDO_LASTS, Merge, MergeGround
from portal.models.merging.told_apart import ToldApart
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from tests.accounts import lessons_of, pupil
from tests.rosters import algebra, section_of
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.claiming import OLD_LESSON, enroll, former
from tests.web.html import Page

NewVisitor = Callable[[], Visitor]
Pair = tuple[Account, Account]
SCHOOL = "Lincoln Middle School"


@pytest.fixture
def pair(section: Section, cast: Cast) -> Pair:
    """Zoe Abbot, whom the school has under one number, twice: last year and this."""
    zoe = {"given_name": "Zoe", "family_name": "Abbot", "district": cast.id}
    found = former(section, "zoe1", **zoe), pupil("zoe2", **zoe)
    enroll(section, found[1])
    looks_alike(*found, school=cast.schools[SCHOOL])
    return found


def looks_alike(*accounts: Account, school: str) -> None:
    LinkedAccount.update(sis_id="4711", school_sourced_ids=school).where(
        LinkedAccount.account.in_(accounts)
    ).execute()


def path(pair: Pair, answer: str = "") -> str:
    one, other = pair
    return f"/duplicates/{one.public_id}/{other.public_id}{answer}"


@pytest.fixture
def lowell(new_visitor: NewVisitor, cast: Cast) -> Visitor:
    """The district's admin."""
    visitor = new_visitor()
    visitor.sign_in(cast.district_admins["Pat Lowell"])
    return visitor


@pytest.fixture
def kim(new_visitor: NewVisitor, cast: Cast) -> Visitor:
    """An admin of the middle school."""
    visitor = new_visitor()
    visitor.sign_in(cast.staffs["Ruth Kim"])
    return visitor


def test_the_teacher_reads_the_evidence_and_brings_them_together(
    maria: Visitor, pair: Pair, section: Section
) -> None:
    strip = maria.page(f"/sections/{section.public_id}")
    assert "1 student may have two accounts." in strip.text
    listed = maria.page(strip.links["Look at the accounts"])
    assert "Zoe Abbot Both have the same school id number." in listed.text
    preview = listed.links["Look at both accounts of Zoe Abbot"]
    answer = maria.submit(preview, f"{preview}/merge")

    assert "Zoe Abbot has one account" in maria.page(answer.headers["location"]).text
    assert OLD_LESSON in lessons_of(Merge.get().kept)
    assert Merge.get().ground == MergeGround.TEACHER
    assert AccountNotice.select().where(AccountNotice.account == Merge.get().kept).exists()


def test_a_dashboard_card_says_how_many(maria: Visitor, pair: Pair, section: Section) -> None:
    page = maria.page("/dashboard")

    link = f"1 student may have two accounts in {section.name}"
    assert page.links[link] == f"/sections/{section.public_id}/duplicates"


def test_where_there_are_none_nothing_is_said(maria: Visitor, section: Section) -> None:
    assert "may have two accounts" not in maria.page("/dashboard").text
    assert "may have two accounts" not in maria.page(f"/sections/{section.public_id}").text


def test_the_machine_never_decides(maria: Visitor, pair: Pair, section: Section) -> None:
    for page in ("/dashboard", f"/sections/{section.public_id}", "/duplicates", path(pair)):
        maria.page(page)

    assert Merge.select().count() == 0


def test_two_students_are_not_asked_about_again(
    maria: Visitor, lowell: Visitor, pair: Pair
) -> None:
    maria.submit(path(pair), path(pair, "/told-apart"))

    assert "There are none now." in maria.page("/duplicates").text
    assert "There are none now." in lowell.page("/duplicates").text
    assert ToldApart.get().told_by.family_name == "Rivera"
    recorded = AuditEvent.select().where(AuditEvent.action == "account.told_apart")
    assert {each.subject for each in recorded} == {each.public_id for each in pair}


@pytest.mark.parametrize("landing", ["/district", "/school"])
def test_ad1_an_admin_finds_them_from_the_overview_and_takes_it_back(
    lowell: Visitor, kim: Visitor, pair: Pair, landing: str
) -> None:
    admin = lowell if landing == "/district" else kim
    listed = admin.page(admin.page(landing).links["Look at the accounts"])
    preview = listed.links["Look at both accounts of Zoe Abbot"]
    result = admin.submit(preview, f"{preview}/merge").headers["location"]
    assert Merge.get().ground == MergeGround.ADMIN

    admin.submit(result, f"{result}/undo")
    assert "Two accounts again" in admin.page(result).title
    assert "Zoe Abbot" in admin.page("/duplicates").text


def test_ad1_an_admin_of_another_school_sees_and_does_nothing(
    kim: Visitor, pair: Pair, cast: Cast
) -> None:
    looks_alike(*pair, school=cast.schools["Lincoln Elementary School"])
    assert "Zoe" not in kim.page("/duplicates").text

    assert_nothing_is_there(kim, pair)


def test_an_admin_who_may_see_one_of_the_two_sees_neither(
    kim: Visitor, pair: Pair, cast: Cast
) -> None:
    looks_alike(pair[0], school=cast.schools["Lincoln Elementary School"])
    assert "Zoe" not in kim.page("/duplicates").text

    assert_nothing_is_there(kim, pair)


def test_a_teacher_of_one_of_the_two_sees_neither(
    new_visitor: NewVisitor, pair: Pair, cast: Cast
) -> None:
    """Mr Okafor teaches the Zoe of today, and never knew the other."""
    okafor = new_visitor()
    okafor.sign_in(cast.teachers["Daniel Okafor"])
    mine = section_of(
        algebra("c5", (cast.teachers["Daniel Okafor"],)),
        Account.get(Account.family_name == "Okafor"),
    )
    enroll(mine, pair[1])

    assert "may have two accounts" not in okafor.page(f"/sections/{mine.public_id}").text
    assert_nothing_is_there(okafor, pair)


def test_another_teacher_sees_neither(new_visitor: NewVisitor, pair: Pair, cast: Cast) -> None:
    lindqvist = new_visitor()
    lindqvist.sign_in(cast.teachers["Sofia Lindqvist"])

    assert_nothing_is_there(lindqvist, pair)


def test_a_student_of_the_pair_decides_nothing(
    new_visitor: NewVisitor, pair: Pair, cast: Cast
) -> None:
    ada = new_visitor()
    ada.sign_in(cast.students["Ada Byrne"])

    assert ada.get("/duplicates").status_code == 404
    assert_nothing_is_there(ada, pair)


def assert_nothing_is_there(visitor: Visitor, pair: Pair) -> None:
    for each in (pair, pair[::-1]):
        answers = [visitor.post(path(each, answer)) for answer in ("/merge", "/told-apart")]
        assert {each.status_code for each in (visitor.get(path(each)), *answers)} == {404}
    assert (Merge.select().count(), ToldApart.select().count()) == (0, 0)


def test_two_who_do_not_look_alike_are_not_made_one_by_a_forged_address(
    maria: Visitor, pair: Pair, section: Section, cast: Cast
) -> None:
    other = former(section, "other", given_name="Max", district=cast.id)
    forged = (pair[0], other)
    answers = [maria.post(path(forged, "/merge")), maria.get(path(forged))]

    assert {each.headers["location"] for each in answers} == {"/duplicates"}
    assert Merge.select().count() == 0
    assert maria.post(path((pair[0], pair[0]), "/merge")).headers["location"] == "/duplicates"


def test_a_teachers_own_account_is_no_part_of_a_pair(maria: Visitor, pair: Pair) -> None:
    rivera = Account.get(Account.family_name == "Rivera")

    assert maria.post(path((pair[0], rivera), "/merge")).status_code == 404


def test_pressed_twice_it_is_done_once_and_the_student_told_once(
    maria: Visitor, pair: Pair
) -> None:
    maria.post(path(pair, "/merge"))
    again = maria.post(path(pair, "/merge"))

    assert again.headers["location"] == "/duplicates"
    assert (Merge.select().count(), AccountNotice.select().count()) == (1, 1)


def test_what_was_done_is_found_again_and_undone_by_who_did_it(maria: Visitor, pair: Pair) -> None:
    result = maria.post(path(pair, "/merge")).headers["location"]

    assert maria.page("/duplicates").links["Zoe Abbot"] == result
    assert maria.post(f"{result}/undo").status_code == 303
    assert Merge.get().undone_at is not None


def test_who_no_longer_teaches_them_reads_nothing_of_what_they_did(
    maria: Visitor, pair: Pair, section: Section
) -> None:
    result = maria.post(path(pair, "/merge")).headers["location"]
    Enrollment.delete().where(Enrollment.account == Merge.get().kept).execute()

    assert maria.get(result).status_code == 404


def test_a_pair_of_another_section_of_hers_is_not_on_this_sections_page(
    maria: Visitor, pair: Pair, section: Section, cast: Cast
) -> None:
    band = section_of(algebra("c2", (cast.teachers["Maria Rivera"],), "Band"), section.created_by)

    assert "may have two accounts" not in maria.page(f"/sections/{band.public_id}").text
    assert "Zoe" not in maria.page(f"/sections/{band.public_id}/duplicates").text
    assert "Zoe" in maria.page("/duplicates").text


def test_undo_after_180_days_is_refused_in_words(maria: Visitor, pair: Pair) -> None:
    result = maria.post(path(pair, "/merge")).headers["location"]
    Merge.update(made_at=clock.now() - 2 * UNDO_LASTS).execute()
    answer = maria.post(f"{result}/undo")

    assert (answer.status_code, "more than 180 days" in answer.text) == (422, True)
    assert Page.of(answer.text).title.startswith("Error: ")
