"""How long a read may take, and the look-out kept while it lasts."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment by which something must have happened, whatever the calendar clock does."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds until then; negative once it has passed."""
        return self.at - time.monotonic()

    def or_sooner(self, seconds: float) -> Deadline:
        """This deadline, or one `seconds` from now where that is earlier."""
        return min(self, Deadline.after(seconds), key=lambda deadline: deadline.at)


class Lookout:
    """Tells the reader's owner about once a second that the read goes on.

    The owner may raise to give the read up (*Stop sync*), even while the server is silent.
    """

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell
        self._told_at = time.monotonic()

    def look(self) -> None:
        if time.monotonic() - self._told_at >= TICK_SECONDS:
            self._told_at = time.monotonic()
            self._tell()


def no_one() -> None:
    """For reads that nobody follows."""
