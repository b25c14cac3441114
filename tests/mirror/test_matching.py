"""The mirror after a whole read says what the district shares: record by record, and no more."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from datetime import timedelta

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
    SharedTerm,
)
from portal.roster.sharing import Differences, Kind
from tests.mirror.sharing import shared_ids
from tests.mirror.whole_reads import (
    assert_mirrored,
    connection_to,
    mirrored,
    nobody,
    reader_of,
)
from tests.sandbox_clever import ROOT, Cast, RunningSandbox
from tests.statements import queries

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def lincoln(sandbox: RunningSandbox) -> Cast:
    return sandbox.cast()


@pytest.fixture
def district(lincoln: Cast) -> DistrictConnection:
    return connection_to(lincoln.id)


def test_every_record_that_is_shared_is_here_with_its_links_and_nothing_else(sandbox, district):
    mirrored(sandbox, district)
    assert_mirrored(sandbox, district)


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


def test_whoever_follows_the_read_can_give_it_up(sandbox, lincoln, district):
    def enough(*_progress: object) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        reader_of(sandbox, lincoln.id).read(KnownRecords(district), enough)


@pytest.mark.parametrize("records", [120, 300, 312])
def test_a_worker_killed_anywhere_leaves_what_the_next_read_makes_right(
    sandbox, lincoln, district, database_url, records
):
    """`records`: how many were decoded until the kill; students come in batches, then classes."""
    given = (database_url, sandbox.url, sandbox.district_token(), lincoln.id, str(records))
    killed = subprocess.run([sys.executable, "-m", "tests.mirror.killed_worker", *given], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert SharedStudent.select().count() > 0
    mirrored(sandbox, district)
    assert_mirrored(sandbox, district)
    assert mirrored(sandbox, district) == Differences()


def test_the_moment_of_the_read_is_kept_and_never_goes_back(sandbox, lincoln, district):
    began = clock.now()
    reader = reader_of(sandbox, lincoln.id)
    for as_of in (began, began - timedelta(days=1)):
        with reader.read(KnownRecords(district), nobody) as spool:
            match(district, spool, as_of, nobody)
        assert DistrictConnection.get().read_at == began
