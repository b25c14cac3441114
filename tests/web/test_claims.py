""" "I have used Rosterly before": a student asks, the teacher answers, nobody else can (AC7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.lessons import LessonCompletion
from portal.models.merging.claims import ANSWER_SHOWN_FOR, Claim, ClaimState
from portal.models.merging.merges import Merge
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from tests.accounts import lessons_of, pupil, teacher
from tests.accounts import now as account_now
from tests.rosters import algebra, section_of
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.claiming import OLD_LESSON, asks, enroll, former, now, path, student_named
from tests.web.html import Page

NewVisitor = Callable[[], Visitor]
LINK = "I have used Rosterly before"


@pytest.fixture
def ada(new_visitor: NewVisitor, cast: Cast, section: Section) -> Visitor:
    """Ada Byrne, signed in, and in Ms Rivera's section."""
    visitor = new_visitor()
    visitor.sign_in(cast.students["Ada Byrne"])
    enroll(section, student_named("Ada", "Byrne"))
    return visitor


@pytest.fixture
def old(section: Section, cast: Cast) -> Account:
    """Ada's account of last year."""
    return former(section, district=cast.id)


@pytest.fixture
def claim(ada: Visitor, old: Account, section: Section) -> Claim:
    return asks(ada, section)


def test_a_students_claim_is_approved_and_the_progress_is_there(
    maria: Visitor, ada: Visitor, claim: Claim, old: Account, section: Section, cast: Cast
) -> None:
    page = maria.page(f"/sections/{section.public_id}")
    assert "Ada B. says: “I have used Rosterly before.”" in page.text
    candidates = maria.page(page.links["Look for the old account of Ada B."])
    preview = candidates.links["See what moves of Ada Byrne"]
    answer = maria.submit(preview, preview)

    assert "Ada Byrne has one account" in maria.page(answer.headers["location"]).text
    ada.sign_in(cast.students["Ada Byrne"])
    assert "Your old work is here." in ada.page("/home").text
    assert OLD_LESSON in lessons_of(student_named_open("Ada"))
    assert now(claim).state == ClaimState.APPROVED


def student_named_open(given_name: str) -> Account:
    found: Account = Account.get((Account.given_name == given_name) & Account.merged_into.is_null())
    return found


def test_a33_the_preview_says_what_moves_and_changes_nothing(
    maria: Visitor, claim: Claim, old: Account, section: Section
) -> None:
    text = maria.page(path(claim, old)).text

    assert "This is what will happen. Nothing has changed yet." in text
    assert f"Class {section.name}" in text
    assert Merge.select().count() == 0


def test_a_class_of_another_teacher_is_counted_and_not_named(
    maria: Visitor, claim: Claim, old: Account
) -> None:
    elsewhere = section_of(algebra("c9", ("t9",), name="Hidden Hall"), teacher("t9"))
    enroll(elsewhere, old, left=True)
    text = maria.page(path(claim, old)).text

    assert "1 class of another teacher comes along too." in text
    assert "Hidden Hall" not in text


def test_the_student_is_told_and_signs_in_anew(
    maria: Visitor, ada: Visitor, claim: Claim, old: Account
) -> None:
    maria.post(path(claim, old))
    kept = Merge.get().kept

    assert AccountNotice.unread(kept).get().kind == "merged"
    assert ada.get("/home").headers["location"].startswith("/sign-in")


def test_the_teacher_takes_it_back_and_both_are_as_they_were(
    maria: Visitor, ada: Visitor, claim: Claim, old: Account, cast: Cast
) -> None:
    result = maria.post(path(claim, old)).headers["location"]
    maria.submit(result, f"{result}/undo")

    assert "Two accounts again" in maria.page(result).title
    assert (account_now(old).is_open, lessons_of(old)) == (True, {OLD_LESSON})
    ada.sign_in(cast.students["Ada Byrne"])
    assert "Your old work is here." not in ada.page("/home").text
    assert maria.post(f"{result}/undo").status_code == 303
    assert AuditEvent.select().where(AuditEvent.action == "account.unmerged").count() == 2


def test_a_claim_is_declined_in_calm_words(maria: Visitor, ada: Visitor, claim: Claim) -> None:
    assert "Your teacher will look." in ada.page("/home").text
    maria.submit(path(claim), f"{path(claim)}/decline")

    assert "did not find old work" in ada.page("/home").text
    assert now(claim).state == ClaimState.DECLINED
    assert Merge.select().count() == 0


