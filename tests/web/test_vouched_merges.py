"""Who vouched may leave the school: an admin of both students can take it apart (AC5, A58)."""

from __future__ import annotations

import pytest

from portal import clock, vouching
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.merging.merges import UNDO_LASTS, Merge, MergeGround
from portal.models.sections import Section
from portal.vouching import Vouched
from portal.web.accounts.vouched_merges import MERGES_A_PAGE
from tests.accounts import identities_of, now
from tests.rosters import algebra, section_of
from tests.sandbox_clever import Cast
from tests.statements import queries
from tests.web.browsing import Visitor
from tests.web.claiming import enroll, former
from tests.web.test_duplicates import SCHOOL, NewVisitor, looks_alike

OTHER_SCHOOL = "Lincoln Elementary School"


@pytest.fixture
def merged(maria: Visitor, section: Section, cast: Cast) -> Merge:
    """Ms Rivera made one of two accounts that the middle school lists."""
    zoe = {"given_name": "Zoe", "family_name": "Abbot", "district": cast.id}
    pair = former(section, "zoe1", **zoe), former(section, "zoe2", **zoe)
    looks_alike(*pair, school=cast.schools[SCHOOL])
    return brought_together(*pair)


@pytest.fixture
def admin(request: pytest.FixtureRequest, new_visitor: NewVisitor, cast: Cast) -> Visitor:
    """One of the district, or one of the middle school."""
    visitor = new_visitor()
    visitor.sign_in((cast.district_admins | cast.staffs)[request.param])
    return visitor


both_admins = pytest.mark.parametrize("admin", ["Pat Lowell", "Ruth Kim"], indirect=True)
of_the_school = pytest.mark.parametrize("admin", ["Ruth Kim"], indirect=True)
of_the_district = pytest.mark.parametrize("admin", ["Pat Lowell"], indirect=True)


def brought_together(
    one: Account, other: Account, ground: MergeGround = MergeGround.TEACHER
) -> Merge:
    rivera = Account.get(Account.family_name == "Rivera")
    done = vouching.bring_together(one, other, ground, rivera)
    assert isinstance(done, Vouched)
    return done.merge


def path(merged: Merge) -> str:
    return f"/students/merges/{merged.public_id}"


def moves(sourced_id: str, *, school: str = "", district: str | None = None) -> None:
    """Clever lists this identity elsewhere."""
    elsewhere = {"district_sourced_id": district} if district else {"school_sourced_ids": school}
    LinkedAccount.update(elsewhere).where(LinkedAccount.sourced_id == sourced_id).execute()


def assert_nothing_is_there(visitor: Visitor, merged: Merge) -> None:
    answers = visitor.get(path(merged)), visitor.post(f"{path(merged)}/undo")

    assert {each.status_code for each in answers} == {404}
    assert "Zoe" not in visitor.get("/duplicates").text
    assert Merge.get_by_id(merged.id).undone_at is None


@both_admins
def test_an_admin_finds_it_and_reads_who_vouched(admin: Visitor, merged: Merge) -> None:
    listed = admin.page(admin.page("/").links["Two accounts"])
    assert "Brought together: 1 student" in listed.text
    assert "by Maria Rivera" in listed.text
    page = admin.page(listed.links["Zoe Abbot"])

    assert "Maria Rivera said that both are one student's." in page.text
    assert f"{path(merged)}/undo" in {each.action for each in page.forms}
    assert Merge.get().undone_at is None


@both_admins
def test_an_admin_takes_it_apart_and_both_are_told(admin: Visitor, merged: Merge) -> None:
    admin.submit(path(merged), f"{path(merged)}/undo")
    both = merged.kept, merged.absorbed

    assert "Two accounts again" in admin.page(path(merged)).title
    assert [identities_of(each) for each in both] == [{"zoe1"}, {"zoe2"}]
    assert now(merged.absorbed).is_open
    assert all(AccountNotice.unread(each).get().kind == "unmerged" for each in both)
    assert ", undone" in admin.page("/duplicates").text


@of_the_school
def test_v09_the_audit_log_names_the_admin_who_did_it(admin: Visitor, merged: Merge) -> None:
    admin.post(f"{path(merged)}/undo")
    kim = Account.get(Account.family_name == "Kim")
    recorded = AuditEvent.select().where(AuditEvent.action == "account.unmerged")

    assert {each.actor for each in recorded} == {kim.public_id}
    assert Merge.get().undone_by == kim


