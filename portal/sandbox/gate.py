"""The gate of everything a client calls: delay, ordered faults, tokens, rate limit, the log."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from portal.sandbox import answers, callers, faults, rate_limit, spoiling
from portal.sandbox.context import settings, store
from portal.sandbox.store import timestamp

CALLED_BY_CLIENTS = ("/v3.", "/userinfo", "/oauth/tokens", "/oauth/tokeninfo")


def install(app: Flask) -> None:
    app.before_request(_enter)
    app.after_request(_leave)


def _called_by_client() -> bool:
    return request.path.startswith(CALLED_BY_CLIENTS)


def _enter() -> Response | None:
    """Let a client's request in, or answer it here: over the limit, or a fault is ordered."""
    if not _called_by_client():
        return None
    token = callers.bearer(request.headers.get("Authorization", ""))
    g.caller = callers.recognise(store(), token) if token else None
    g.allowance = rate_limit.spend(store(), token) if g.caller else rate_limit.whole(store())
    g.fault = faults.take(store(), request.full_path)
    if request.path.startswith("/v3."):
        time.sleep(settings().latency_ms / 1000)
    if g.fault:
        return spoiling.instead(g.fault, store())
    if g.allowance.used_up:
        return rate_limit.too_many()
    return None


def _leave(response: Response) -> Response:
    if not _called_by_client():
        return response
    fault: faults.Fault | None = g.get("fault")
    if fault:
        response = spoiling.bend(fault, response)
    g.allowance.print_on(response)
    _note(response, fault)
    return response


def _note(response: Response, fault: faults.Fault | None) -> None:
    """Log what was asked; tests count requests with it. Tokens and codes stay out."""
    caller: callers.Caller | None = g.get("caller")
    store().write(
        "INSERT INTO requests VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
        timestamp(store().now()),
        request.method,
        request.path,
        request.query_string.decode("utf-8", "replace"),
        caller.kind if caller else "none",
        caller.district if caller else "",
        response.status_code,
        fault.kind if fault else "",
    )


def required_caller() -> callers.Caller | Response:
    """The caller, or the 401 that a bad or missing token gets."""
    caller: callers.Caller | None = g.get("caller")
    if caller is not None:
        return caller
    if not request.headers.get("Authorization"):
        return answers.unauthorized("No authorization provided")
    return answers.unauthorized("Unrecognized token")
