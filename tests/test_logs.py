"""Logs are for machines to read and hold nobody's name (trust.md V02)."""

from __future__ import annotations

import json
import logging
import sys
from decimal import Decimal

import pytest
from peewee import IntegrityError

from portal.logs import JsonFormatter, bound
from portal.settings import SettingsError
from tests.log_lines import Lines
from tests.servers import running_process, wait_until

NAME = "Zoë Canary"
ours = logging.getLogger("portal.sync")


def test_a_record_is_one_line_of_json_with_its_time_in_utc(lines: Lines) -> None:
    ours.info("Saved %d students", 26, extra={"run": "r1", "counts": {"added": 26}})

    (record,) = lines.records()
    assert record["time"].endswith("+00:00")
    assert record["level"] == "INFO"
    assert record["logger"] == "portal.sync"
    assert record["message"] == "Saved 26 students"
    assert (record["run"], record["counts"]) == ("r1", {"added": 26})


def test_nobody_can_forge_a_second_line_or_colour_a_terminal(lines: Lines) -> None:
    ours.warning('a\r\n{"level": "INFO"}\x1b[31m\x9b31m\u2028', extra={"run": "1\n2"})

    assert len(lines.records()) == 1
    assert lines.getvalue().rstrip("\n").isprintable()
    assert lines.getvalue().isascii()


def test_what_happens_in_a_run_carries_the_runs_name(lines: Lines) -> None:
    with bound(run="r1"), bound(reference="K7Q2"):
        ours.info("inside")
    ours.info("outside")

    inside, outside = lines.records()
    assert (inside["run"], inside["reference"]) == ("r1", "K7Q2")
    assert not {"run", "reference"} & outside.keys()


def test_a_librarys_error_is_told_without_its_message(lines: Lines) -> None:
    try:
        try:
            raise IntegrityError(f"Key (name)=({NAME}) exists")
        except IntegrityError as error:
            raise RuntimeError(NAME) from error
    except RuntimeError:
        ours.exception("The sync stopped")

    outer, cause = lines.records()[0]["errors"]
    assert outer["type"] == "builtins.RuntimeError"
    assert cause["type"] == "peewee.IntegrityError"
    assert cause["frames"][-1].endswith("test_a_librarys_error_is_told_without_its_message")
    assert "Canary" not in lines.getvalue()


def test_our_own_error_says_what_to_do(lines: Lines) -> None:
    error = SettingsError("SECRET_KEY is not set.")
    ours.error("Not started", exc_info=error)

    assert lines.records()[0]["errors"][0]["message"] == "SECRET_KEY is not set."


@pytest.mark.parametrize(
    "library", ["authlib", "httpx", "httpcore", "urllib3", "peewee", "rq.worker", "werkzeug"]
)
def test_libraries_are_not_heard_below_a_warning(lines: Lines, library: str) -> None:
    logger = logging.getLogger(library)
    logger.setLevel(logging.DEBUG)
    logger.debug("code=%s", NAME)
    logger.info("GET /callback?code=%s", NAME)
    logger.setLevel(logging.NOTSET)

    assert lines.getvalue() == ""


@pytest.mark.parametrize(
    ("message", "args", "told"),
    [
        (
            "[Job %s]: raised (%s) %d times\n%s",
            (NAME, NAME, 3, NAME),
            "[Job ...]: raised (...) 3 times\n...",
        ),
        ("Invalid request line: 'GET /?code=Canary'", (), "Invalid request line"),
        ("%(name)s", ({"name": NAME},), "%(name)s"),
        ("%.2f of %s", (Decimal("1.5"), NAME), "%.2f of %s"),
    ],
)
def test_a_librarys_warning_is_told_without_its_words(
    lines: Lines, message: str, args: tuple[object, ...], told: str
) -> None:
    logging.getLogger("rq.worker").warning(message, *args, extra={"arguments": NAME})

    (record,) = lines.records()
    assert record["message"] == told
    assert record.keys() == {"time", "level", "logger", "message"}


def test_an_object_in_a_record_is_told_as_its_kind(lines: Lines) -> None:
    class Student:
        def __str__(self) -> str:
            return NAME

    ours.info("Held", extra={"student": Student()})

    assert lines.records()[0]["student"] == "<Student>"


def test_a_program_that_stops_by_an_error_says_so_in_json_too() -> None:
    program = (
        f"from portal.logs import configure_logs; configure_logs('INFO'); 1 / len({NAME[:0]!r})"
    )
    with running_process([sys.executable, "-c", program]) as process:
        wait_until(lambda: not process.running)

        assert json.loads(process.output())["errors"][0]["type"] == "builtins.ZeroDivisionError"


def test_the_formatter_serves_gunicorn_too() -> None:
    record = logging.makeLogRecord({"name": "gunicorn.error", "msg": "Booting worker with pid: %s"})
    record.args = (7,)

    assert json.loads(JsonFormatter().format(record))["message"] == "Booting worker with pid: 7"
