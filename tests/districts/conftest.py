"""A portal's settings beside the sandbox Clever, on both databases."""

from __future__ import annotations

import pytest

from portal.settings import Settings
from tests.districts.whole import settings_of
from tests.sandbox_clever import RunningSandbox
from tests.servers import RunningValkey


@pytest.fixture
def settings(sandbox: RunningSandbox, database: str, empty_valkey: RunningValkey) -> Settings:
    return settings_of(sandbox, database, empty_valkey.url)
