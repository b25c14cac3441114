"""A whole district carried out in this process, as the scheduler and a worker do it."""

from __future__ import annotations

from portal import clock, connecting, district_sync
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.settings import Settings
from tests.sandbox_clever import RunningSandbox


def settings_of(
    sandbox: RunningSandbox, database_url: str, redis_url: str, **more: str
) -> Settings:
    """A portal's settings beside this sandbox Clever."""
    return Settings.from_env(environment_of(sandbox, database_url, redis_url, **more))


def environment_of(
    sandbox: RunningSandbox, database_url: str, redis_url: str, **more: str
) -> dict[str, str]:
    """The same for a program of its own."""
    return {
        "PORTAL_URL": "http://localhost",
        "SECRET_KEY": "a-secret-for-tests-that-is-long-enough",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "CLEVER_CLIENT_ID": sandbox.client_id,
        "CLEVER_CLIENT_SECRET": sandbox.client_secret,
        "CLEVER_AUTH_URL": sandbox.url,
        "CLEVER_API_URL": sandbox.url,
    } | more


def mirror_whole_district(
    settings: Settings,
    district_sourced_id: str,
    source: DistrictRunSource = DistrictRunSource.OPERATOR,
) -> DistrictRun:
    """Find the district if it is new, read it whole and sync its sections; the run as it ended."""
    connection = DistrictConnection.of("clever", district_sourced_id)
    if connection is None:
        connecting.discover(settings)
        connection = DistrictConnection.of("clever", district_sourced_id)
    assert connection is not None, "Clever lists no token for this district"
    run, _ = DistrictRun.request(connection, source, clock.now())
    while district_sync.carry_out(run, settings):
        pass
    ended: DistrictRun = DistrictRun.get_by_id(run.id)
    return ended
