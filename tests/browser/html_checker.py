"""The Nu HTML checker, kept running: starting it takes longer than all the pages of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.servers import ROOT, free_port, running_process

JAR = ROOT / ".tools" / "vnu-jar" / "build" / "dist" / "vnu.jar"
MAIN = "nu.validator.servlet.Main"
HTML = {"Content-Type": "text/html; charset=utf-8"}


class HtmlChecker:
    """Asks a running checker about one page after the other."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def faults(self, html: str) -> list[str]:
        """What is wrong with this page, warnings too, a line each with its place (gate 3)."""
        answer = self._client.post("/", params={"out": "gnu"}, content=html.encode(), headers=HTML)
        answer.raise_for_status()
        return [line.removeprefix(":") for line in answer.text.splitlines()]


@contextmanager
def running_html_checker() -> Iterator[HtmlChecker]:
    """A checker of this test run's own, on this machine alone, until the block ends."""
    port = free_port()
    here = "-Dnu.validator.servlet.bind-address=127.0.0.1"
    quick = ("-Xss4m", "-XX:TieredStopAtLevel=1")
    command = ["java", *quick, here, "-cp", JAR, MAIN, str(port)]
    with (
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client,
        running_process(command, ready=lambda: _answers(client)),
    ):
        yield HtmlChecker(client)


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/").is_success
    except httpx.TransportError:
        return False
