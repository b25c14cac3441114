"""The section page of 30 students and the panel's poll (performance.md, goal 10)."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from bench.http_load import Asker
from bench.live import Live
from bench.table import Line, milliseconds
from bench.timing import cpu_seconds, p50
from tests.faults.teaching import PARTIAL, claimed, ended
from tests.portal_stack import descendants
from tests.sandbox_clever import local_client
from tests.servers import RunningProcess, free_port, running_process

BATCHES, BATCH = 20, 25
GUNICORN = (sys.executable, "-m", "gunicorn", "bench.bare_page:app", "--workers", "2")


@dataclass
class Page:
    """One page of one server: how long each answer took, and the server's work for all of them."""

    asker: Asker
    server: RunningProcess
    took: list[float] = field(default_factory=list)
    worked: float = 0.0

    def ask_a_batch(self) -> None:
        pids = [self.server.pid, *descendants(self.server.pid)]
        before = cpu_seconds(pids)
        self.took += self.asker.seconds(BATCH)
        self.worked += cpu_seconds(pids) - before

    @property
    def cpu(self) -> float:
        """CPU seconds a page; each batch has one more, which warms the connection up."""
        return self.worked / BATCHES / (BATCH + 1)


def of_a_section(live: Live) -> Iterator[Line]:
    """The signed-in page, the poll while a sync runs and the bare page, a batch of each in turn."""
    with _bare_server(live) as (bare, server), _running_panel(live) as panel_url:
        section_url = f"{live.portal.url}/sections/{live.section.public_id}"
        section, panel = (_signed_in(live, url) for url in (section_url, panel_url))
        no_query, one_query = (
            Page(Asker(f"{bare}{path}"), server) for path in ("/no-query", "/one-query")
        )
        for _ in range(BATCHES):
            for page in (section, panel, no_query, one_query):
                page.ask_a_batch()
        yield from _compared("section page", section, no_query, one_query)
        yield from _compared("panel while a sync runs", panel, no_query, one_query)
        yield from _weighed("section page", section, goal="40 KB")
        yield from _weighed("panel while a sync runs", panel, goal="1 KB")


def _compared(name: str, page: Page, no_query: Page, one_query: Page) -> Iterator[Line]:
    goal = "1.7x" if name == "section page" else ""
    yield milliseconds(f"{name}, p50; floor: no query", p50(page.took), p50(no_query.took), goal)
    yield milliseconds(f"{name}, p50; floor: one query", p50(page.took), p50(one_query.took))
    yield milliseconds(f"{name}, CPU; floor: one query", page.cpu, one_query.cpu)


def _weighed(name: str, page: Page, goal: str) -> Iterator[Line]:
    body = page.asker.body()
    yield Line(f"{name}, as sent", len(body), "B")
    yield Line(f"{name}, in gzip", len(gzip.compress(body)), "B", goal=goal)


def _signed_in(live: Live, url: str) -> Page:
    cookies = "; ".join(f"{name}={value}" for name, value in live.teacher.client.cookies.items())
    partial = PARTIAL if url.endswith("/panel") else {}
    return Page(Asker(url, {"Cookie": cookies, **partial}), live.portal.process("web"))


@contextmanager
def _bare_server(live: Live) -> Iterator[tuple[str, RunningProcess]]:
    """The floor, behind the same server with the same settings."""
    url = f"http://127.0.0.1:{free_port()}"
    env = {"DATABASE_URL": live.portal.env["DATABASE_URL"], "SECTION": str(live.section.id)}
    with local_client(url) as client:
        command = (*GUNICORN, "--bind", url.removeprefix("http://"))
        with running_process(command, env, ready=lambda: _answers(client)) as server:
            yield url, server


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/no-query").is_success
    except httpx.TransportError:
        return False


@contextmanager
def _running_panel(live: Live) -> Iterator[str]:
    """The address a browser polls while Clever is slow."""
    live.portal.sandbox.fail_next("slow", times=3, path_contains="/v3", seconds=25)
    run = claimed(live.teacher.presses_sync(live.section))
    yield f"{live.portal.url}/roster-syncs/{run.public_id}/panel"
    live.teacher.post(f"/roster-syncs/{run.public_id}/stop")
    live.portal.sandbox.stop_failing()
    ended(run)
