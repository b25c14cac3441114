"""What one request works with: the settings and its connection to the store."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, request

from portal.sandbox.settings import SandboxSettings
from portal.sandbox.store import Store


def settings() -> SandboxSettings:
    found: SandboxSettings = current_app.extensions["sandbox"]
    return found


def store() -> Store:
    """This request's connection, opened at first use."""
    if "store" not in g:
        g.store = Store.open(settings().database)
    opened: Store = g.store
    return opened


def given_json() -> dict[str, Any]:
    """The request's JSON object; none counts as empty."""
    body: dict[str, Any] = request.get_json(silent=True) or {}
    return body


def install(app: Flask, chosen: SandboxSettings) -> None:
    app.extensions["sandbox"] = chosen
    app.teardown_appcontext(_close)


def _close(_error: BaseException | None) -> None:
    opened: Store | None = g.pop("store", None)
    if opened is not None:
        opened.close()
