"""Whoever can write to Redis still cannot make a worker run anything (trust.md A69, R1)."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from jobs import queue
from tests.attacks.world import ALGEBRA
from tests.faults.parts import WORKERS, Stack
from tests.faults.teaching import Teacher, ended
from tests.servers import wait_until

OURS = "jobs.sync_section.perform"
RUN, FORGED = "A" * 16, "forged-job"


class Exploit:
    """Runs a command as soon as it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.marker,)


def call(function: Any, *arguments: Any, instance: Any = None, **named: Any) -> dict[str, Any]:
    """A job's data as RQ writes it in JSON."""
    return {"data": zlib.compress(json.dumps([function, instance, arguments, named]).encode())}


FORGERIES: dict[str, Callable[[Path], Mapping[str, Any]]] = {
    "shell": lambda marker: call("subprocess.check_output", ["touch", str(marker)]),
    "os-system": lambda marker: call("os.system", f"touch {marker}"),
    "builtin": lambda marker: call("builtins.open", str(marker), "w"),
    "our-module-but-not-our-job": lambda marker: call("portal.database.init", "sqlite:///x"),
    "pickle": lambda marker: {"data": zlib.compress(pickle.dumps(Exploit(marker)))},
    "pickle-of-a-call": lambda marker: {
        "data": zlib.compress(pickle.dumps(("os.system", None, (f"touch {marker}",), {})))
    },
    "success-callback": lambda marker: {
        **call(OURS, RUN),
        "success_callback_name": "os.system",
    },
    "failure-callback": lambda marker: {
        **call(OURS, RUN),
        "failure_callback_name": "os.system",
    },
    "stopped-callback": lambda marker: {
        **call(OURS, RUN),
        "stopped_callback_name": "os.system",
    },
    "webhook": lambda marker: {
        **call(OURS, RUN),
        "webhooks": json.dumps([{"url": "http://127.0.0.1:9", "on": ["success"]}]),
    },
    "two-arguments": lambda marker: call(OURS, RUN, "more"),
    "no-argument": lambda marker: call(OURS),
    "an-argument-that-is-no-id": lambda marker: call(OURS, {"run_id": 1}),
    "a-named-argument": lambda marker: call(OURS, run_id=RUN),
    "an-instance": lambda marker: call(OURS, RUN, instance="os"),
    "a-list-for-a-function": lambda marker: call(["os.system"], f"touch {marker}"),
    "no-call": lambda marker: {"data": zlib.compress(b"{}")},
    "a-status-that-is-none": lambda marker: {**call(OURS, RUN), "status": "owned"},
    "a-time-that-is-none": lambda marker: {**call(OURS, RUN), "created_at": "soon"},
    "a-timeout-that-is-none": lambda marker: {**call(OURS, RUN), "timeout": "soon"},
    "dependencies-that-are-none": lambda marker: {**call(OURS, RUN), "dependency_ids": "["},
    "garbage": lambda marker: {"data": b"\x00\xff not zlib"},
    "no-data": lambda marker: {},
}


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """The file that a forged job would make."""
    return tmp_path / "owned"


def plant(stack: Stack, fields: Mapping[str, Any]) -> None:
    """Write the job into Valkey by hand, as an attacker with its password would."""
    client = stack.valkey.server.client()
    written = {"created_at": "2026-01-01T00:00:00.000000Z", "origin": queue.NAME}
    client.hset(f"rq:job:{FORGED}", mapping={**written, "status": "queued", **fields})
    client.lpush(f"rq:queue:{queue.NAME}", FORGED)


def parked(stack: Stack) -> bool:
    queue.init(stack.valkey.server.url)
    return FORGED in queue.queue().failed_job_registry.get_job_ids()


@pytest.fixture
def queue_is_clean(stack: Stack) -> None:
    stack.valkey.server.flush()


@pytest.mark.usefixtures("queue_is_clean")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_A69_a_forged_job_is_not_run_but_parked_and_reported(
    stack: Stack, marker: Path, forgery: str
) -> None:
    pids = {name: stack.portal.process(name).pid for name in WORKERS}
    reported = reports(stack)
    plant(stack, FORGERIES[forgery](marker))

    wait_until(lambda: parked(stack))
    wait_until(lambda: reports(stack) == reported + 1)
    assert not marker.exists()
    assert all(stack.portal.process(name).running for name in WORKERS)
    assert {name: stack.portal.process(name).pid for name in WORKERS} == pids


@pytest.mark.usefixtures("queue_is_clean")
def test_A69_after_every_forgery_the_next_good_job_is_done(
    stack: Stack, marker: Path, new_person: Callable[[str], Teacher]
) -> None:
    for forge in FORGERIES.values():
        plant(stack, forge(marker))
        wait_until(lambda: not stack.valkey.server.client().llen(f"rq:queue:{queue.NAME}"))
    cast = stack.portal.sandbox.cast()
    maria = new_person(cast.teachers["Maria Rivera"])
    section = maria.has_a_section(cast.sections[ALGEBRA])

    assert ended(maria.presses_sync(section)).state == "done"
    assert not marker.exists()


def reports(stack: Stack) -> int:
    """How many security events the workers have logged."""
    lines = "".join(stack.portal.process(name).output() for name in WORKERS).splitlines()
    return sum(json.loads(line).get("event") == "security" for line in lines)
