"""Several classes of a teacher whom no district stands behind (N6, K7)."""

from __future__ import annotations

from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import SyncRun
from tests.library.teaching import carried_out
from tests.sandbox_clever import Cast
from tests.web.browsing import RunningPortal, Visitor

DETAILS = "/sections/new/clever/several/details"


def test_a_library_teacher_adds_all_her_classes_at_once(
    portal: RunningPortal, helen: Visitor, juniper: Cast
) -> None:
    """Library tells no term: nothing speaks against a class without one."""
    offer = helen.get("/sections/new/clever/offer").text
    ids = [each for each in juniper.sections.values() if f'value="{each}"' in offer]
    check = helen.page(f"{DETAILS}?class={'&class='.join(ids)}").form(DETAILS).fields
    helen.client.post(DETAILS, data={**check, "class": ids, "row": ids})
    runs = [carried_out(portal, run) for run in SyncRun.select().order_by(SyncRun.id)]

    assert offer.count(" checked") == len(ids) > 1
    assert {run.state for run in runs} == {"done"}
    assert {each.class_sourced_id for each in Section.select()} == set(ids)
    assert min(Enrollment.counts(list(Section.select())).values()) > 0
