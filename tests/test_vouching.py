"""What a teacher says of two accounts holds once, whatever happens at that moment (AC6, AC7)."""

from __future__ import annotations

import pytest

from portal import clock, vouching
from portal.database import write
from portal.merging import MergeRefusal
from portal.models import own_sections
from portal.models.accounts import Account, AccountKind
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.merging.claims import Claim, ClaimState
from portal.models.merging.merges import Merge, MergeGround
from portal.models.merging.told_apart import ToldApart
from portal.models.own_sections import OwnDetails
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.secrets import LoginType
from portal.vouching import Vouched
from tests.accounts import now, pupil, teacher, with_password
from tests.rosters import RIVERA, account_of, algebra, section_of
from tests.test_merging_races import at_once
from tests.web.claiming import enroll, former

pytestmark = pytest.mark.usefixtures("database")

ROUNDS = 5


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    return section_of(algebra(), rivera)


@pytest.fixture
def ada(section: Section) -> Account:
    student = pupil("ada")
    enroll(section, student)
    return student


def asked(student: Account, section: Section) -> Claim:
    claim = vouching.ask(student, section)
    assert claim is not None
    return claim


def state(claim: Claim) -> str:
    found: Claim = Claim.get_by_id(claim.id)
    return str(found.state)


def test_a_claim_approved_and_declined_at_once_has_one_answer(
    ada: Account, section: Section, rivera: Account
) -> None:
    for number in range(ROUNDS):
        claim, old = asked(ada, section), former(section, f"old{number}")
        approved, declined = at_once(
            lambda claim=claim, old=old: vouching.approve(claim, old, rivera),
            lambda claim=claim: vouching.decline(claim, rivera),
        )

        assert isinstance(approved, Vouched) != declined
        assert state(claim) == (ClaimState.DECLINED if declined else ClaimState.APPROVED)
        assert now(old).is_open == declined


def test_a_claim_approved_by_two_teachers_at_once_brings_one_account_in(
    ada: Account, section: Section, rivera: Account
) -> None:
    for number in range(ROUNDS):
        claim = asked(ada, section)
        pair = former(section, f"one{number}"), former(section, f"two{number}")
        answers = at_once(
            *(lambda c=claim, old=old: vouching.approve(c, old, rivera) for old in pair)
        )

        assert sum(isinstance(each, Vouched) for each in answers) == 1
        assert sum(now(each).is_open for each in pair) == 1


def test_a_claim_taken_back_while_it_is_approved_is_one_or_the_other(
    ada: Account, section: Section, rivera: Account
) -> None:
    for number in range(ROUNDS):
        claim, old = asked(ada, section), former(section, f"old{number}")
        approved, withdrawn = at_once(
            lambda claim=claim, old=old: vouching.approve(claim, old, rivera),
            lambda claim=claim: vouching.withdraw(claim, ada),
        )

        assert isinstance(approved, Vouched) != withdrawn
        assert now(old).is_open == withdrawn


def test_asked_twice_at_once_one_claim_waits(ada: Account, section: Section) -> None:
    claims = at_once(*[lambda: vouching.ask(ada, section)] * 4)

    assert sum(each is not None for each in claims) == 1
    assert Claim.select().count() == 1


def test_a_pair_brought_together_by_two_at_once_is_one_and_told_once(
    section: Section, rivera: Account
) -> None:
    one, other = former(section, "one"), former(section, "two")
    step = lambda: vouching.bring_together(one, other, MergeGround.TEACHER, rivera)  # noqa: E731
    first, second = at_once(step, step)

    assert first.merge == second.merge
    assert (Merge.select().count(), AccountNotice.select().count()) == (1, 1)


def test_told_apart_by_two_at_once_is_kept_once(section: Section, rivera: Account) -> None:
    one, other = former(section, "one"), former(section, "two")
    at_once(
        lambda: vouching.tell_apart(one, other, rivera),
        lambda: vouching.tell_apart(other, one, rivera),
    )

    assert ToldApart.select().count() == 1


