"""What a load balancer asks (trust.md, test contract)."""

from __future__ import annotations

import time

import pytest

from portal.settings import Settings
from tests.servers import free_port
from tests.web.browsing import Visitor, made_app


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_portal_whose_database_and_redis_answer_is_ready(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)

    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_readyz_names_the_redis_that_does_not_answer(environment: dict[str, str]) -> None:
    away = environment | {"REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}
    with made_app(Settings.from_env(away)) as app:
        started = time.monotonic()
        ready, alive = app.test_client().get("/readyz"), app.test_client().get("/healthz")

    assert (ready.status_code, alive.status_code) == (503, 200)
    assert ready.json == {"status": "not ready", "database": "ok", "redis": "not answering"}
    assert time.monotonic() - started < 2


def test_probes_read_no_session(visitor: Visitor) -> None:
    visitor.client.cookies.set("rosterly", "x" * 3000, domain="127.0.0.1")

    assert visitor.get("/healthz").status_code == 200
