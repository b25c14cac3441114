"""The demo's folder: data that stays from one start to the next, and who may use it."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parents[2]
LARGEST_LOG = 1_000_000


class AlreadyRunningError(Exception):
    """Another demo uses this folder."""


class StateFolder:
    """Readable by its owner only: it holds keys, and names even if they are make-believe."""

    def __init__(self, path: Path) -> None:
        os.umask(0o077)
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o700)
        self.path = path

    def claim(self) -> TextIO:
        """Be the one demo of this folder until the returned file is closed."""
        lock = self._lock_file("demo.lock")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise AlreadyRunningError from None
        return lock

    def claim_parts(self, seconds: float) -> TextIO:
        """As `claim`, for the parts: those of a killed demo may take seconds to end."""
        lock = self._lock_file("parts.lock")
        deadline = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.close()
                    raise AlreadyRunningError from None
                time.sleep(0.05)

    def secret(self, name: str) -> str:
        """The secret of this name, made up on first use."""
        path = self.path / name
        if not path.exists():
            path.write_text(secrets.token_urlsafe(48))
        return path.read_text()

    def log(self, name: str) -> Path:
        """Where a part's output goes; what has grown large is put aside once."""
        path = self.folder("logs") / f"{name}.log"
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        return path

    def folder(self, name: str) -> Path:
        path = self.path / name
        path.mkdir(exist_ok=True)
        return path

    def _lock_file(self, name: str) -> TextIO:
        return (self.path / name).open("a")
