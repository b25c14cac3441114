"""The job behind every mail."""

from __future__ import annotations

from collections.abc import Iterable

from jobs import queue
from portal import post
from portal.database import connected
from portal.models.entrance.letters import Letter
from portal.settings import Settings


def ring(letter: Letter) -> bool:
    """Ring for a committed letter; the sweeper rings again when this fails or is lost."""
    return queue.ring("jobs.send_letter.perform", letter.public_id, at_front=True)


def ring_all(letters: Iterable[Letter]) -> None:
    for letter in letters:
        ring(letter)


def perform(letter_id: str) -> None:
    """Send the letter with this public id."""
    with connected():
        post.send_letter(letter_id, Settings.from_env())
