"""Logs: one line of JSON a record on standard output, without anybody's name (trust.md V02)."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from types import MappingProxyType, TracebackType
from typing import Any, TextIO

OURS = ("portal", "jobs", "__main__")  # python -m jobs.worker logs as __main__
SERVER = "gunicorn"
FRAMES_KEPT = 20
STANDARD_FIELDS = frozenset(
    {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "color_message"}
)
# What a library wrote into its own message after a colon or a quote may be somebody's name.
LEADING_WORDS = re.compile(r"""[^:'"\r\n]*""")

_bound: ContextVar[Mapping[str, Any]] = ContextVar("bound", default=MappingProxyType({}))


def configure_logs(level: str, stream: TextIO | None = None) -> None:
    """Send every record of this process to `stream` as JSON; `level` is for our own loggers.

    Libraries speak from WARNING up whatever the level: at DEBUG they print codes, tokens, job
    arguments and rows (trust.md O3, R3).
    """
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(_is_worth_printing)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    sys.excepthook = _log_uncaught


@contextmanager
def bound(**fields: Any) -> Iterator[None]:
    """Every record written inside the block carries these fields, such as `run`."""
    token = _bound.set({**_bound.get(), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


class JsonFormatter(logging.Formatter):
    """One record, one line: JSON escapes what could end a line or colour a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        ours = _is_ours(record.name)
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage() if ours else _template(record),
            **_bound.get(),
            **(_extra_fields(record) if ours else {}),
        }
        if record.exc_info and record.exc_info[1]:
            fields["errors"] = [_described(error) for error in _causes(record.exc_info[1])]
        return json.dumps(fields, default=_plain, skipkeys=True)


def _is_ours(logger: str) -> bool:
    return logger.split(".", 1)[0] in OURS


def _is_worth_printing(record: logging.LogRecord) -> bool:
    """rq and gunicorn set their own level, so the root's is not enough."""
    if _is_ours(record.name):
        return True
    return record.levelno >= (logging.INFO if record.name.startswith(SERVER) else logging.WARNING)


def _template(record: logging.LogRecord) -> str:
    """A library's message with its numbers, without its words: those may be anybody's."""
    if not record.args:
        return LEADING_WORDS.match(str(record.msg))[0].strip()  # type: ignore[index]
    if not isinstance(record.args, tuple):
        return str(record.msg)
    shown = tuple(arg if isinstance(arg, int | float) else "..." for arg in record.args)
    try:
        return str(record.msg) % shown
    except (TypeError, ValueError):
        return str(record.msg)


def _extra_fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in STANDARD_FIELDS}


def _plain(value: object) -> str:
    """A value JSON has no word for: a time as text, anything else only as its type."""
    if isinstance(value, date):
        return value.isoformat()
    return f"<{type(value).__name__}>"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what caused it, and so on."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )


def _described(error: BaseException) -> dict[str, Any]:
    """What was raised and where. The message only of our own errors: a database's quotes rows."""
    kind = type(error)
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_KEPT:]
    return {
        "type": f"{kind.__module__}.{kind.__qualname__}",
        **({"message": str(error)} if _is_ours(kind.__module__) else {}),
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """What nobody caught would otherwise be printed with its message."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("portal").critical("Stopped by an error", exc_info=(kind, error, trace))
