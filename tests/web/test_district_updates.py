"""Update class rosters for admins: the whole district, live, with one result (Y2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal import clock, district_sync
from portal.models.shared.records import SharedClass
from portal.models.syncs.district_runs import DistrictRun, DistrictStep
from portal.models.syncs.sync_runs import RunState
from tests.sandbox_clever import Cast
from tests.sharing import Sharing
from tests.web.browsing import RunningPortal, Visitor
from tests.web.html import Page
from tests.web.syncs import PARTIAL


@pytest.fixture(params=["Pat Lowell", "Ruth Kim"])
def admin(request: pytest.FixtureRequest, visitor: Visitor, cast: Cast) -> Visitor:
    """The district's admin, or a school's; nothing of the district has been read."""
    Sharing(cast.id)
    visitor.sign_in((cast.district_admins | cast.staffs)[request.param])
    return visitor


def presses(visitor: Visitor) -> DistrictRun:
    sent = {"csrf_token": visitor.csrf_token()}
    answer = visitor.client.post("/district-updates", data=sent, headers=PARTIAL)
    assert "Waiting to start" in Page.of(answer.text).text
    run: DistrictRun = DistrictRun.get()
    return run


def panel_of(visitor: Visitor, run: DistrictRun) -> str:
    path = f"/district-updates/{run.public_id}/panel"
    return Page.of(visitor.get(path, headers=PARTIAL).text).text


def changed(run: DistrictRun, **columns: Any) -> None:
    DistrictRun.update(**columns).where(DistrictRun.id == run.id).execute()


def test_an_admins_press_reads_the_whole_district_and_says_what_was_new(
    admin: Visitor, portal: RunningPortal
) -> None:
    run = presses(admin)
    district_sync.carry_out(run, portal.settings)
    told = panel_of(admin, run)

    assert "Here is all that your district shares" in told
    assert "Update finished." in told
    assert f"added {DistrictRun.get().added_count}" in told
    assert SharedClass.select().count() == 12
    assert "Here is all that your district shares" in admin.page("/clever").text


def test_a_second_press_joins_the_run(admin: Visitor) -> None:
    assert presses(admin).id == presses(admin).id
    assert DistrictRun.select().count() == 1


def test_without_javascript_it_leads_back_to_the_clever_page(admin: Visitor) -> None:
    answer = admin.submit("/clever/schools", "/district-updates")

    assert (answer.status_code, answer.headers["location"]) == (303, "/clever")
    assert "Waiting to start" in admin.page("/clever").text


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"step": DistrictStep.READING, "records_read": 400}, "Reading Clever: 400 records so far"),
        ({"step": DistrictStep.SAVING}, "Saving what is new"),
        (
            {"step": DistrictStep.SECTIONS, "section_count": 9, "sections_done": 4},
            "Syncing sections: 4 of 9",
        ),
    ],
)
def test_each_step_is_told_with_what_is_known(
    admin: Visitor, columns: dict[str, Any], words: str
) -> None:
    run = presses(admin)
    changed(run, state=RunState.RUNNING, started_at=clock.now(), **columns)

    assert words in panel_of(admin, run)


def test_a_district_that_cannot_be_read_says_why_and_can_be_tried_again(admin: Visitor) -> None:
    run = presses(admin)
    changed(run, state=RunState.FAILED, reason="not_answering", finished_at=clock.now())
    told = panel_of(admin, run)

    assert "No list has changed. Clever did not answer after three tries." in told
    assert "Try now" in told
    assert run.reference in told


def test_a_paused_district_is_no_failure(admin: Visitor) -> None:
    run = presses(admin)
    changed(run, state=RunState.DONE, reason="district_paused", finished_at=clock.now())

    assert "Your district has paused Clever" in panel_of(admin, run)


def test_an_old_result_is_not_shown(admin: Visitor) -> None:
    run = presses(admin)
    changed(run, state=RunState.DONE, finished_at=clock.now() - timedelta(hours=1))

    assert "Here is all that your district shares" not in admin.page("/clever").text


def test_the_run_of_another_district_does_not_exist(
    admin: Visitor, new_visitor: Callable[[], Visitor], sandbox: Any
) -> None:
    there, run, stranger = sandbox.cast("Cedar Valley ISD"), presses(admin), new_visitor()
    Sharing(there.id, "Cedar Valley ISD")
    stranger.sign_in(there.district_admins["Lee Morgan"])

    assert stranger.get(f"/district-updates/{run.public_id}/panel").status_code == 404
