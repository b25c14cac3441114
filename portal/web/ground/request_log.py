"""One line of log a request: the route, never the address, whose query may hold a code."""

from __future__ import annotations

import logging
from time import perf_counter

from flask import Flask, Response, g, request

logger = logging.getLogger(__name__)
PROBES = frozenset({"health.healthz", "health.readyz", "static"})


def init_app(app: Flask) -> None:
    app.before_request(_start)
    app.after_request(_log)


def _start() -> None:
    g.request_started = perf_counter()


def _log(response: Response) -> Response:
    """What a load balancer asks every second is only worth a line when one looks for it."""
    level = logging.DEBUG if request.endpoint in PROBES else logging.INFO
    logger.log(
        level,
        "Request",
        extra={
            "method": request.method,
            "endpoint": request.endpoint,
            "route": request.url_rule.rule if request.url_rule else None,
            "status": response.status_code,
            "milliseconds": round((perf_counter() - g.request_started) * 1000, 1),
        },
    )
    return response
