"""The mirror after a whole read says what the district shares: record by record, and no more."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

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
from portal.roster.sharing import Differences, Kind
from tests.mirror.sharing import in_class, shared_ids
from tests.mirror.whole_reads import connection_to, mirrored, nobody, reader_of
from tests.sandbox_clever import Cast, RunningSandbox, local_client
from tests.statements import queries

pytestmark = pytest.mark.usefixtures("database")

LISTS: dict[Any, tuple[str, dict[str, str]]] = {
    SharedSchool: ("/schools", {}),
    SharedTerm: ("/terms", {}),
    SharedCourse: ("/courses", {}),
    SharedTeacher: ("/users", {"role": "teacher"}),
    SharedStudent: ("/users", {"role": "student"}),
    SharedClass: ("/sections", {}),
}


@pytest.fixture
def lincoln(sandbox: RunningSandbox) -> Cast:
    return sandbox.cast()


@pytest.fixture
def district(lincoln: Cast) -> DistrictConnection:
    return connection_to(lincoln.id)


def listed(sandbox: RunningSandbox, path: str, role: dict[str, str]) -> dict[str, Any]:
    """What Clever itself says of a list, by plain JSON."""
    headers = {"Authorization": f"Bearer {sandbox.district_token()}"}
    with local_client(sandbox.url, headers=headers) as client:
        answer = client.get(f"/v3.0{path}", params={"limit": "10000"} | role).json()
    return {item["data"]["id"]: item["data"] for item in answer["data"]}


def test_every_record_that_is_shared_is_here_and_nothing_else(sandbox, district):
    mirrored(sandbox, district)
    for model, (path, role) in LISTS.items():
        assert shared_ids(model, district) == set(listed(sandbox, path, role)), path


def test_each_class_has_the_students_that_clever_lists(sandbox, district):
    mirrored(sandbox, district)
    for sourced_id, section in listed(sandbox, "/sections", {}).items():
        assert in_class(sourced_id) == set(section["students"])


def test_a_second_read_writes_one_row_and_takes_no_other_lock(sandbox, district):
    mirrored(sandbox, district)
    said = queries(lambda: mirrored(sandbox, district))
    changed = [sql for sql in said if sql.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [sql.split()[1] for sql in changed] == ['"district_connections"']


def test_what_changed_is_written_and_counted(sandbox, lincoln, district):
    mirrored(sandbox, district)
    gone, renamed = lincoln.students["Ada Byrne"], lincoln.students["Grace Nakamura"]
    sandbox.unshare(gone)
    sandbox.rename(renamed, "Other", "Name")
    sandbox.enrol_new(lincoln.sections["Algebra I - Period 3"], "Brand", "New")
    assert mirrored(sandbox, district) == Differences(added=1, changed=2, unshared=1)
    assert gone not in shared_ids(SharedStudent, district)
    sandbox.share(gone)
    assert mirrored(sandbox, district) == Differences(returned=1)


def test_counts_follow_what_is_shared(sandbox, lincoln, district):
    mirrored(sandbox, district)
    fewer = next(iter(lincoln.sections.values()))
    before = DistrictConnection.get()
    sandbox.unshare(fewer)
    mirrored(sandbox, district)
    after = DistrictConnection.get()
    assert after.class_count == before.class_count - 1 == len(shared_ids(SharedClass, district))
    assert after.student_count == len(shared_ids(SharedStudent, district))
    assert sum(school.class_count for school in SharedSchool.select()) == after.class_count


def test_the_digest_alone_moves_when_only_other_fields_change(sandbox, lincoln, district):
    mirrored(sandbox, district)
    someone = next(iter(lincoln.students.values()))
    before = SharedStudent.get(SharedStudent.sourced_id == someone)
    sandbox.edit(someone, email="another@example.org")
    assert mirrored(sandbox, district) == Differences()
    after = SharedStudent.get(SharedStudent.sourced_id == someone)
    assert after.digest != before.digest
    assert after.changed_at == before.changed_at


def test_a_list_read_in_stretches_is_the_list(sandbox, district):
    mirrored(sandbox, district)
    sandbox.forget_requests()
    assert mirrored(sandbox, district, page_size=20) == Differences()
    asked = [each for each in sandbox.requests() if "student" in each["query"]]
    assert len(asked) == -(-SharedStudent.select().count() // 20)


@pytest.mark.parametrize("answer", ["404", "body"])
def test_a_known_id_that_clever_knows_no_more_hides_nobody_behind_it(
    sandbox, lincoln, district, answer
):
    mirrored(sandbox, district)
    before = shared_ids(SharedStudent, district)
    gone = KnownRecords(district).every(Kind.STUDENTS, 20)[0]
    sandbox.unshare(gone)
    nothing = json.dumps({"data": [], "links": []})
    sandbox.fail_next(answer, path_contains=f"starting_after={gone}", body=nothing)
    mirrored(sandbox, district, page_size=20)
    assert shared_ids(SharedStudent, district) == before - {gone}


@pytest.mark.parametrize("answer", ["404", "403", "html"])
@pytest.mark.parametrize(("path", "model"), [("/terms", SharedTerm), ("/courses", SharedCourse)])
def test_a_district_whose_terms_or_courses_cannot_be_read_is_read_without_them(
    sandbox, lincoln, district, path, model, answer
):
    mirrored(sandbox, district)
    before = shared_ids(model, district)
    sandbox.unshare(next(iter(lincoln.sections.values())))
    sandbox.fail_next(answer, times=3, path_contains=path)
    assert mirrored(sandbox, district) == Differences(unshared=1)
    assert shared_ids(model, district) == before
    sandbox.stop_failing()


def test_the_moment_of_the_read_is_kept_and_never_goes_back(sandbox, lincoln, district):
    began = clock.now()
    reader = reader_of(sandbox, lincoln.id)
    for as_of in (began, began - timedelta(days=1)):
        with reader.read(KnownRecords(district), nobody) as spool:
            match(district, spool, as_of, nobody)
        assert DistrictConnection.get().read_at == began
