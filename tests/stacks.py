"""The whole portal as a fixture: one stack for each database, shared by the whole test run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal import database as portal_database
from tests.faults.parts import KillableValkey, Stack
from tests.portal_stack import running_portal
from tests.servers import valkey_folder

DATABASES = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"stack-{name}"))
    for name in ("sqlite", "postgresql")
]


@pytest.fixture(scope="session", params=DATABASES)
def running_stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Two gunicorn workers, two RQ workers, the scheduler, a Valkey and a sandbox Clever."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create("stack", template="migrated")
    folder = tmp_path_factory.mktemp("stack")
    with valkey_folder() as server:
        valkey = KillableValkey(server)
        valkey.start()
        with running_portal(
            folder, server.url, url, CLEVER_PAGE_SIZE="100", LOG_LEVEL="DEBUG"
        ) as portal:
            yield Stack(portal, valkey)
        valkey.kill()


@pytest.fixture
def stack(running_stack: Stack) -> Iterator[Stack]:
    """The portal whole and empty; its tables are open in this process."""
    running_stack.mend()
    portal_database.init(running_stack.database_url)
    yield running_stack
    portal_database.close()
