"""The section page of 30 students and the panel's poll (performance.md, goal 10)."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from bench.http_load import Asker
from bench.live import Live
from bench.table import Line, milliseconds
from bench.timing import p50
from tests.faults.teaching import PARTIAL, claimed, ended
from tests.sandbox_clever import local_client
from tests.servers import free_port, running_process

BATCHES, BATCH = 20, 25
GUNICORN = (sys.executable, "-m", "gunicorn", "bench.bare_page:app", "--workers", "2")


def of_a_section(live: Live) -> Iterator[Line]:
    """The signed-in page, its poll while a sync runs, and the bare page, all in turn."""
    with bare_page(live) as bare, _running_panel(live) as panel, ExitStack() as stack:
        urls = (f"{live.portal.url}/sections/{live.section.public_id}", panel)
        askers = [stack.enter_context(_signed_in(live, url)) for url in urls]
        for path in ("/no-query", "/one-query"):
            askers.append(stack.enter_context(Asker(bare + path)))
        page, poll, no_query, one_query = (p50(took) for took in _in_batches(askers))
        bodies = [asker.body() for asker in askers[:2]]
    yield milliseconds("section page (floor: no query), p50", page, no_query, "1.7x")
    yield milliseconds("section page (floor: one query), p50", page, one_query)
    yield milliseconds("panel while a sync runs, p50", poll, one_query)
    for name, body, goal in zip(("section page", "panel"), bodies, ("40 KB", "1 KB"), strict=True):
        yield Line(f"{name}, bytes", len(body), "B")
        yield Line(f"{name}, bytes in gzip", len(gzip.compress(body)), "B", goal=goal)


@contextmanager
def bare_page(live: Live) -> Iterator[str]:
    """The floor, behind the same server with the same settings."""
    url = f"http://127.0.0.1:{free_port()}"
    env = {"DATABASE_URL": live.portal.env["DATABASE_URL"], "SECTION": str(live.section.id)}
    with local_client(url) as client:
        command = (*GUNICORN, "--bind", url.removeprefix("http://"))
        with running_process(command, env, ready=lambda: _answers(client)):
            yield url


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/no-query").is_success
    except httpx.TransportError:
        return False


@contextmanager
def _running_panel(live: Live) -> Iterator[str]:
    """The address a browser polls while Clever is slow."""
    live.portal.sandbox.fail_next("slow", path_contains="/v3", seconds=20)
    run = claimed(live.teacher.presses_sync(live.section))
    yield f"{live.portal.url}/roster-syncs/{run.public_id}/panel"
    live.teacher.post(f"/roster-syncs/{run.public_id}/stop")
    ended(run)


def _signed_in(live: Live, url: str) -> Asker:
    cookies = "; ".join(f"{name}={value}" for name, value in live.teacher.client.cookies.items())
    partial = PARTIAL if "/panel" in url else {}
    return Asker(url, {"Cookie": cookies, **partial})


def _in_batches(askers: list[Asker]) -> list[list[float]]:
    """Each asker's seconds, a few answers at a time."""
    measured: list[list[float]] = [[] for _ in askers]
    for _ in range(BATCHES):
        for asker, took in zip(askers, measured, strict=True):
            took += [asker.seconds() for _ in range(BATCH)]
    return measured
