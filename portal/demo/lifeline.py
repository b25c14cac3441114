"""Ends every part when the demo ends, however that happens: `python -m portal.demo.lifeline`.

The demo holds the other end of our standard input and writes a line when a part starts
(`+PID 0`, or `+PID 1` for one that stops last) or is gone (`-PID`). The pipe closes with the
demo, by Ctrl-C as by `kill -9`, and then the parts are stopped here, in one place.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, TextIO

from portal.demo.state import ROOT

PROC = Path("/proc")  # on Linux
# rq finishes its job on the first SIGTERM and gives it up on the second.
REQUESTS = ((signal.SIGTERM, 2.0), (signal.SIGTERM, 2.0), (signal.SIGKILL, 1.0))


class Lifeline:
    """The demo's end of the pipe."""

    def __init__(self, parts_lock: TextIO) -> None:
        """The other end holds the lock of the parts until the last of them is gone."""
        self._popen = subprocess.Popen(
            (sys.executable, "-m", "portal.demo.lifeline"),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
            pass_fds=(parts_lock.fileno(),),
        )

    @property
    def holds(self) -> bool:
        return self._popen.poll() is None

    def tie(self, pid: int, *, stops_last: bool) -> None:
        self._say(f"+{pid} {int(stops_last)}")

    def untie(self, pid: int) -> None:
        self._say(f"-{pid}")

    def let_go(self) -> None:
        """Everything that is tied will be stopped; it is over when nothing holds any more."""
        with suppress(BrokenPipeError):
            self._pipe.close()

    def _say(self, line: str) -> None:
        with suppress(BrokenPipeError):  # whoever looks at `holds` will tie everything anew
            print(line, file=self._pipe, flush=True)

    @property
    def _pipe(self) -> IO[str]:
        assert self._popen.stdin
        return self._popen.stdin


def main() -> None:
    """Listen until the demo is gone, then stop what it left, in order."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    stages = _registered(sys.stdin)
    for stage in sorted(set(stages.values())):
        stop({group for group, its_stage in stages.items() if its_stage == stage})


def _registered(lines: Iterable[str]) -> dict[int, int]:
    """Process groups and the stage in which each stops."""
    stages: dict[int, int] = {}
    for line in lines:
        if line.startswith("+"):
            group, stage = line[1:].split()
            stages[int(group)] = int(stage)
        else:
            stages.pop(int(line[1:]), None)
    return stages


def stop(groups: set[int]) -> None:
    """Ask these process groups to end, then insist; what their leaders left is killed."""
    for request, patience in REQUESTS:
        for group in groups:
            with suppress(ProcessLookupError):
                os.killpg(group, request)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and any(_lives(leader) for leader in groups):
            time.sleep(0.02)


def _lives(pid: int) -> bool:
    """One that has ended stays in the table until its parent, perhaps a slow init, has looked."""
    if not PROC.exists():
        with suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False
    with suppress(OSError):
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


if __name__ == "__main__":
    main()
