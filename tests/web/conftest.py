"""The portal over real HTTP beside a sandbox Clever, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from portal.models.accounts import Account
from portal.models.sections import Section
from portal.settings import Settings
from tests.rosters import RIVERA, account_of, algebra, reading, section_of, students, synced
from tests.sandbox_clever import Cast, RunningSandbox
from tests.servers import RunningValkey, free_port
from tests.web.browsing import CALLBACK, RunningPortal, Visitor, running_portal
from tests.web.mail import Mailbox


@pytest.fixture(scope="session")
def portal_url() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="session")
def running_sandbox(
    tmp_path_factory: pytest.TempPathFactory, portal_url: str
) -> Iterator[RunningSandbox]:
    folder = tmp_path_factory.mktemp("sandbox")
    with RunningSandbox(folder, redirect_uris=f"{portal_url}{CALLBACK}") as sandbox:
        yield sandbox


@pytest.fixture
def cast(sandbox: RunningSandbox) -> Cast:
    return sandbox.cast()


@pytest.fixture
def environment(
    portal_url: str,
    sandbox: RunningSandbox,
    database_url: str,
    empty_valkey: RunningValkey,  # Nothing that another test has counted.
) -> dict[str, str]:
    """The settings of a portal beside the sandbox, as an operator would write them."""
    return {
        "PORTAL_URL": portal_url,
        "SECRET_KEY": "a-secret-for-tests-that-is-long-enough",
        "DATABASE_URL": database_url,
        "REDIS_URL": empty_valkey.url,
        "CLEVER_CLIENT_ID": sandbox.client_id,
        "CLEVER_CLIENT_SECRET": sandbox.client_secret,
        "CLEVER_AUTH_URL": sandbox.url,
        "CLEVER_API_URL": sandbox.url,
        "LOG_LEVEL": "DEBUG",
    }


@pytest.fixture
def portal(environment: dict[str, str]) -> Iterator[RunningPortal]:
    with running_portal(Settings.from_env(environment)) as running:
        yield running


@pytest.fixture
def mailbox(portal: RunningPortal, tmp_path: Path) -> Mailbox:
    return Mailbox(portal.settings, tmp_path / "mail")


@pytest.fixture
def new_visitor(portal: RunningPortal, sandbox: RunningSandbox) -> Iterator[Callable[[], Visitor]]:
    """Makes browsers: two visitors are two devices."""
    made: list[Visitor] = []

    def make() -> Visitor:
        made.append(Visitor(portal.url, sandbox))
        return made[-1]

    yield make
    for visitor in made:
        visitor.close()


@pytest.fixture
def visitor(new_visitor: Callable[[], Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture
def maria(visitor: Visitor, cast: Cast) -> Visitor:
    """Ms Rivera, a teacher, signed in."""
    visitor.sign_in(cast.teachers["Maria Rivera"])
    return visitor


@pytest.fixture
def rivera(portal: RunningPortal, cast: Cast) -> str:
    """Clever's id of Ms Rivera, who has an account here already and is asked nothing."""
    sourced_id = cast.teachers["Maria Rivera"]
    account_of(replace(RIVERA, sourced_id=sourced_id, district_sourced_id=cast.id))
    return sourced_id


@pytest.fixture
def section(maria: Visitor, cast: Cast) -> Section:
    """Ms Rivera's section of twelve students, with a hold that waits: nobody is listed any more."""
    rivera = Account.get(Account.family_name == "Rivera")
    roster_class = algebra(teachers=(cast.teachers["Maria Rivera"],))
    section = section_of(roster_class, rivera)
    synced(section, reading(*students(12), roster_class=roster_class), rivera)
    synced(section, reading(roster_class=roster_class), rivera)
    return section
