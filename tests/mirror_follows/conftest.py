"""A small district of the sandbox Clever, read whole once, and its Events asked for."""

from __future__ import annotations

import pytest

from portal.settings import Settings
from tests.districts.whole import settings_of
from tests.mirror_follows.telling import ToldDistrict
from tests.sandbox_clever import RunningSandbox
from tests.servers import RunningValkey


@pytest.fixture
def settings(sandbox: RunningSandbox, database: str, empty_valkey: RunningValkey) -> Settings:
    return settings_of(sandbox, database, empty_valkey.url)


@pytest.fixture
def told(settings: Settings, sandbox: RunningSandbox) -> ToldDistrict:
    return ToldDistrict(settings, sandbox)
