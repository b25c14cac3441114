"""The running parts: started in sessions of their own and started again when they die."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from portal.demo.parts import Part

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
SETTLED_AFTER = 60.0


class Child:
    """One part, its process, and how often it had to be started again."""

    def __init__(self, part: Part, log: Path) -> None:
        self.part = part
        self.log = log
        self.deaths = 0
        self._popen: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._next_start = 0.0

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen else None

    def start(self, environment: Mapping[str, str]) -> int:
        """Start the part and return its process id, which is its group's too."""
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                self.part.command,
                env=environment,
                cwd=self.part.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started = time.monotonic()
        return self._popen.pid

    def bury(self) -> int | None:
        """The id of a process that has just died, and when it may be started again."""
        if self._popen is None or self._popen.poll() is None:
            return None
        pid, self._popen = self._popen.pid, None
        now = time.monotonic()
        self.deaths = self.deaths + 1 if now - self._started < SETTLED_AFTER else 1
        self._next_start = now + min(FIRST_DELAY * 2 ** (self.deaths - 1), LONGEST_DELAY)
        return pid

    @property
    def due(self) -> bool:
        return self._popen is None and time.monotonic() >= self._next_start


def last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    return "\n".join((f"The end of {log}:", *lines[-10:]))
