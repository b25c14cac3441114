"""Whether this process was told to end: what it has begun goes back to the queue (F55)."""

from __future__ import annotations

from threading import Event

_ended = Event()


class Leaving(Exception):
    """What is being done is given up, so that another process goes on with it."""


def tell() -> None:
    """For the handler of a signal."""
    _ended.set()


def stay() -> None:
    """For a test, which goes on."""
    _ended.clear()


def told() -> bool:
    return _ended.is_set()


def check() -> None:
    """Raise Leaving once we were told; called wherever nothing is half done."""
    if told():
        raise Leaving
