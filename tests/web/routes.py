"""Every route of the portal, for tests that must hold on all of them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from portal.app import NOUNS
from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True)
class Route:
    endpoint: str
    method: str
    rule: str

    def path(self) -> str:
        """The address of the section, run and hold that there are now."""
        path = self.rule
        for name, value in _ids().items():
            path = path.replace(f"<{name}>", value)
        return path


def routes(methods: frozenset[str]) -> list[Route]:
    """The routes that answer any of these methods, one entry a method."""
    app = Flask("routes")
    for noun in NOUNS:
        app.register_blueprint(noun.bp)
    return [
        Route(rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted(methods & (rule.methods or set()))
        if rule.endpoint != "static"
    ]


def name(route: Route) -> str:
    return f"{route.method} {route.rule}"


def _ids() -> dict[str, str]:
    return {
        "section_id": Section.get().public_id,
        "run_id": SyncRun.get().public_id,
        "hold_id": Hold.get().public_id,
        "course_slug": "first-steps-in-code",
        "lesson_slug": "loops-all-around",
    }
