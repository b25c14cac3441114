"""Which version of Clever's API is asked is the operator's choice, and holds everywhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.models.districts import DistrictConnection
from portal.models.syncs.sync_runs import RunState
from tests.faults.office import Office, open_office
from tests.healthy_district import CLASS, DISTRICT, TEACHER, TERM
from tests.servers import RunningValkey

UNVERSIONED = {"/oauth/tokens", "/userinfo", "/oauth/certs", "/.well-known/openid-configuration"}


@pytest.fixture(params=["v3.0", "v3.1"])
def version(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def office(sqlite_url: str, valkey: RunningValkey, version: str) -> Iterator[Office]:
    with open_office(sqlite_url, valkey.url, CLEVER_API_VERSION=version) as office:
        yield office


def asked(office: Office) -> set[str]:
    """The paths of the Data API that were asked for, next links among them."""
    return set(office.clever.paths()) - UNVERSIONED


def test_a_sign_in_a_first_sync_and_a_later_one_ask_the_chosen_version(
    office: Office, version: str
) -> None:
    assert office.sync().state == RunState.DONE

    assert asked(office) == {
        f"/{version}/me",
        f"/{version}/users/{TEACHER}",
        f"/{version}/users/{TEACHER}/schools",  # The first-run question names the school.
        f"/{version}/districts/{DISTRICT}",
        f"/{version}/sections/{CLASS}",
        f"/{version}/sections/{CLASS}/users",
        f"/{version}/terms/{TERM}",
    }


def test_the_pages_that_show_classes_ask_the_chosen_version(office: Office, version: str) -> None:
    office.clever.hits.clear()
    for page in ("", "/details?class=" + CLASS, "/question?class=" + CLASS):
        office.browser.get(f"/sections/new/clever{page}")

    assert f"/{version}/users/{TEACHER}/sections" in asked(office)
    assert {path.split("/")[1] for path in asked(office)} == {version}


def test_a_lookup_and_a_new_token_ask_the_chosen_version(office: Office, version: str) -> None:
    DistrictConnection.delete().execute()
    gone = next(iter(office.clever.district.students))
    del office.clever.district.students[gone]
    office.clever.hits.clear()

    assert office.sync().unshared_count == 1
    assert f"/{version}/users/{gone}" in asked(office)
    assert {path.split("/")[1] for path in asked(office)} == {version}