def test_a_claim_follows_its_student_into_the_account_that_goes_on(
    ada: Account, section: Section, rivera: Account
) -> None:
    """Somebody else brought the claim's account into another one first."""
    claim, kept = asked(ada, section), former(section, "kept")
    Account.update(created_at=rivera.created_at).where(Account.id == kept.id).execute()
    done = vouching.bring_together(ada, kept, MergeGround.ADMIN, rivera)
    assert isinstance(done, Vouched)
    assert done.merge.kept == kept

    assert now_of(claim).account == kept
    assert vouching.approve(now_of(claim), former(section, "old"), rivera) is not None
    assert vouching.approve(claim, former(section, "old2"), rivera) is None


def now_of(claim: Claim) -> Claim:
    found: Claim = Claim.get_by_id(claim.id)
    return found


def test_a_refused_approval_leaves_the_claim_waiting(
    ada: Account, section: Section, rivera: Account
) -> None:
    claim = asked(ada, section)
    answer = vouching.approve(claim, teacher("t9"), rivera)

    assert answer == MergeRefusal.KINDS
    assert state(claim) == ClaimState.WAITING
    assert Enrollment.active(section).count() == 1


def test_what_was_brought_together_and_undone_is_told_to_both(
    section: Section, rivera: Account
) -> None:
    done = vouching.bring_together(
        former(section, "one"), former(section, "two"), MergeGround.TEACHER, rivera
    )
    assert isinstance(done, Vouched)
    vouching.undo(done.merge, rivera)

    told = [(each.account, each.kind) for each in AccountNotice.select()]
    assert (done.merge.absorbed, "unmerged") in told
    assert (done.merge.kept, "unmerged") in told
    actors = AuditEvent.select().where(AuditEvent.action == "account.unmerged")
    assert {each.actor for each in actors} == {rivera.public_id}


def stranger_with_a_class(*students: Account) -> Account:
    """Anybody who signed up as a teacher, and who joined their class by its code."""
    stranger = with_password("stranger@school.example")
    details = OwnDetails(LoginType.EMAIL, "Free games")
    section = write(lambda: own_sections.start(stranger, details, "", clock.now()))
    for each in students:
        enroll(section, each)
    return stranger


def words(one: Account, other: Account, by: Account) -> Vouched | MergeRefusal:
    return vouching.bring_together(one, other, MergeGround.TEACHER, by)


def signs_in_by_email(name: str) -> Account:
    return with_password(f"{name}@school.example", AccountKind.STUDENT)


def test_who_is_no_teacher_of_theirs_at_clever_brings_no_account_into_a_students(
    ada: Account,
) -> None:
    """An account of the stranger's own making would open hers (A58)."""
    namesake = signs_in_by_email("namesake")
    stranger = stranger_with_a_class(ada, namesake)
    claim = asked(ada, Section.get(Section.provider == ""))

    assert words(ada, namesake, stranger) == MergeRefusal.NOT_LISTED
    assert vouching.approve(claim, namesake, stranger) == MergeRefusal.NOT_LISTED
    assert state(claim) == ClaimState.WAITING
    assert now(namesake).is_open


def test_two_students_who_sign_in_by_email_stay_two_on_a_teachers_word_alone(database: str) -> None:
    one, namesake = signs_in_by_email("one"), signs_in_by_email("namesake")
    stranger = stranger_with_a_class(one, namesake)

    assert words(one, namesake, stranger) == MergeRefusal.NOT_LISTED
    assert now(one).is_open


def test_a_teacher_who_has_the_student_at_clever_brings_the_old_email_in(
    ada: Account, rivera: Account
) -> None:
    assert isinstance(words(ada, signs_in_by_email("ada"), rivera), Vouched)


def test_accounts_that_a_teacher_made_come_together_on_the_teachers_word(database: str) -> None:
    made, also_made, own = (
        Account.create(kind=AccountKind.STUDENT, created_at=clock.now()),
        Account.create(kind=AccountKind.STUDENT, created_at=clock.now()),
        signs_in_by_email("own"),
    )
    by = stranger_with_a_class(made, also_made, own)

    assert isinstance(words(made, also_made, by), Vouched)
    assert isinstance(words(own, made, by), Vouched)
