"""What a full tour leaves behind in logs, queue, addresses and caches (trust.md V02 to V05)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from urllib.parse import unquote

import pytest

from portal import database as portal_database
from portal.models.syncs.sync_runs import SyncRun
from tests.attacks.tour import Tour, take
from tests.faults.parts import WORKERS, Stack, planted_bug
from tests.faults.teaching import Teacher, ended, latest
from tests.sandbox_clever import RunningSandbox
from tests.servers import everything_in
from tests.web.html import Page

ONE_DAY = 86_400
LINKS = re.compile(r'(?:href|action|hx-get|hx-post|src)="([^"]*)"')


@pytest.fixture(scope="module")
def stack(running_stack: Stack) -> Iterator[Stack]:
    """One tour for all tests of this file: what it left behind only gets read."""
    running_stack.mend()
    portal_database.init(running_stack.database_url)
    yield running_stack
    portal_database.close()


@pytest.fixture(scope="module")
def tour(stack: Stack) -> Iterator[Tour]:
    with ExitStack() as browsers:

        def open_browser() -> Teacher:
            browser = Teacher(stack.portal.url, stack.portal.sandbox)
            browsers.callback(browser.close)
            return browser

        secret = stack.portal.env["CLEVER_CLIENT_SECRET"]
        yield take(stack.portal.sandbox, open_browser, secret)


def found(canaries: Iterable[str], text: str) -> set[str]:
    """The canaries that stand in the text, also written as JSON or in an address."""
    return {
        canary
        for canary in canaries
        if canary in text or json.dumps(canary)[1:-1] in text or canary in unquote(text)
    }


def test_V02_no_log_names_anybody_or_holds_a_secret(stack: Stack, tour: Tour) -> None:
    """Every program ran at DEBUG, and the tour met more than a hundred names and secrets."""
    assert len(tour.canaries) > 100
    for program in ("web", *WORKERS, "scheduler"):
        printed = stack.portal.process(program).output()
        assert printed or program == "scheduler"
        assert found(tour.canaries, printed) == set(), program


def test_V02_every_line_of_every_log_is_one_json_object(stack: Stack, tour: Tour) -> None:
    for program in ("web", *WORKERS, "scheduler"):
        for line in stack.portal.process(program).output().splitlines():
            assert {"time", "level", "logger", "message"} <= json.loads(line).keys()


def test_V04_no_page_has_a_name_or_a_secret_in_an_address_or_a_students_in_its_title(
    stack: Stack, tour: Tour
) -> None:
    students = names_of_students(stack.portal.sandbox)
    for answer in tour.from_the_portal(stack.portal.url):
        if answer.is_success:
            addresses = " ".join(LINKS.findall(answer.text))
            assert found(tour.canaries, f"{answer.request.url} {addresses}") == set()
            assert found(students, Page.of(answer.text).title) == set()


def test_V04_no_page_tells_another_site_where_its_reader_came_from(
    stack: Stack, tour: Tour
) -> None:
    policies = {
        answer.headers.get("referrer-policy") for answer in tour.from_the_portal(stack.portal.url)
    }

    assert policies <= {"same-origin", "no-referrer"}


def test_V05_nothing_behind_the_sign_in_is_kept_by_a_cache(stack: Stack, tour: Tour) -> None:
    kept = [
        answer.request.url
        for answer in tour.from_the_portal(stack.portal.url)
        if "no-store" not in answer.headers.get("cache-control", "")
    ]

    assert kept == []


@pytest.fixture
def maria(stack: Stack) -> Iterator[Teacher]:
    teacher = Teacher(stack.portal.url, stack.portal.sandbox)
    teacher.sign_in(stack.portal.sandbox.cast().teachers["Maria Rivera"])
    yield teacher
    teacher.close()


@pytest.fixture
def broken(stack: Stack, tour: Tour, maria: Teacher) -> SyncRun:
    """A sync that met a bug whose error quotes a row."""
    with planted_bug(stack.database_url, "Failing row contains (7, Wilhelmina, Canarybird)"):
        section = maria.makes_a_section(stack.portal.sandbox.cast().sections["Math 7 - Period 2"])
        return ended(latest(section))


def test_V02_V03_a_bug_is_told_by_its_kind_and_place_and_none_of_its_words_is_kept(
    stack: Stack, broken: SyncRun
) -> None:
    printed = "".join(stack.portal.process(name).output() for name in WORKERS)
    lines = [json.loads(line) for line in printed.splitlines()]
    (told,) = [line for line in lines if line.get("reference") == broken.reference]

    assert (broken.state, broken.reason) == ("failed", "unexpected")
    assert (told["level"], told["run"]) == ("ERROR", broken.public_id)
    assert told["errors"][0]["type"].startswith("peewee.")
    assert any("/portal/models/syncs/rosters.py:" in frame for frame in told["errors"][0]["frames"])
    kept = printed + repr(everything_in(stack.valkey.server))
    assert found(["Canarybird", "Failing row", "Wilhelmina"], kept) == set()


def test_V03_the_queue_holds_opaque_ids_for_a_day_at_most(
    stack: Stack, tour: Tour, maria: Teacher
) -> None:
    """One job waits, since nobody works."""
    for name in WORKERS:
        stack.portal.kill(name)
    maria.makes_a_section(stack.portal.sandbox.cast().sections["Math 7 - Period 1"])
    held = everything_in(stack.valkey.server)
    lives = {key: stack.valkey.server.client().ttl(key) for key in held}

    assert found(tour.canaries, repr(held)) == set()
    jobs = [key for key in held if key.startswith(("rq:job:", "rq:results:"))]
    assert jobs
    assert {key: lives[key] for key in jobs if not 0 < lives[key] <= ONE_DAY} == {}


def names_of_students(sandbox: RunningSandbox) -> set[str]:
    return {part for name in sandbox.cast().students for part in name.split() if len(part) >= 5}
