"""A whole read of a district of the sandbox Clever, and the mirror that comes of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal import clock
from portal.mirroring import match
from portal.models.districts import DistrictConnection
from portal.models.shared.known import KnownRecords
from portal.models.shared.records import (
    SharedClass,
    SharedCourse,
    SharedSchool,
    SharedStudent,
    SharedTeacher,
    SharedTerm,
)
from portal.providers.clever_district import CleverDistrict
from portal.providers.http import ReadLimits
from portal.providers.spools import Spool
from portal.roster.sharing import Differences
from tests.mirror.sharing import in_class, shared_ids, teaching
from tests.sandbox_clever import RunningSandbox, local_client

QUICK = ReadLimits(page_seconds=5.0, read_seconds=30.0, backoff_seconds=0.01)


LISTS: dict[Any, tuple[str, dict[str, str]]] = {
    SharedSchool: ("/schools", {}),
    SharedTerm: ("/terms", {}),
    SharedCourse: ("/courses", {}),
    SharedTeacher: ("/users", {"role": "teacher"}),
    SharedStudent: ("/users", {"role": "student"}),
    SharedClass: ("/sections", {}),
}


def nobody(*_progress: object) -> None:
    """Nobody follows the read."""


class Nothing:
    """A district that was never read."""

    def count(self, _kind: object) -> int:
        return 0

    def every(self, _kind: object, _step: int) -> list[str]:
        return []


def connection_to(district_id: str) -> DistrictConnection:
    DistrictConnection.keep("clever", district_id, "sealed", clock.now())
    found = DistrictConnection.of("clever", district_id)
    assert found
    return found


def reader_of(sandbox: RunningSandbox, district_id: str, page_size: int = 10_000) -> CleverDistrict:
    token = sandbox.district_token(district_id)
    return CleverDistrict(token, sandbox.url, "v3.0", page_size, district_id, QUICK)


def matched(
    connection: DistrictConnection, spool: Spool, as_of: datetime | None = None
) -> Differences:
    with spool:
        return match(connection, spool, as_of or clock.now(), nobody)


def mirrored(
    sandbox: RunningSandbox, connection: DistrictConnection, page_size: int = 10_000
) -> Differences:
    """Read the district whole and match it."""
    as_of = clock.now()
    reader = reader_of(sandbox, connection.district_sourced_id, page_size)
    return matched(connection, reader.read(KnownRecords(connection), nobody), as_of)


def listed(sandbox: RunningSandbox, path: str, role: dict[str, str]) -> dict[str, Any]:
    """What Clever itself says of a list, by plain JSON."""
    headers = {"Authorization": f"Bearer {sandbox.district_token()}"}
    with local_client(sandbox.url, headers=headers) as client:
        answer = client.get(f"/v3.0{path}", params={"limit": "10000"} | role).json()
    return {item["data"]["id"]: item["data"] for item in answer["data"]}


def assert_mirrored(sandbox: RunningSandbox, connection: DistrictConnection) -> None:
    """What is here is what Clever shares: each record, and who is in each class."""
    for model, (path, role) in LISTS.items():
        assert shared_ids(model, connection) == set(listed(sandbox, path, role)), path
    for sourced_id, section in listed(sandbox, "/sections", {}).items():
        assert in_class(sourced_id) == set(section["students"])
        assert teaching(sourced_id).keys() == set(section["teachers"])
