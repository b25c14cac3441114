"""What Valkey holds of a job that failed, and for how long (trust.md V03, R3)."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from jobs import queue
from portal import database as portal_database
from tests.servers import RunningValkey, everything_in

RUN = "A" * 16
PERFORM = "jobs.sync_section.perform"


@pytest.fixture
def no_tables(tmp_path: Path) -> Iterator[None]:
    """A database in which every question fails, with the name of a table in its words."""
    portal_database.init(f"sqlite:///{tmp_path}/empty.sqlite3")
    yield
    portal_database.close()


def work() -> None:
    """Do what waits, in this process."""
    SimpleWorker(
        [queue.queue()],
        connection=queue.connection(),
        job_class=queue.AllowedJob,
        serializer=JSONSerializer,
    ).work(burst=True, logging_level=None)


@pytest.mark.usefixtures("no_tables")
def test_V03_an_error_leaves_none_of_its_words_in_the_queue(
    valkey_of_the_queue: RunningValkey, caplog: pytest.LogCaptureFixture
) -> None:
    queue.ring(PERFORM, RUN)
    work()
    held = "\n".join(everything_in(valkey_of_the_queue).values())

    assert "jobs.queue.JobFailed" in held
    assert not {word for word in ("sync_runs", "no such table", "Error") if word in held}
    (told,) = (record for record in caplog.records if record.name == "jobs.queue")
    assert (told.levelno, told.run) == (logging.ERROR, RUN)
    assert told.exc_info


@pytest.mark.usefixtures("no_tables")
@pytest.mark.parametrize("function", [PERFORM, "os.system"])
def test_V03_nothing_of_a_failed_or_forged_job_stays_longer_than_a_day(
    valkey_of_the_queue: RunningValkey, function: str
) -> None:
    queue.ring(function, RUN)
    work()

    lives = lifetimes(valkey_of_the_queue)
    assert lives.keys() == {f"rq:job:{RUN}", f"rq:results:{RUN}"}
    assert {key: life for key, life in lives.items() if not 0 < life <= queue.ONE_DAY} == {}
    queue.queue().failed_job_registry.cleanup(time.time() + queue.ONE_DAY + 1)
    assert queue.queue().failed_job_registry.get_job_ids() == []


def test_V03_nothing_of_a_job_that_waits_stays_longer_than_a_day(
    valkey_of_the_queue: RunningValkey,
) -> None:
    queue.ring(PERFORM, RUN)

    assert 0 < lifetimes(valkey_of_the_queue)[f"rq:job:{RUN}"] <= queue.ONE_DAY


def lifetimes(valkey: RunningValkey) -> dict[str, int]:
    """Seconds that each job and each result has left; -1 for those that stay."""
    client = valkey.client()
    keys = [*client.scan_iter("rq:job:*"), *client.scan_iter("rq:results:*")]
    return {key.decode(): client.ttl(key) for key in keys}
