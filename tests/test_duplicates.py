"""Accounts that look like one person's are shown with what speaks for it, and left alone (AC6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal import clock, merging
from portal.database import write
from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.merging import duplicates
from portal.models.merging.duplicates import Duplicate, Evidence
from portal.models.merging.merges import MergeGround
from portal.models.merging.told_apart import ToldApart
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.names import sort_key
from portal.roster.records import PersonRecord, Role
from tests.accounts import add_password, belongings
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

ELSEWHERE = "64a000000000000000000009"
ADA = student(1, given_name="Ada", family_name="Lovelace")
TWIN = replace(student(2, given_name="Ada", family_name="Lovelace"), sis_id="")


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    return section_of(algebra(), rivera)


@pytest.fixture
def band(rivera: Account) -> Section:
    return section_of(algebra("c2", name="Band"), rivera)


def owner(sourced_id: str) -> Account:
    linked = LinkedAccount.find("clever", ISSUER, sourced_id)
    assert linked is not None
    return linked.account


def shown(found: list[Duplicate]) -> list[tuple[set[Account], set[str]]]:
    return [({each.first, each.second}, {*each.evidence}) for each in found]


def only(evidence: Evidence) -> list[tuple[set[Account], set[str]]]:
    return [({owner("s00001"), owner("s00002")}, {evidence})]


def local_student(section: Section, given: str, family: str) -> Account:
    """Somebody the teacher has made an account for, in a section without Clever."""

    def step() -> Account:
        names = {"given_name": given, "family_name": family, "sort_name": sort_key(given, family)}
        now = clock.now()
        account: Account = Account.create(kind=AccountKind.STUDENT, created_at=now, **names)
        Enrollment.join(section, account, now)
        return account

    return write(step)


@pytest.mark.parametrize(
    ("column", "evidence"),
    [
        ("sis_id", Evidence.SCHOOL_ID),
        ("student_number", Evidence.STUDENT_NUMBER),
        ("district_username", Evidence.USERNAME),
    ],
)
def test_the_same_number_in_a_district_is_shown(
    rivera: Account, section: Section, column: str, evidence: Evidence
) -> None:
    same: dict[str, Any] = {column: "4711"}
    two = replace(student(2), **({"sis_id": ""} | same))
    synced(section, reading(replace(student(1), **same), two, student(3)))

    assert shown(duplicates.taught_by(rivera)) == only(evidence)


def test_the_same_number_where_no_district_is_known_says_nothing(
    rivera: Account, section: Section
) -> None:
    """A number is a district's own, and a Library sign-in has none."""
    synced(section, reading(replace(student(1), sis_id="4711"), replace(student(2), sis_id="4711")))
    LinkedAccount.update(district_sourced_id=None).execute()

    assert duplicates.taught_by(rivera) == []


def test_the_same_name_in_classes_of_one_teacher_is_shown(
    rivera: Account, section: Section, band: Section
) -> None:
    synced(section, reading(ADA, student(3)))
    synced(band, reading(replace(TWIN, given_name="ADÁ"), roster_class=algebra("c2")))

    assert shown(duplicates.taught_by(rivera)) == only(Evidence.NAME_AND_CLASS)


def test_who_has_left_the_class_still_counts(rivera: Account, section: Section) -> None:
    synced(section, reading(ADA, *students(20, first=10)))
    synced(section, reading(TWIN, *students(20, first=10)))

    assert shown(duplicates.taught_by(rivera)) == only(Evidence.NAME_AND_CLASS)


def test_an_account_without_clever_beside_one_with_it_is_shown(
    rivera: Account, section: Section
) -> None:
    synced(section, reading(ADA))
    own = local_student(section, "Ada", "Lovelace")

    assert shown(duplicates.taught_by(rivera)) == [
        ({owner("s00001"), own}, {Evidence.NAME_AND_CLASS})
    ]


@pytest.mark.parametrize(("grade", "count"), [("8", 0), ("7", 1), ("", 1)])
def test_another_grade_tells_namesakes_apart(
    rivera: Account, section: Section, grade: str, count: int
) -> None:
    synced(section, reading(ADA, replace(TWIN, grade=grade)))

    assert len(duplicates.taught_by(rivera)) == count


def test_a_name_alone_says_nothing(rivera: Account, section: Section) -> None:
    """Namesakes in classes of two teachers, for the teacher as for the admin."""
    other = section_of(algebra("c3", ("t2",)), account_of(OKAFOR))
    synced(section, reading(ADA))
    synced(other, reading(TWIN, roster_class=algebra("c3", ("t2",))))

    assert duplicates.taught_by(rivera) == duplicates.in_district(admin()) == []


def test_students_without_a_name_are_not_namesakes(rivera: Account, section: Section) -> None:
    nameless = replace(ADA, given_name="", family_name="")
    synced(section, reading(nameless, replace(nameless, sourced_id="s00002", sis_id="")))

    assert duplicates.taught_by(rivera) == []


