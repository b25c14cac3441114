"""What an operator sees of districts, and does to them: ids and counts, no names (AD5, V23)."""

from __future__ import annotations

import json

import pytest

from portal import clock
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun
from portal.sealing import is_current
from portal.settings import Settings
from tests.districts.whole import environment_of, mirror_whole_district
from tests.sandbox_clever import Cast, RunningSandbox
from tests.servers import RunningValkey, free_port
from tests.test_operating import run


@pytest.fixture
def cast(
    sandbox: RunningSandbox,
    database: str,
    empty_valkey: RunningValkey,
    monkeypatch: pytest.MonkeyPatch,
) -> Cast:
    """An operator's shell beside the portal."""
    for name, value in environment_of(sandbox, database, empty_valkey.url).items():
        monkeypatch.setenv(name, value)
    return sandbox.cast("Cedar Valley ISD")


def test_districts_are_found_and_listed_by_id(cast: Cast) -> None:
    mirror_whole_district(Settings.from_env(), cast.id)
    code, printed = run("districts")
    (line,) = (line for line in printed.splitlines() if cast.id in line)

    assert code == 0
    assert "success" in line
    assert "last run done" in line
    assert "1 schools, 2 classes  1 teachers, 24 students" in line
    assert cast.name not in printed


def test_a_district_that_left_is_shown_as_such(cast: Cast, sandbox: RunningSandbox) -> None:
    run("districts")
    sandbox.revoke(cast.id)

    assert "disconnected" in run("districts", cast.id)[1]


def test_an_operator_has_one_district_read_now(cast: Cast) -> None:
    run("districts")
    DistrictRun.update(finished_at=clock.now()).execute()
    assert run("districts", "--sync", cast.id)[0] == 0

    asked = {(each.connection.district_sourced_id, each.source) for each in DistrictRun.select()}
    assert (cast.id, "operator") in asked


def test_districts_are_listed_while_clever_is_away(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(lambda: DistrictConnection.keep("clever", cast.id, "", clock.now()))
    monkeypatch.setenv("CLEVER_AUTH_URL", f"http://127.0.0.1:{free_port()}")
    code, printed = run("districts")

    assert code == 0
    assert "Clever could not be asked: not_answering" in printed
    assert cast.id in printed


def test_v23_reseal_says_how_many_and_what_is_lost(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("districts")
    monkeypatch.setenv("SECRET_KEY", "a-newer-key,a-secret-for-tests-that-is-long-enough")
    assert run("reseal") == (0, "2 sealed anew.\n")
    found = DistrictConnection.of("clever", cast.id)
    assert found is not None
    assert is_current(found.sealed_token, ("a-newer-key",))

    monkeypatch.setenv("SECRET_KEY", "a-key-of-nobody")
    assert run("reseal")[0] == 1


def test_inspect_shows_connections_and_runs_by_id(cast: Cast) -> None:
    mirror_whole_district(Settings.from_env(), cast.id)
    found = json.loads(run("inspect", "--json")[1])
    (district,) = (each for each in found["districts"] if each["id"] == cast.id)
    (done,) = (each for each in found["district_runs"] if each["district"] == cast.id)

    assert (district["connected"], district["counts"]["student"]) == (True, 24)
    assert (done["state"], done["source"]) == ("done", "first")
    assert done["counts"]["added"] > 24
    assert cast.name not in json.dumps(found)
