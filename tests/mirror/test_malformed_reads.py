"""A whole read of a Clever that is not well: whole or nothing, and never more than it proves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from portal import clock
from portal.mirroring import match
from portal.models.districts import DistrictConnection
from portal.models.shared.known import KnownRecords
from portal.models.shared.records import SharedClass, SharedStudent, SharedTeacher
from portal.providers.base import FailureReason, ProviderError
from portal.providers.clever_district import CleverDistrict
from portal.providers.spools import Spool
from portal.roster.sharing import Differences
from tests.healthy_district import CLASS, CO_TEACHER, DISTRICT, DISTRICT_TOKEN, USERS, student_id
from tests.hostile_clever import (
    Answer,
    Exchange,
    HostileClever,
    body,
    hostile_clever,
    status,
    well,
)
from tests.mirror.sharing import in_class, shared_ids
from tests.mirror.whole_reads import QUICK, connection_to, nobody

pytestmark = pytest.mark.usefixtures("database")

ADA, BEN = student_id(1), student_id(2)


@pytest.fixture
def clever() -> Iterator[HostileClever]:
    with hostile_clever() as server:
        yield server


@pytest.fixture
def district(clever: HostileClever) -> DistrictConnection:
    """Connected, and read once while all was well."""
    connection = connection_to(DISTRICT)
    mirrored(clever, connection)
    clever.heal()
    return connection


def read(clever: HostileClever, connection: DistrictConnection, page_size: int = 10) -> Spool:
    reader = CleverDistrict(DISTRICT_TOKEN, clever.origin, "v3.0", page_size, DISTRICT, QUICK)
    return reader.read(KnownRecords(connection), nobody)


def mirrored(clever: HostileClever, connection: DistrictConnection) -> Differences:
    began = clock.now()
    with read(clever, connection) as spool:
        return match(connection, spool, began, nobody)


def listing(*records: Any) -> bytes:
    items = [{"data": record, "uri": "/v3.0/any"} for record in records]
    return msgspec.json.encode({"data": items, "links": []})


def of_students(*records: Any) -> Answer:
    """This list for whoever asks for students; teachers, asked for beside them, come as ever."""

    def send(exchange: Exchange) -> None:
        asked = "role=student" in exchange.hit.target
        (body(listing(*records)) if asked else well)(exchange)

    return send


@pytest.mark.parametrize(
    "answer",
    [
        body(b""),
        body(b"null"),
        body(b'{"data": ['),
        body(b'{"data": null, "links": []}'),
        body(b'{"data": []}'),
        body(b'{"error": "later"}'),
        body(b'{"data": [{"data": {"id": "1", "name": "Jos\xe9"}}], "links": []}'),
        body(b"<html>", Content_Type="text/html"),
        status(401),
        status(403),
        status(404),
        status(500),
    ],
)
def test_one_list_that_is_not_whole_refuses_the_read(clever, district, answer):
    clever.always("/v3.0/sections", answer)
    with pytest.raises(ProviderError):
        read(clever, district)


def test_a_record_of_another_district_refuses_the_whole_read(clever, district):
    clever.district.students[BEN]["district"] = "64a0000000000000000000ff"
    with pytest.raises(ProviderError) as raised:
        read(clever, district)
    assert raised.value.reason is FailureReason.REFUSED_ANSWER


def test_a_list_that_is_proved_empty_unshares_what_was_there(clever, district):
    clever.always("/v3.0/sections", body(listing()))
    assert mirrored(clever, district) == Differences(unshared=1)


def test_a_record_without_an_id_keeps_its_kind_from_being_unshared(clever, district):
    clever.district.withdraw(ADA)
    clever.district.students[BEN]["id"] = "no id of Clever's"
    del clever.district.teachers[CO_TEACHER]
    found = mirrored(clever, district)
    assert (found.skipped, found.unshared) == (1, 1)
    assert {ADA, BEN} <= shared_ids(SharedStudent, district)
    assert CO_TEACHER not in shared_ids(SharedTeacher, district)


def test_a_list_in_another_order_is_the_same_list(clever, district):
    people = [*clever.district.students.values()]
    clever.always(USERS, of_students(*reversed(people), people[3]))
    assert mirrored(clever, district) == Differences()


def test_one_id_in_two_versions_is_no_record_and_stays_as_it_is(clever, district):
    people = [*clever.district.students.values()]
    other = people[0] | {"name": {"first": "Other", "last": "Name"}}
    clever.always(USERS, of_students(*people, other))
    found = mirrored(clever, district)
    assert found == Differences(skipped=1)
    assert SharedStudent.get(SharedStudent.sourced_id == ADA).given_name == "Given1"


def test_a_student_whose_record_cannot_be_used_is_listed_without_a_name(clever, district):
    clever.district.students[ADA]["roles"] = {}
    new = student_id(99)
    clever.district.students[new] = clever.district.students[BEN] | {"id": new, "roles": {}}
    assert mirrored(clever, district) == Differences(skipped=2)
    assert ADA in shared_ids(SharedStudent, district)
    assert SharedStudent.get(SharedStudent.sourced_id == new).unreadable


def test_a_class_without_a_list_is_not_an_empty_class(clever, district):
    before = in_class(CLASS)
    clever.district.section["students"] = None
    assert mirrored(clever, district) == Differences(skipped=1)
    assert in_class(CLASS) == before
    clever.district.section["students"] = []
    assert mirrored(clever, district) == Differences(changed=1)
    assert in_class(CLASS) == set()


def test_a_page_too_large_to_take_is_asked_for_again_with_fewer_records(clever, district):
    clever.answer("/v3.0/sections", body(b" " * (16 * 1024 * 1024 + 1)))
    read(clever, district, page_size=400).close()
    asked = [hit.target for hit in clever.hits if "/sections" in hit.target]
    assert [target.partition("?")[2] for target in asked] == ["limit=400", "limit=100"]
    assert shared_ids(SharedClass, district) == {CLASS}


def test_only_published_fields_are_kept(clever, district, database_url):
    kept = str([*SharedStudent.select().dicts()])
    assert "Family00001" in kept
    for unwanted in ("Basque", "example.org", "3/9/2014", "Free"):
        assert unwanted not in kept