def test_an_answer_is_shown_for_two_weeks(maria: Visitor, ada: Visitor, claim: Claim) -> None:
    maria.post(f"{path(claim)}/decline")
    Claim.update(answered_at=clock.now() - ANSWER_SHOWN_FOR).execute()

    assert "did not find old work" not in ada.page("/home").text


def test_a_student_takes_the_claim_back_and_asks_again(
    maria: Visitor, ada: Visitor, claim: Claim, section: Section
) -> None:
    ada.submit("/home", f"{path(claim)}/withdraw")

    assert now(claim).state == ClaimState.WITHDRAWN
    assert LINK not in maria.page(f"/sections/{section.public_id}").text
    assert asks(ada, section) != claim


def test_approving_after_the_student_took_it_back_changes_nothing(
    maria: Visitor, ada: Visitor, claim: Claim, old: Account
) -> None:
    ada.post(f"{path(claim)}/withdraw")
    answer = maria.post(path(claim, old))

    assert "The student took this back" in maria.page(answer.headers["location"]).text
    assert Merge.select().count() == 0


def test_one_claim_waits_at_a_time(ada: Visitor, claim: Claim, section: Section) -> None:
    ada.post("/claims", section=section.public_id)

    assert Claim.select().count() == 1
    assert "You asked. Your teacher will look." in ada.page("/claims/new").text


def test_a_student_may_ask_five_times_a_day(ada: Visitor, section: Section) -> None:
    answers = [ada.post("/claims", section=section.public_id) for _ in range(6)]

    assert [each.status_code for each in answers] == [303] * 5 + [429]


def test_who_picks_no_class_is_asked_to(ada: Visitor) -> None:
    answer = ada.post("/claims")

    assert answer.status_code == 422
    assert Page.of(answer.text).title.startswith("Error: ")
    assert "Pick a class" in answer.text


def test_v19_the_students_page_names_the_teacher_and_no_student(
    ada: Visitor, old: Account, section: Section
) -> None:
    text = ada.page("/claims/new").text

    assert "Maria Rivera" in text
    assert section.name in text
    assert "Family" not in text
    assert "Byrne" not in text


def test_a_class_of_somebody_else_cannot_be_asked(ada: Visitor) -> None:
    other = section_of(algebra("c9", ("t9",)), teacher("t9"))

    assert ada.post("/claims", section=other.public_id).status_code == 404
    assert Claim.select().count() == 0


def test_a_student_does_not_answer_her_own_claim(ada: Visitor, claim: Claim, old: Account) -> None:
    answers = [
        ada.post(path(claim, old)),
        ada.post(f"{path(claim)}/decline"),
        ada.get(path(claim)),
        ada.get(path(claim, old)),
    ]

    assert {each.status_code for each in answers} == {404}
    assert now(claim).state == ClaimState.WAITING


def test_a_teacher_of_another_section_answers_nothing(
    new_visitor: NewVisitor, cast: Cast, claim: Claim, old: Account
) -> None:
    lindqvist = new_visitor()
    lindqvist.sign_in(cast.teachers["Sofia Lindqvist"])
    answers = [
        lindqvist.get(path(claim)),
        lindqvist.post(path(claim, old)),
        lindqvist.post(f"{path(claim)}/decline"),
        lindqvist.post(f"{path(claim)}/search", search="Ada"),
    ]

    assert {each.status_code for each in answers} == {404}
    assert now(claim).state == ClaimState.WAITING


@pytest.mark.parametrize("where", ["with another teacher", "nowhere"])
def test_an_account_the_teacher_never_taught_cannot_be_named(
    maria: Visitor, claim: Claim, cast: Cast, where: str
) -> None:
    stranger = pupil("stranger", district=cast.id)
    if where == "with another teacher":
        enroll(section_of(algebra("c9", ("t9",)), teacher("t9")), stranger)

    assert maria.get(path(claim, stranger)).status_code == 404
    assert maria.post(path(claim, stranger)).status_code == 404
    assert Merge.select().count() == 0


