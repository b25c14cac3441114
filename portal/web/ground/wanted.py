"""The page somebody was on the way to when they were asked to sign in.

It travels as a path and is only ever followed as one of our own routes, rebuilt from its endpoint
and ids: there is no address to redirect to elsewhere (trust.md F3, A49).
"""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException

from portal.roster.records import Role
from portal.web.ground.people import LANDINGS


def wanted_page(path: str | None) -> str | None:
    """The path of a page of ours that needs signing in, or None for everything else."""
    endpoint, arguments = _route(path)
    return url_for(endpoint, **arguments) if _roles_of(endpoint) else None


def arrival_page(role: Role, wanted: str | None) -> str:
    """The wanted page when this role may see it, else the page the role starts on."""
    endpoint, arguments = _route(wanted)
    if role in _roles_of(endpoint):
        return url_for(endpoint, **arguments)
    return url_for(LANDINGS[role])


def _route(path: str | None) -> tuple[str, dict[str, Any]]:
    adapter = request_ctx.url_adapter
    if not path or adapter is None:
        return "", {}
    try:
        endpoint, arguments = adapter.match(path, method="GET")
    except HTTPException:
        return "", {}
    return str(endpoint), dict(arguments)


def _roles_of(endpoint: str) -> frozenset[Role]:
    """What the guards of `access.py` noted on the view; nobody's page is for none."""
    roles: frozenset[Role] = getattr(current_app.view_functions.get(endpoint), "roles", frozenset())
    return roles
