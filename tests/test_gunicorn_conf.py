"""How gunicorn serves the portal."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

PROXIES_KEEP_SECONDS = 60  # nginx towards its upstreams, AWS's load balancers


def test_an_idle_connection_outlives_the_proxys_side_of_it() -> None:
    served = run_path(str(Path(__file__).parents[1] / "gunicorn.conf.py"))

    assert served["keepalive"] > PROXIES_KEEP_SECONDS
