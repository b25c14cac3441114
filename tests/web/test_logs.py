"""The logs of a real server at DEBUG hold nobody's name, no code, no token (V02, V04)."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from tests.sandbox_clever import Cast, RunningSandbox
from tests.servers import RunningProcess, running_process
from tests.web.browsing import Visitor, query


@pytest.fixture
def server(environment: dict[str, str]) -> Iterator[RunningProcess]:
    """`gunicorn wsgi:app` as a process of its own."""
    url = environment["PORTAL_URL"]
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", url.removeprefix("http://")]
    with running_process(
        [*command, "--threads", "4"], environment, ready=lambda: answers(url)
    ) as process:
        yield process


@pytest.fixture
def tourist(server: RunningProcess, portal_url: str, sandbox: RunningSandbox) -> Iterator[Visitor]:
    with closing(Visitor(portal_url, sandbox)) as visitor:
        yield visitor


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_v02_a_tour_leaves_no_name_code_or_token_in_the_log(
    server: RunningProcess, tourist: Visitor, cast: Cast
) -> None:
    tourist.arrive_at_clever(cast.teachers["Maria Rivera"])
    back = tourist.come_back()
    before = tourist.token
    tourist.get(str(back))
    tourist.answer_question("new")
    for path in (str(back), "/dashboard", "/sections/Ada-Byrne", "/?name=Ada+Byrne"):
        tourist.get(path)
    secrets = [query(back)["code"], query(back)["state"], before, tourist.token]
    secrets.append(tourist.csrf_token())
    tourist.post("/sign-out", search="Ada Byrne")

    log = server.output()
    assert '"sign_in.callback"' in log
    canaries = [*secrets, "Rivera", "Maria", "Ada", "Byrne", "secret", cast.id]
    assert [canary for canary in canaries if canary in log] == []


def test_every_line_of_the_log_is_json_with_a_reference_for_each_request(
    server: RunningProcess, tourist: Visitor
) -> None:
    tourist.get("/sign-in")
    lines = [json.loads(line) for line in server.output().splitlines()]

    requests = [line for line in lines if line.get("endpoint") == "sign_in.show"]
    assert len(requests) == 1
    assert requests[0]["reference"].startswith("WEB-")
