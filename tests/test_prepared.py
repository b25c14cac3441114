"""Statements that are written once answer like those that are written each time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.prepared import Prepared
from portal.models.sections import Section
from tests.rosters import RIVERA, account_of, algebra, section_of, staff

pytestmark = pytest.mark.usefixtures("database")

NAMED = Prepared(
    lambda given_name: Account.select().where(Account.given_name == given_name).order_by(Account.id)
)
RENAME = Prepared(
    lambda key, **columns: Account.update(**columns).where(Account.id == key),
)
OF_CREATOR_BEFORE = Prepared(
    lambda creator, moment: (
        Section.select(Section, Account)
        .join(Account)
        .where((Section.created_by == creator) & (Section.created_at < moment))
    )
)


def test_each_value_gets_its_own_answer() -> None:
    ada, grace = staff("Ada"), staff("Grace")
    assert NAMED.first(given_name="Ada") == ada
    assert NAMED.first(given_name="Grace") == grace
    assert NAMED.first(given_name="Edsger") is None


def test_all_rows_come_in_their_order() -> None:
    assert NAMED.all(given_name="Ada") == []
    adas = [staff("Ada"), staff("Ada")]
    assert NAMED.all(given_name="Ada") == adas


@pytest.mark.parametrize("value", ["'; DELETE FROM accounts; --", "?", "%s", "given_name", ""])
def test_a_value_is_never_a_part_of_the_statement(value: str) -> None:
    ada, odd = staff("Ada"), staff(value)
    assert NAMED.all(given_name=value) == [odd]
    assert NAMED.all(given_name="Ada") == [ada]


def test_a_change_says_how_many_rows_it_changed() -> None:
    ada = staff("Ada")
    assert RENAME.change(key=ada.id, given_name="Augusta") == 1
    assert RENAME.change(key=-1, given_name="Nobody") == 0
    assert NAMED.first(given_name="Augusta") == ada


def test_another_set_of_columns_is_another_statement() -> None:
    ada = staff("Ada")
    RENAME.change(key=ada.id, given_name="Augusta")
    RENAME.change(key=ada.id, family_name="King", grade="12")
    renamed = Account.get_by_id(ada.id)
    assert (renamed.given_name, renamed.family_name, renamed.grade) == ("Augusta", "King", "12")


def test_moments_and_rows_stand_for_what_the_tables_hold_of_them() -> None:
    rivera = account_of(RIVERA)
    section = section_of(algebra(), rivera)
    later = clock.now() + timedelta(seconds=1)
    found = OF_CREATOR_BEFORE.first(creator=rivera, moment=later)
    assert found == section
    assert found.created_by.family_name == "Rivera"
    assert OF_CREATOR_BEFORE.first(creator=rivera, moment=section.created_at) is None
