"""Which districts connected our app, and where their tokens are (trust.md V23)."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from portal import clock, connecting, districts
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun
from portal.models.syncs.sync_runs import RunState
from portal.providers.base import ProviderError
from portal.sealing import is_current, unseal
from portal.settings import Settings
from tests.districts.whole import mirror_whole_district
from tests.healthy_district import Json, district_token
from tests.hostile_clever import Answer, HostileClever, answered, hostile_clever, status
from tests.providers.reading import nobody
from tests.sandbox_clever import RunningSandbox

TOKENS = "/oauth/tokens"
OLD_KEY, NEW_KEY = "a-secret-for-tests-that-is-long-enough", "another-secret-that-is-as-long-as-it"


def connected() -> set[str]:
    return {each.district_sourced_id for each in DistrictConnection.connected("clever")}


def page(*districts: str, following: str = "") -> Answer:
    """A page of tokens, with a link to the next one."""
    owners = [{"type": "district", "id": district} for district in districts]
    tokens = [district_token() | {"owner": owner, "access_token": "t" * 40} for owner in owners]
    links: list[Json] = [{"rel": "next", "uri": following}] if following else []
    return answered({"data": tokens, "links": links})


def asking(clever: HostileClever, settings: Settings) -> Settings:
    return replace(settings, clever_auth_url=clever.origin)


def test_every_district_is_found_and_gets_a_first_run_at_once(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    runs = connecting.discover(settings)

    both = {sandbox.cast().id, sandbox.cast("Cedar Valley ISD").id}
    assert connected() == both
    assert {run.connection.district_sourced_id for run in runs} == both
    assert {(run.source, run.state) for run in runs} == {("first", "queued")}
    assert connecting.discover(settings) == []


@pytest.mark.parametrize(
    "spoiled", [{"access_token": None}, {"owner": None}, {"owner": {"id": "d2"}}]
)
def test_nobody_has_left_while_an_entry_of_the_list_cannot_be_read(
    settings: Settings, spoiled: Json
) -> None:
    owner = {"type": "district", "id": "d2"}
    entry = district_token() | {"owner": owner} | spoiled
    with hostile_clever() as clever:
        clever.answer(TOKENS, page("d1", "d2"), answered({"data": [entry], "links": []}))
        connecting.discover(asking(clever, settings))
        connecting.discover(asking(clever, settings))

    assert connected() == {"d1", "d2"}


def test_every_page_of_the_list_is_followed(settings: Settings) -> None:
    with hostile_clever() as clever:
        clever.answer(TOKENS, page("d1", "d2", following=f"{TOKENS}?page=2"), page("d3"))
        connecting.discover(asking(clever, settings))

    assert connected() == {"d1", "d2", "d3"}


@pytest.mark.parametrize("second", [status(404), status(401), answered([])])
def test_a_list_that_breaks_off_changes_nothing(settings: Settings, second: Answer) -> None:
    with hostile_clever() as clever:
        clever.answer(TOKENS, page("d1", "d2"))
        connecting.discover(asking(clever, settings))
        clever.answer(TOKENS, page("d1", "d9", following=f"{TOKENS}?page=2"), second)
        with pytest.raises(ProviderError):
            connecting.discover(asking(clever, settings))

    assert connected() == {"d1", "d2"}


def test_a_district_that_left_is_noted_and_one_that_comes_back_is_read_at_once(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    cast = sandbox.cast()
    connecting.discover(settings)
    DistrictRun.update(state=RunState.DONE, finished_at=clock.now()).execute()
    sandbox.revoke(cast.id)
    assert connecting.discover(settings) == []
    assert cast.id not in connected()

    sandbox.connect(cast.id)
    (run,) = connecting.discover(settings)
    assert (run.connection.district_sourced_id, run.source) == (cast.id, "first")
    assert cast.id in connected()


def test_v23_no_token_is_logged_or_stored_open(
    settings: Settings, sandbox: RunningSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = sandbox.district_token()
    mirror_whole_district(settings, sandbox.cast().id)

    assert token not in caplog.text
    assert token not in repr(list(DistrictConnection.select().tuples()))
    assert token not in repr(list(DistrictRun.select().tuples()))


def test_v23_a_token_under_an_older_key_is_sealed_anew_when_a_job_uses_it(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    connection = _found(settings, sandbox)
    rotated = replace(settings, secret_keys=(NEW_KEY, OLD_KEY))
    spool = districts.read_district(rotated, connection, nobody)
    assert spool is not None
    spool.close()

    assert is_current(_sealed(connection), (NEW_KEY,))


def test_v23_a_token_under_an_older_key_is_sealed_anew_when_it_is_found_again(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    connection = _found(settings, sandbox)
    connecting.discover(replace(settings, secret_keys=(NEW_KEY, OLD_KEY)))

    assert is_current(_sealed(connection), (NEW_KEY,))


def test_v23_after_reseal_the_older_key_can_go(settings: Settings, sandbox: RunningSandbox) -> None:
    connection = _found(settings, sandbox)
    rotated = replace(settings, secret_keys=(NEW_KEY, OLD_KEY))
    assert connecting.reseal(rotated) == connecting.Resealed(anew=2, lost=0)
    assert connecting.reseal(rotated) == connecting.Resealed(anew=0, lost=0)

    assert unseal(_sealed(connection), (OLD_KEY,)) is None
    assert unseal(_sealed(connection), (NEW_KEY,)) == sandbox.district_token()


def test_v23_what_no_key_opens_is_said_and_left_as_it_is(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    connection = _found(settings, sandbox)
    before = _sealed(connection)
    found = connecting.reseal(replace(settings, secret_keys=(NEW_KEY,)))

    assert found == connecting.Resealed(anew=0, lost=2)
    assert _sealed(connection) == before


def test_a_token_that_clever_replaced_is_fetched_by_the_run_that_needs_it(
    settings: Settings, sandbox: RunningSandbox
) -> None:
    connecting.discover(settings)
    sandbox.connect(sandbox.cast().id)

    assert mirror_whole_district(settings, sandbox.cast().id).state == RunState.DONE


def _found(settings: Settings, sandbox: RunningSandbox) -> DistrictConnection:
    connecting.discover(settings)
    found = DistrictConnection.of("clever", sandbox.cast().id)
    assert found is not None
    return found


def _sealed(connection: DistrictConnection) -> str:
    return DistrictConnection.by_key(connection.id).sealed_token
