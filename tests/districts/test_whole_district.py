"""A district from the token to the sections, in one go."""

from __future__ import annotations

from portal.models.districts import DistrictConnection
from portal.models.shared.records import SharedClass, SharedStudent
from portal.models.syncs.sync_runs import RunState
from portal.settings import Settings
from tests.districts.whole import mirror_whole_district
from tests.sandbox_clever import RunningSandbox


def test_everything_a_district_shares_is_here_after_one_run(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    cast = sandbox.cast("Cedar Valley ISD")
    run = mirror_whole_district(settings, cast.id)
    connection = DistrictConnection.of("clever", cast.id)

    assert (run.state, run.reason) == (RunState.DONE, "")
    assert connection is not None
    assert (connection.name, connection.state) == ("Cedar Valley ISD", "success")
    assert connection.read_at is not None
    shared = SharedClass.select().where(SharedClass.of(connection))
    assert {each.sourced_id for each in shared} == set(cast.sections.values())
    assert SharedStudent.select().where(SharedStudent.of(connection)).count() == 24
