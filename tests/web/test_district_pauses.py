"""Days on which the lists of a district rest, set by its admin and said to its teachers (Y14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal import clock
from portal.models.audit import AuditEvent
from portal.models.district_pauses import DistrictPause
from portal.models.sections import Section
from portal.models.syncs.district_runs import DistrictRun
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import SyncRun
from tests.rosters import RIVERA, account_of, algebra, reading, section_of, students, synced
from tests.sandbox_clever import Cast
from tests.sharing import lincoln
from tests.web.browsing import RunningPortal, Visitor
from tests.web.syncs import rivera, section_page

NewVisitor = Callable[[], Visitor]
PAUSES = "/district/pauses"
A_DAY = timedelta(days=1)


@pytest.fixture
def today(portal: RunningPortal) -> date:
    return clock.today(portal.settings.timezone)


@pytest.fixture
def lowell(new_visitor: NewVisitor, cast: Cast) -> Visitor:
    lincoln(cast)
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])
    return admin


@pytest.fixture
def algebra_section(maria: Visitor, cast: Cast) -> Section:
    """A section of Ms Rivera with three students."""
    roster_class = algebra(teachers=(cast.teachers["Maria Rivera"],))
    section = section_of(roster_class, rivera())
    synced(section, reading(*students(3), roster_class=roster_class))
    Section.update(district_sourced_id=cast.id).execute()
    return Section.by_key(section.id)


def plans(admin: Visitor, starts_on: object, ends_on: object, page: str = PAUSES) -> str:
    sent = admin.submit(page, page, starts_on=str(starts_on), ends_on=str(ends_on))
    return admin.page(sent.headers["location"]).text if sent.is_redirect else sent.text


def planned() -> DistrictPause:
    pause: DistrictPause = DistrictPause.select().order_by(DistrictPause.id.desc()).get()
    return pause


def test_a_pause_is_planned_changed_and_removed(lowell: Visitor, today: date) -> None:
    assert "Your pause is saved." in plans(lowell, today + A_DAY, today + 9 * A_DAY)
    page = f"{PAUSES}/{planned().public_id}"
    assert "The days are changed." in plans(lowell, today + 2 * A_DAY, today + 3 * A_DAY, page)
    assert (planned().starts_on, planned().ends_on) == (today + 2 * A_DAY, today + 3 * A_DAY)

    removed = lowell.submit(PAUSES, f"{page}/removal")
    assert "The pause is removed." in lowell.page(removed.headers["location"]).text
    assert DistrictPause.select().count() == 0
    actions = [each.action for each in AuditEvent.select() if each.action.startswith("pause.")]
    assert actions == ["pause.made", "pause.changed", "pause.taken_back"]


@pytest.mark.parametrize(
    ("first", "last", "field", "words"),
    [
        ("", "2030-08-10", "starts_on", "Choose a day"),
        ("soon", "2030-08-10", "starts_on", "Choose a day"),
        ("2020-06-01", "2020-08-10", "starts_on", "Choose today or a later day"),
        (9, 3, "ends_on", "Choose a last day that is not before the first day"),
        (1, 999, "ends_on", "Choose a last day within two years"),
        (20, 25, "starts_on", "You have another pause on some of these days."),
    ],
)
def test_days_that_cannot_be_are_said_at_their_field(
    lowell: Visitor, today: date, first: str | int, last: str | int, field: str, words: str
) -> None:
    plans(lowell, today + 25 * A_DAY, today + 30 * A_DAY)
    typed = [each if isinstance(each, str) else today + each * A_DAY for each in (first, last)]
    sent = lowell.submit(PAUSES, PAUSES, starts_on=str(typed[0]), ends_on=str(typed[1]))

    assert sent.status_code == 422
    assert words in sent.text
    assert f'id="{field}-error"' in sent.text
    assert f'href="#{field}"' in sent.text
    assert f'value="{typed[1]}"' in sent.text
    assert DistrictPause.select().count() == 1


def test_there_are_a_few_at_most(lowell: Visitor, today: date) -> None:
    for number in range(5):
        plans(lowell, today + 2 * number * A_DAY, today + 2 * number * A_DAY)

    assert "You have as many pauses as we can keep." in lowell.page(PAUSES).text
    token = lowell.csrf_token()
    day = str(today + 40 * A_DAY)
    sent = lowell.client.post(PAUSES, data={"csrf_token": token, "starts_on": day, "ends_on": day})
    assert sent.status_code == 422
    assert DistrictPause.select().count() == 5


def test_of_one_that_stands_only_the_last_day_is_changed(lowell: Visitor, today: date) -> None:
    plans(lowell, today, today + 9 * A_DAY)
    page = f"{PAUSES}/{planned().public_id}"
    sent = lowell.submit(page, page, ends_on=str(today + 5 * A_DAY), starts_on="2030-01-01")

    assert sent.status_code == 303
    assert (planned().starts_on, planned().ends_on) == (today, today + 5 * A_DAY)
    assert "Choose a last day that is not before" in plans(lowell, today, today - A_DAY, page)


def test_its_teachers_read_it_and_no_press_makes_a_run(
    lowell: Visitor, maria: Visitor, algebra_section: Section, today: date
) -> None:
    section, before = algebra_section, SyncRun.select().count()
    form = maria.page(f"/sections/{section.public_id}").form(
        f"/sections/{section.public_id}/roster-syncs"
    )
    plans(lowell, today, today + 3 * A_DAY)
    words = f"Your district has paused updates until {today + 3 * A_DAY:%b} "
    for kind in ("roster-syncs", "previews"):
        answer = maria.client.post(
            f"/sections/{section.public_id}/{kind}",
            data=form.fields,
            headers={"HX-Request": "true"},
        )
        assert words in answer.text
    assert maria.post("/roster-updates").status_code == 303

    assert words in section_page(maria, section)
    assert maria.page("/dashboard").text.count(words) == 2
    assert (SyncRun.select().count(), RosterUpdate.select().count()) == (before, 0)


def test_its_admins_read_it_and_sync_no_list(
    lowell: Visitor, algebra_section: Section, today: date
) -> None:
    before = SyncRun.select().count()
    plans(lowell, today, today)
    page = f"/overview/sections/{algebra_section.public_id}"
    lowell.post(f"{page}/roster-syncs")

    assert "Your district has paused updates until" in lowell.page(page).text
    assert "Your district has paused updates until" in lowell.page("/district").text
    assert SyncRun.select().count() == before


def test_before_it_begins_and_elsewhere_nothing_is_said(
    lowell: Visitor, maria: Visitor, algebra_section: Section, today: date
) -> None:
    plans(lowell, today + A_DAY, today + 3 * A_DAY)
    other = section_of(algebra("c9"), account_of(RIVERA))

    assert "paused updates" not in section_page(maria, algebra_section)
    assert DistrictPause.over([algebra_section, other], today + A_DAY).keys() == {
        algebra_section.id
    }


def test_ended_early_the_district_is_read_at_once(
    lowell: Visitor, algebra_section: Section, today: date
) -> None:
    plans(lowell, today, today + A_DAY)
    sent = lowell.submit(PAUSES, f"{PAUSES}/{planned().public_id}/removal")

    assert sent.headers["location"] == "/overview/restart"
    assert DistrictRun.select().count() == 1
    assert Section.by_key(algebra_section.id).previews_next
    assert "1 list is still to be checked." in lowell.page("/overview/restart").text
    assert "1 list shows what would change" in lowell.page("/district").text