def test_a_student_whom_clever_lists_today_is_nobodys_old_account(
    maria: Visitor, claim: Claim
) -> None:
    listed = student_named("Given1", "Family00001")

    assert maria.get(path(claim, listed)).status_code == 404
    assert "Given1" not in maria.page(path(claim)).text


def test_a33_a_teachers_account_is_never_a_students_old_one(
    maria: Visitor, claim: Claim, section: Section
) -> None:
    staff = teacher("t8")
    enroll(section, staff, left=True)

    assert maria.post(path(claim, staff)).status_code == 404


def test_accounts_of_two_districts_stay_two_and_the_page_says_so(
    maria: Visitor, claim: Claim, section: Section
) -> None:
    other = former(section, "old2", district="64a0000000000000000000ff")
    page, answer = maria.page(path(claim, other)), maria.post(path(claim, other))

    assert "different districts" in page.text
    assert (answer.status_code, Merge.select().count()) == (422, 0)
    assert now(claim).state == ClaimState.WAITING


def test_the_claim_of_a_student_who_left_waits_for_nobody(
    maria: Visitor, ada: Visitor, claim: Claim, old: Account, section: Section
) -> None:
    Enrollment.update(ended_at=clock.now()).where(Enrollment.account == claim.account).execute()

    assert maria.get(path(claim)).status_code == 404
    assert maria.post(path(claim, old)).status_code == 404
    assert LINK not in maria.page(f"/sections/{section.public_id}").text
    assert "Your teacher will look." not in ada.page("/home").text


def test_who_left_asks_in_another_class(
    ada: Visitor, claim: Claim, section: Section, cast: Cast
) -> None:
    Enrollment.update(ended_at=clock.now()).where(Enrollment.account == claim.account).execute()
    band = section_of(algebra("c2", (cast.teachers["Maria Rivera"],)), section.created_by)
    enroll(band, claim.account)

    assert asks(ada, band).section == band
    assert now(claim).state == ClaimState.WITHDRAWN


def test_a_claim_answered_twice_is_answered_once(
    maria: Visitor, claim: Claim, old: Account, section: Section, cast: Cast
) -> None:
    second = former(section, "old2", district=cast.id)
    maria.post(path(claim, old))
    answers = [maria.post(path(claim, second)), maria.post(f"{path(claim)}/decline")]

    assert {each.headers["location"] for each in answers} == {path(claim)}
    assert Merge.select().count() == 1
    assert now(claim).state == ClaimState.APPROVED


def test_only_who_did_it_takes_it_back(
    maria: Visitor, new_visitor: NewVisitor, claim: Claim, old: Account, cast: Cast
) -> None:
    result = maria.post(path(claim, old)).headers["location"]
    for who in (cast.teachers["Daniel Okafor"], cast.students["Ada Byrne"]):
        other = new_visitor()
        other.sign_in(who)
        assert other.get(result).status_code == 404
        assert other.post(f"{result}/undo").status_code == 404

    assert Merge.get().undone_at is None


def test_the_likeliest_account_is_first_and_a_name_can_be_looked_for(
    maria: Visitor, claim: Claim, old: Account, section: Section, cast: Cast
) -> None:
    former(section, "old2", given_name="Zoe", family_name="Abbot", district=cast.id)
    text = maria.page(path(claim)).text
    found = Page.of(maria.post(f"{path(claim)}/search", search="zoe").text).text

    assert text.index("Ada Byrne Same name and grade") < text.index("Zoe Abbot")
    assert "Zoe Abbot" in found
    assert "Same name" not in found


def test_what_was_asked_and_answered_is_recorded_without_names(
    maria: Visitor, claim: Claim, old: Account
) -> None:
    maria.post(path(claim, old))
    recorded = AuditEvent.select().where(AuditEvent.subject == claim.public_id)

    assert {each.action for each in recorded} == {"claim.made", "claim.approved"}
    assert {each.actor for each in recorded} == {
        claim.account.public_id,
        Account.get(Account.family_name == "Rivera").public_id,
    }


def test_lessons_of_both_are_kept_once(maria: Visitor, claim: Claim, old: Account) -> None:
    LessonCompletion.mark(claim.account, "course", OLD_LESSON, clock.now())
    maria.post(path(claim, old))

    assert lessons_of(Merge.get().kept) == {OLD_LESSON}
