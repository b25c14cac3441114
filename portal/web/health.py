"""Whether this process lives and whether what it needs answers, for whoever watches over it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from jobs import queue
from portal.database import connected, db

logger = logging.getLogger(__name__)
bp = Blueprint("health", __name__)
LONGEST_WAIT_SECONDS = 1.0


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process lives; asks nobody."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Database and Redis answer; says which does not."""
    checks = {"database": _ask(_database), "redis": _ask(_redis)}
    answers = {name: _answer(check) for name, check in checks.items()}
    ready = all(answers.values())

    words = {name: "ok" if answered else "not answering" for name, answered in answers.items()}
    return jsonify(status="ok" if ready else "not ready", **words), 200 if ready else 503


def _ask(question: Callable[[], object]) -> SimpleQueue[bool]:
    """Start asking in a thread: what hangs must not hang whoever watches."""
    answer: SimpleQueue[bool] = SimpleQueue()
    Thread(target=lambda: answer.put(_succeeds(question)), daemon=True).start()
    return answer


def _answer(check: SimpleQueue[bool]) -> bool:
    try:
        return check.get(timeout=LONGEST_WAIT_SECONDS)
    except Empty:
        return False


def _succeeds(question: Callable[[], object]) -> bool:
    try:
        question()
    except Exception:  # Whatever it is, the thing asked is not ready.
        logger.warning("Not ready", exc_info=True)
        return False
    return True


def _database() -> None:
    with connected():
        db.execute_sql("SELECT 1").fetchone()


def _redis() -> None:
    queue.connection().ping()