def test_an_email_says_nothing(rivera: Account, section: Section) -> None:
    synced(section, reading(student(1), student(2)))
    add_password(owner("s00001"), "ada@home.example")
    add_password(owner("s00002"), "ada@home.example.")

    assert duplicates.taught_by(rivera) == []


def test_the_same_number_in_two_districts_says_nothing(rivera: Account, section: Section) -> None:
    synced(section, reading(student(1), replace(student(2), sis_id="000001")))
    LinkedAccount.update(district_sourced_id=ELSEWHERE).where(
        LinkedAccount.sourced_id == "s00002"
    ).execute()

    assert duplicates.taught_by(rivera) == []


def test_a_number_that_many_share_says_nothing(rivera: Account, section: Section) -> None:
    synced(section, reading(*(replace(each, sis_id="0") for each in students(6))))

    assert duplicates.taught_by(rivera) == []


def test_much_evidence_comes_first(rivera: Account, section: Section) -> None:
    weak = [student(3, given_name="Bo", family_name="Bell"), replace(TWIN, sourced_id="s00004")]
    weak[1] = replace(weak[1], given_name="Bo", family_name="Bell")
    strong = replace(TWIN, sis_id=ADA.sis_id)
    synced(section, reading(*weak, ADA, strong))

    assert [len(each.evidence) for each in duplicates.taught_by(rivera)] == [2, 1]


def test_who_was_told_apart_is_not_shown_again(rivera: Account, section: Section) -> None:
    synced(section, reading(ADA, TWIN))
    for _ in range(2):
        ToldApart.tell(owner("s00002"), owner("s00001"), rivera, clock.now())

    assert (duplicates.taught_by(rivera), ToldApart.select().count()) == ([], 1)


def test_who_was_told_apart_stays_so_as_a_part_of_another_account(
    rivera: Account, section: Section
) -> None:
    synced(section, reading(ADA, TWIN, student(3)))
    ToldApart.tell(owner("s00002"), owner("s00003"), rivera, clock.now())
    merging.merge(owner("s00001"), owner("s00002"), MergeGround.TEACHER)
    LinkedAccount.update(sis_id="7").execute()

    assert duplicates.taught_by(rivera) == []


def test_merged_and_disabled_accounts_are_not_shown(rivera: Account, section: Section) -> None:
    synced(section, reading(ADA, TWIN))
    merge = merging.merge(owner("s00001"), owner("s00002"), MergeGround.TEACHER)
    assert duplicates.taught_by(rivera) == []
    merging.undo(merge, rivera)  # type: ignore[arg-type]
    assert len(duplicates.taught_by(rivera)) == 1
    Account.update(disabled_at=clock.now()).where(Account.id == owner("s00002").id).execute()

    assert duplicates.taught_by(rivera) == []


def test_a_teacher_is_not_shown_students_of_others(rivera: Account, section: Section) -> None:
    synced(section, reading(ADA, TWIN))

    assert duplicates.taught_by(account_of(OKAFOR)) == []


def admin(sourced_id: str = "a1", **changed: Any) -> LinkedAccount:
    schools, district = changed.get("schools", ()), changed.get("district", DISTRICT)
    role = (Role.SCHOOL_ADMIN,) if schools else (Role.DISTRICT_ADMIN,)
    person = PersonRecord(sourced_id, district, role, "Ada", "Min", school_sourced_ids=schools)
    return account_of(person).linked_accounts.get()  # type: ignore[no-any-return]


def test_a_district_admin_is_shown_the_districts(section: Section) -> None:
    synced(section, reading(ADA, TWIN))

    assert shown(duplicates.in_district(admin())) == only(Evidence.NAME_AND_CLASS)
    assert duplicates.in_district(admin("a2", district=ELSEWHERE)) == []


def test_a_school_admin_is_shown_the_schools(section: Section) -> None:
    here = [replace(each, school_sourced_id="sch1", sis_id="7") for each in (ADA, TWIN)]
    synced(section, reading(*here))

    both = {Evidence.SCHOOL_ID, Evidence.NAME_AND_CLASS}
    found = shown(duplicates.in_schools(admin(schools=("sch0", "sch1"))))
    assert found == [({owner("s00001"), owner("s00002")}, both)]
    assert duplicates.in_schools(admin("a2", schools=("sch2",))) == []


def test_looking_changes_nothing_and_asks_no_more_for_many(
    rivera: Account, section: Section
) -> None:
    okafor = account_of(OKAFOR)
    synced(section, reading(*(replace(each, sis_id=each.sis_id[:5]) for each in students(40))))
    before = belongings()
    few = queries(lambda: duplicates.taught_by(okafor))
    many = queries(lambda: duplicates.taught_by(rivera))

    assert belongings() == before
    assert len(many) <= len(few)
