"""From when on people are asked first: a district's numbers, and a school's over them (2.16)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import pytest

from portal.models.audit import AuditEvent
from portal.models.guard_numbers import GuardNumbers
from portal.models.syncs.sync_runs import RunState
from portal.roster.guard import DECISION_4, Numbers
from tests.rosters import RIVERA, account_of, algebra, reading, section_of, students, synced
from tests.sandbox_clever import Cast
from tests.sharing import MIDDLE, lincoln
from tests.web.browsing import Visitor

NewVisitor = Callable[[], Visitor]
NUMBERS = "/overview/numbers"


@pytest.fixture
def lowell(visitor: Visitor, cast: Cast) -> Visitor:
    """The district's admin; the district shares two schools."""
    lincoln(cast)
    visitor.sign_in(cast.district_admins["Pat Lowell"])
    return visitor


def of_school(cast: Cast) -> str:
    return f"/overview/schools/{cast.schools[MIDDLE]}/numbers"


def sets(admin: Visitor, page: str, **fields: object) -> str:
    """What the page says after these numbers were sent on it."""
    sent = admin.submit(page, page, **{name: str(value) for name, value in fields.items()})
    return admin.page(sent.headers["location"]).text if sent.is_redirect else sent.text


class MiddleClass:
    """A section of the middle school, of fifty students."""

    def __init__(self, cast: Cast) -> None:
        school = cast.schools[MIDDLE]
        self.roster_class = replace(
            algebra(), district_sourced_id=cast.id, school_sourced_id=school
        )
        self.section = section_of(self.roster_class, account_of(RIVERA))
        self.lists(50)

    def lists(self, count: int) -> str:
        """How a sync ends that finds so many of them."""
        read = reading(*students(count), roster_class=self.roster_class)
        return synced(self.section, read).state


def test_the_usual_numbers_are_said_with_what_they_mean_for_a_class(lowell: Visitor) -> None:
    text = lowell.page(NUMBERS).text

    assert "These are the usual numbers." in text
    assert "In a class of 26, 5 or more students wait for a yes." in text
    assert "In a class of 26, 20 or more new names wait for a yes." in text
    assert "In a school of 300 students, 31 or more wait for a yes." in text
    assert "An empty list always asks" in text


def test_a_sync_goes_by_the_numbers_that_the_district_has_set(lowell: Visitor, cast: Cast) -> None:
    text = sets(lowell, NUMBERS, many_removals=7, many_percent=5)
    section = MiddleClass(cast)

    assert "Saved." in text
    assert "Pat Lowell set these numbers" in text
    assert section.lists(44) == RunState.DONE
    assert section.lists(43) == RunState.HELD  # Seven in a day.


def test_a_schools_numbers_go_before_the_districts(lowell: Visitor, cast: Cast) -> None:
    sets(lowell, NUMBERS, many_percent=1)
    sets(lowell, of_school(cast), many_removals=6, many_percent=10)
    section = MiddleClass(cast)

    assert section.lists(45) == RunState.DONE
    assert section.lists(44) == RunState.HELD
    assert MIDDLE in lowell.page(NUMBERS).text


def test_without_its_own_a_school_goes_by_the_districts(lowell: Visitor, cast: Cast) -> None:
    sets(lowell, NUMBERS, few_removals=1, few_percent=2)
    sets(lowell, of_school(cast))
    text = sets(lowell, of_school(cast), usual=1)

    assert "The numbers of the district count." in text
    section = MiddleClass(cast)
    assert section.lists(49) == RunState.HELD


def test_the_usual_numbers_come_back(lowell: Visitor) -> None:
    sets(lowell, NUMBERS, few_removals=9)
    assert "These are the usual numbers." in sets(lowell, NUMBERS, usual=1)

    assert GuardNumbers.select().count() == 0
    actions = [each.action for each in AuditEvent.select() if each.action.startswith("guard.")]
    assert actions == ["guard.numbers_set", "guard.numbers_unset"]


@pytest.mark.parametrize("typed", ["0", "51", "", "many", "3.5", "-3", "٣"])
def test_what_is_no_number_of_students_is_said_at_its_field(lowell: Visitor, typed: str) -> None:
    sent = lowell.submit(NUMBERS, NUMBERS, few_removals=typed, few_percent="101")

    assert sent.status_code == 422
    assert "<title>Error:" in sent.text
    assert 'href="#few_removals"' in sent.text
    assert 'id="few_percent-error"' in sent.text
    assert GuardNumbers.select().count() == 0


def test_what_was_typed_is_still_there(lowell: Visitor) -> None:
    sent = lowell.submit(NUMBERS, NUMBERS, few_removals="lots", renames="12")

    assert 'value="lots"' in sent.text
    assert 'value="12"' in sent.text


def test_a_school_admin_reads_them_and_cannot_set_them(
    lowell: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    sets(lowell, of_school(cast), few_removals=4)
    kim = new_visitor()
    kim.sign_in(cast.staffs["Ruth Kim"])

    assert "Only a district admin can change them." in kim.page(of_school(cast)).text
    assert "<form" not in kim.get(NUMBERS).text.split("<main")[1].split("</main>")[0]
    fields = {name: str(value) for name, value in asdict(DECISION_4).items()}
    assert kim.post(of_school(cast), **fields).status_code == 404


def test_who_set_what_is_in_the_audit_log_without_a_name(lowell: Visitor, cast: Cast) -> None:
    sets(lowell, of_school(cast), few_removals=4)
    event = AuditEvent.get(AuditEvent.action == "guard.numbers_set")
    made = GuardNumbers.get()

    assert event.subject == made.public_id
    assert '"few_removals": 4' in event.counts
    assert made.numbers == Numbers(few_removals=4)
