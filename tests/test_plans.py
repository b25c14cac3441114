"""The plans: the operator's file, what each allows, and who has which (K3, K6)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from portal import clock
from portal.database import write
from portal.models.accounts import LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.plans import PlanGrant, SubscriptionAdmin
from portal.plans import Allowance, Plans, PlansError, PlanSlug, load_plans
from portal.settings import BUNDLED_PLANS
from tests.rosters import DISTRICT, OKAFOR, RIVERA, account_of

TEXT = BUNDLED_PLANS.read_text(encoding="utf-8")
NORTH, SOUTH = "school-north", "school-south"
ALL = frozenset(Allowance)


@pytest.fixture
def plans() -> Plans:
    return load_plans(BUNDLED_PLANS)


@pytest.fixture
def connection(database: str) -> DistrictConnection:
    DistrictConnection.keep("clever", DISTRICT, "sealed", clock.now())
    found = DistrictConnection.of("clever", DISTRICT)
    assert found
    return found


def grant(plan: PlanSlug, school: str = "") -> None:
    write(lambda: PlanGrant.grant("clever", DISTRICT, plan, clock.now(), school))


def teacher_at(*schools: str, district: str | None = DISTRICT) -> LinkedAccount:
    person = replace(RIVERA, district_sourced_id=district, school_sourced_ids=schools)
    linked: LinkedAccount = account_of(person).linked_accounts.get()
    return linked


def complaint_about(folder: Path, text: str) -> str:
    path = folder / "plans.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PlansError) as caught:
        load_plans(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


@pytest.mark.parametrize(
    ("slug", "allowed"),
    [
        (PlanSlug.FREE, {Allowance.SYNC_ON_DEMAND}),
        (PlanSlug.PREMIUM, {Allowance.SYNC_ON_DEMAND, Allowance.ANOTHER_SECTION}),
        (PlanSlug.PREMIUM_PLUS, ALL),
        (PlanSlug.ALL_ACCESS, ALL),
    ],
)
def test_k6_what_each_plan_allows(plans: Plans, slug: PlanSlug, allowed: set[Allowance]) -> None:
    assert {each for each in Allowance if plans[slug].allows(each)} == allowed


def test_y3_every_plan_syncs_on_demand(plans: Plans) -> None:
    assert all(plan.allows(Allowance.SYNC_ON_DEMAND) for plan in plans.by_slug.values())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('default = "all-access"', "", "default is None"),
        ('default = "all-access"', 'default = "gold"', "default is 'gold'"),
        ('slug = "free"', 'slug = "gratis"', "a plan is 'gratis'"),
        ('slug = "free"', 'slug = "premium"', "each of these plans must stand here once"),
        ('name = "Free"', "", "plan free has no name"),
        ('name = "Free"', 'name = "Free"\nprice = 0', "price is not known in plan free"),
        ('quote_url = ""', 'quote_url = "javascript:alert(1)"', "must start with https://"),
        ('quote_url = ""', 'quotes = ""', "quotes is not known in the file"),
        ('name = "Free"', "name = ", "line"),
    ],
)
def test_a_file_that_will_not_do_is_named_with_what_is_wrong(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert said in complaint_about(tmp_path, TEXT.replace(before, after, 1))


def test_plans_are_written_in_tables_of_their_own(tmp_path: Path) -> None:
    text = TEXT[: TEXT.index("[[plan]]")] + "[plan]"

    assert "in tables of its own" in complaint_about(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlansError, match="nowhere.toml"):
        load_plans(tmp_path / "nowhere.toml")


def test_a_connected_district_has_the_files_default(
    connection: DistrictConnection, plans: Plans
) -> None:
    assert PlanGrant.of_district(connection, plans) == plans[PlanSlug.ALL_ACCESS]
    assert PlanGrant.of_person(teacher_at(NORTH), plans) == plans[PlanSlug.ALL_ACCESS]


def test_a_districts_grant_is_its_peoples(connection: DistrictConnection, plans: Plans) -> None:
    grant(PlanSlug.PREMIUM_PLUS)
    grant(PlanSlug.FREE)

    assert PlanGrant.of_person(teacher_at(NORTH), plans) == plans[PlanSlug.FREE]


def test_a_schools_own_grant_comes_before_its_districts(
    connection: DistrictConnection, plans: Plans
) -> None:
    grant(PlanSlug.FREE)
    grant(PlanSlug.PREMIUM_PLUS, NORTH)

    assert PlanGrant.of_person(teacher_at(NORTH), plans) == plans[PlanSlug.PREMIUM_PLUS]
    assert PlanGrant.of_person(teacher_at(SOUTH), plans) == plans[PlanSlug.FREE]


def test_who_works_at_two_schools_has_the_better_plan(
    connection: DistrictConnection, plans: Plans
) -> None:
    grant(PlanSlug.FREE, NORTH)
    grant(PlanSlug.PREMIUM_PLUS, SOUTH)

    assert PlanGrant.of_person(teacher_at(NORTH, SOUTH), plans) == plans[PlanSlug.PREMIUM_PLUS]


def test_a_grant_that_is_taken_back_leaves_the_default(
    connection: DistrictConnection, plans: Plans
) -> None:
    grant(PlanSlug.FREE)
    taken = PlanGrant.take_back("clever", DISTRICT)

    assert taken == 1
    assert PlanGrant.of_district(connection, plans) == plans.default


def test_clever_library_is_the_free_plan_whatever_the_default(
    connection: DistrictConnection, plans: Plans
) -> None:
    library = write(lambda: DistrictConnection.library("clever", clock.now()))

    assert PlanGrant.of_district(library, plans) == plans[PlanSlug.FREE]
    assert PlanGrant.of_person(teacher_at(district=None), plans) == plans[PlanSlug.FREE]


def test_a_teacher_without_clever_has_premium(database: str, plans: Plans) -> None:
    assert PlanGrant.of_person(None, plans) == plans[PlanSlug.PREMIUM]


def test_one_school_with_automatic_updates_is_enough_to_read_the_district(
    connection: DistrictConnection, plans: Plans
) -> None:
    grant(PlanSlug.FREE)
    before = PlanGrant.anywhere_allows(connection, Allowance.AUTOMATIC_UPDATES, plans)
    grant(PlanSlug.PREMIUM_PLUS, NORTH)

    assert not before
    assert PlanGrant.anywhere_allows(connection, Allowance.AUTOMATIC_UPDATES, plans)


def test_k3_whoever_was_named_sees_all_teachers_while_a_plan_allows_it(
    connection: DistrictConnection, plans: Plans
) -> None:
    rivera, okafor = account_of(RIVERA), account_of(OKAFOR)
    for _ in range(2):
        write(lambda: SubscriptionAdmin.name(rivera, connection, None, clock.now()))

    assert SubscriptionAdmin.sees_all_teachers(rivera, connection, plans)
    assert not SubscriptionAdmin.sees_all_teachers(okafor, connection, plans)
    grant(PlanSlug.FREE)
    assert not SubscriptionAdmin.sees_all_teachers(rivera, connection, plans)


def test_k3_who_is_dismissed_sees_them_no_more(
    connection: DistrictConnection, plans: Plans
) -> None:
    rivera = account_of(RIVERA)
    write(lambda: SubscriptionAdmin.name(rivera, connection, None, clock.now()))

    assert SubscriptionAdmin.dismiss(rivera, connection) == 1
    assert not SubscriptionAdmin.sees_all_teachers(rivera, connection, plans)
