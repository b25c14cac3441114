"""`make demo`: one address, everything behind it, and nothing left when it ends (RN1)."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.servers import RunningProcess, free_port, running_process, wait_until

# One demo at a time: each is eight programs, and its start is timed.
pytestmark = pytest.mark.xdist_group("demo")
PARTS = {"web", "worker-1", "worker-2", "scheduler", "sandbox", "valkey"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A state folder whose path is longer than a socket's may be, and has a space in it."""
    root = Path(tempfile.mkdtemp(prefix="rosterly-demo-"))
    yield root / ("a long " + "folder" * 20)
    shutil.rmtree(root)


@contextmanager
def demo(folder: Path, port: int) -> Iterator[RunningProcess]:
    command = [sys.executable, "-m", "portal.demo", "--folder", folder]
    with running_process(command, {"PORT": str(port)}) as process:
        yield process


@contextmanager
def serving(folder: Path, port: int) -> Iterator[RunningProcess]:
    """The demo once it has said where it is; stopped by Ctrl-C, leaving nothing."""
    with demo(folder, port) as process:
        wait_for_address(process)
        yield process
        process.signal(signal.SIGINT)
        wait_until(lambda: not process.running, 10)
        assert process.popen.returncode == 0
    assert running_parts(folder) == {}


def wait_for_address(process: RunningProcess) -> None:
    wait_until(lambda: "http" in process.output() or not process.running, 60)
    assert process.running, process.output()


def running_parts(folder: Path) -> dict[int, str]:
    """Process ids and command lines of all that hold a file of this folder open."""
    return {
        int(process.name): (process / "cmdline").read_text().replace("\0", " ")
        for process in Path("/proc").glob("[0-9]*")
        if any(str(file).startswith(str(folder)) for file in open_files(process))
    }


def web_processes(folder: Path) -> set[int]:
    return {pid for pid, command in running_parts(folder).items() if "gunicorn wsgi" in command}


def open_files(process: Path) -> list[Path]:
    with suppress(OSError):  # it has ended meanwhile
        return [link.readlink() for link in (process / "fd").iterdir()]
    return []


def answers(port: int) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"http://localhost:{port}/readyz").status_code == 200
    return False


def test_it_prints_one_address_where_everything_answers(folder: Path) -> None:
    port = free_port()
    with serving(folder, port) as process:
        assert re.findall(r"\S+://\S+", process.output()) == [f"http://localhost:{port}"]
        assert len(process.output().splitlines()) == 2
        assert answers(port)
        assert {log.stem for log in (folder / "logs").glob("*.log")} >= PARTS


def test_a_second_start_takes_less_than_five_seconds_and_has_the_data_still(folder: Path) -> None:
    port = free_port()
    with serving(folder, port):
        key = (folder / "secret-key").read_text()
    started = time.monotonic()
    with serving(folder, port):
        assert time.monotonic() - started < 5
        assert (folder / "secret-key").read_text() == key
        assert (folder / "portal.sqlite3").exists()


def test_a_killed_demo_takes_its_parts_along_and_starts_again(folder: Path) -> None:
    port = free_port()
    with demo(folder, port) as process:
        wait_for_address(process)
        process.signal(signal.SIGKILL)
        wait_until(lambda: running_parts(folder) == {})
    with serving(folder, port):
        assert answers(port)


def test_a_part_that_dies_is_started_again(folder: Path) -> None:
    port = free_port()
    with serving(folder, port):
        dead = web_processes(folder)
        for group in {os.getpgid(pid) for pid in dead}:
            os.killpg(group, signal.SIGKILL)
        wait_until(lambda: web_processes(folder) and not web_processes(folder) & dead)
        wait_until(lambda: answers(port))


def test_a_second_demo_in_the_same_folder_says_so(folder: Path) -> None:
    with serving(folder, free_port()), demo(folder, free_port()) as second:
        wait_until(lambda: not second.running)

        assert second.popen.returncode == 1
        assert "is already running" in second.output()


def test_a_port_that_is_taken_is_named(folder: Path) -> None:
    port = free_port()
    with serving(folder, port), demo(folder.with_name("other"), port) as second:
        wait_until(lambda: not second.running)

        assert second.output().startswith(f"Port {port} is in use.")