@of_the_school
def test_who_vouched_reads_who_undid_it(admin: Visitor, maria: Visitor, merged: Merge) -> None:
    admin.post(f"{path(merged)}/undo")

    assert "Ruth Kim undid it." in maria.page(path(merged)).text
    assert maria.post(f"{path(merged)}/undo").status_code == 303


@of_the_school
def test_it_is_there_when_who_vouched_is_gone(admin: Visitor, merged: Merge) -> None:
    Merge.update(made_by=None).execute()

    assert "by somebody who has left" in admin.page("/duplicates").text
    assert admin.post(f"{path(merged)}/undo").status_code == 303


@both_admins
def test_after_180_days_an_admin_reads_that_it_stays(admin: Visitor, merged: Merge) -> None:
    Merge.update(made_at=clock.now() - 2 * UNDO_LASTS).execute()
    answer = admin.post(f"{path(merged)}/undo")

    assert (answer.status_code, "more than 180 days" in answer.text) == (422, True)


@of_the_school
@pytest.mark.parametrize("who", ["zoe1", "zoe2"])
def test_a58_one_of_the_two_at_another_school_is_no_ones_of_this_school(
    admin: Visitor, merged: Merge, cast: Cast, who: str
) -> None:
    moves(who, school=cast.schools[OTHER_SCHOOL])

    assert_nothing_is_there(admin, merged)


@of_the_district
def test_a58_one_of_the_two_in_another_district_is_no_ones_of_this(
    admin: Visitor, merged: Merge
) -> None:
    moves("zoe2", district="another district")

    assert_nothing_is_there(admin, merged)


@of_the_school
def test_a58_undone_the_other_schools_student_is_as_hidden_as_before(
    admin: Visitor, maria: Visitor, merged: Merge, cast: Cast
) -> None:
    maria.post(f"{path(merged)}/undo")
    moves("zoe2", school=cast.schools[OTHER_SCHOOL])

    assert admin.get(path(merged)).status_code == 404


@of_the_school
def test_a_part_that_clever_never_listed_goes_with_the_other(
    admin: Visitor, section: Section, merged: Merge
) -> None:
    """A claim is about such an account: nobody else in the school could put it right."""
    LinkedAccount.delete().where(LinkedAccount.sourced_id == "zoe2").execute()

    assert admin.get(path(merged)).status_code == 200


@both_admins
def test_two_that_clever_never_listed_are_no_admins(admin: Visitor, merged: Merge) -> None:
    LinkedAccount.delete().where(LinkedAccount.account == merged.kept).execute()

    assert_nothing_is_there(admin, merged)


@both_admins
@pytest.mark.parametrize("ground", [MergeGround.BOTH_PROVED, MergeGround.OPERATOR])
def test_what_nobody_vouched_for_is_not_there(
    admin: Visitor, merged: Merge, ground: MergeGround
) -> None:
    Merge.update(ground=ground).execute()

    assert_nothing_is_there(admin, merged)


def test_a_teacher_of_both_who_did_not_vouch_sees_nothing(
    new_visitor: NewVisitor, merged: Merge, cast: Cast
) -> None:
    okafor = new_visitor()
    okafor.sign_in(cast.teachers["Daniel Okafor"])
    taught = algebra("c5", (cast.teachers["Daniel Okafor"],))
    enroll(section_of(taught, Account.get(Account.family_name == "Okafor")), merged.kept)

    assert_nothing_is_there(okafor, merged)


@of_the_district
def test_the_list_turns_its_pages(
    admin: Visitor, merged: Merge, section: Section, cast: Cast
) -> None:
    many_more(section, cast)
    first = admin.page("/duplicates")
    assert "Brought together: 21 students" in first.text
    assert "Zoe Abbot" not in first.links
    second = admin.page(first.links["Next page"])

    assert "Zoe Abbot" in second.links
    assert second.links["Previous page"] == "/duplicates?page=1"
    assert "Zoe Abbot" in admin.page("/duplicates?page=99").links


@of_the_district
def test_a_long_list_asks_as_little_as_a_short_one(
    admin: Visitor, merged: Merge, section: Section, cast: Cast
) -> None:
    short = asked_for_merges(admin)
    many_more(section, cast)

    assert asked_for_merges(admin) == short == 2  # How many, and a page of them.


def many_more(section: Section, cast: Cast) -> None:
    for number in range(MERGES_A_PAGE):
        one, other = (former(section, f"{number}{part}", district=cast.id) for part in "ab")
        brought_together(one, other)


def asked_for_merges(visitor: Visitor) -> int:
    made = queries(lambda: visitor.get("/duplicates"))
    return sum('FROM "merges"' in each and "SELECT" in each for each in made)
