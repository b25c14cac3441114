"""Starts the parts, keeps them running, and stops them."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from http.client import HTTPConnection, HTTPException
from typing import TextIO

from peewee import PeeweeException

from portal import database
from portal.demo.children import Child, last_words
from portal.demo.lifeline import Lifeline
from portal.demo.parts import Part, Plan
from portal.demo.state import StateFolder

START_SECONDS = 60.0
DEATHS_BEFORE_GIVING_UP = 3
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class NotStartedError(Exception):
    """The demo could not start; the message says why."""


class Supervisor:
    """One demo: everything in `plan`, alive until somebody asks it to stop."""

    def __init__(self, plan: Plan, state: StateFolder, parts_lock: TextIO) -> None:
        self._plan = plan
        self._state = state
        self._children: list[Child] = []
        self._stop_asked = False
        self._parts_lock = parts_lock
        self._lifeline = Lifeline(parts_lock)
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)

    def start(self) -> bool:
        """Start everything; False when somebody asked to stop meanwhile."""
        self._add(self._plan.foundations())
        self._migrate()
        self._add(self._plan.programs())
        deadline = time.monotonic() + START_SECONDS
        while not self._stop_asked and not self._everything_answers():
            self._give_up_on_the_hopeless(late=time.monotonic() > deadline)
            self._revive()
            time.sleep(0.05)
        return not self._stop_asked

    def keep_running(self) -> None:
        """Start again what dies, until somebody asks to stop."""
        while not self._stop_asked:
            self._revive()
            time.sleep(0.1)

    def stop(self) -> None:
        """Let go of the lifeline and wait until it has stopped every part."""
        self._renew_lifeline()
        self._lifeline.let_go()
        while self._lifeline.holds:
            for child in self._children:
                child.bury()
            time.sleep(0.02)

    def _ask_to_stop(self, *_: object) -> None:
        self._stop_asked = True

    def _add(self, parts: Iterable[Part]) -> None:
        for part in parts:
            child = Child(part, self._state.log(part.name))
            self._children.append(child)
            self._start(child)

    def _start(self, child: Child) -> None:
        pid = child.start(self._plan.environment)
        self._lifeline.tie(pid, stops_last=child.part.stops_last)

    def _revive(self) -> None:
        self._renew_lifeline()
        for child in self._children:
            if pid := child.bury():
                self._lifeline.untie(pid)
            if child.due:
                self._start(child)

    def _renew_lifeline(self) -> None:
        """It may be killed like any other program."""
        if self._lifeline.holds:
            return
        self._lifeline = Lifeline(self._parts_lock)
        for child in self._children:
            if child.pid:
                self._lifeline.tie(child.pid, stops_last=child.part.stops_last)

    def _migrate(self) -> None:
        """Workers and scheduler must find their tables, whoever is up first."""
        database.init(self._plan.environment["DATABASE_URL"])
        try:
            database.migrate()
        except PeeweeException as error:
            raise NotStartedError(f"The database could not be prepared: {error}") from error
        finally:
            database.close()

    def _everything_answers(self) -> bool:
        return (
            all(child.pid for child in self._children)
            and _answers(self._plan.sandbox_port, "/")
            and _answers(self._plan.port, "/readyz")
        )

    def _give_up_on_the_hopeless(self, *, late: bool) -> None:
        for child in self._children:
            if child.deaths >= DEATHS_BEFORE_GIVING_UP:
                raise NotStartedError(f"{child.part.name} keeps stopping. {last_words(child.log)}")
        if late:
            raise NotStartedError(f"The portal does not answer. {self._state.path}/logs says why.")


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("localhost", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
