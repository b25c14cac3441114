"""What the demo consists of: each part's command, and the settings they share."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from portal.demo import ports, valkey
from portal.demo.state import ROOT, StateFolder

PORTAL_PORT = 8000
CLIENT_ID = "rosterly-demo"
CALLBACK = "/sign-in/clever/callback"


@dataclass(frozen=True)
class Part:
    """One program of the demo."""

    name: str
    command: tuple[str, ...]
    folder: Path = ROOT
    stops_last: bool = False


@dataclass(frozen=True)
class Plan:
    """Where everything listens, and the environment it all runs in."""

    port: int
    sandbox_port: int
    environment: Mapping[str, str]
    valkey_folder: Path | None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def foundations(self) -> tuple[Part, ...]:
        """What the portal's own programs need to be there."""
        sandbox = Part("sandbox", (sys.executable, "-m", "portal.sandbox"))
        if self.valkey_folder is None:
            return (sandbox,)
        command = (str(valkey.binary()), valkey.CONFIGURATION)
        return (Part("valkey", command, self.valkey_folder, stops_last=True), sandbox)

    def programs(self) -> tuple[Part, ...]:
        """The portal itself, as it runs in production."""
        python = (sys.executable, "-m")
        web = (*python, "gunicorn", "wsgi:app", "--workers", "2")
        return (
            Part("web", (*web, "--bind", f"127.0.0.1:{self.port}")),
            Part("worker-1", (*python, "jobs.worker")),
            Part("worker-2", (*python, "jobs.worker")),
            Part("scheduler", (*python, "jobs.scheduler")),
        )


def plan(state: StateFolder, environ: Mapping[str, str]) -> Plan:
    """Choose the ports, configure Valkey, and lay the demo's settings over `environ`.

    A REDIS_URL that is set already means a server of the operator's own.
    """
    port = _portal_port(environ)
    sandbox_port = ports.first_free(port + 1)
    valkey_folder = None if environ.get("REDIS_URL") else state.folder("valkey")
    settings = {
        **environ,
        **_portal_settings(state, port, sandbox_port),
        **_sandbox_settings(state, port, sandbox_port),
    }
    if valkey_folder:
        settings["REDIS_URL"] = _configure(valkey_folder, state.secret("valkey-password"))
    return Plan(port, sandbox_port, settings, valkey_folder)


def _portal_port(environ: Mapping[str, str]) -> int:
    if asked := environ.get("PORT"):
        return ports.asked_for(asked)
    return ports.first_free(PORTAL_PORT)


def _configure(folder: Path, password: str) -> str:
    """Write Valkey's configuration and return its address."""
    port = ports.any_free()
    configuration = valkey.configuration(port=port, password=password, keep=True)
    (folder / valkey.CONFIGURATION).write_text(configuration)
    return valkey.url(port=port, password=password)


def _portal_settings(state: StateFolder, port: int, sandbox_port: int) -> dict[str, str]:
    """Clever is on another host than the portal: two ports of one host share their cookies."""
    sandbox = f"http://127.0.0.1:{sandbox_port}"
    return {
        "PORTAL_ENV": "development",
        "PORTAL_URL": f"http://localhost:{port}",
        "SECRET_KEY": state.secret("secret-key"),
        "DATABASE_URL": f"sqlite:///{quote(str(state.path / 'portal.sqlite3'))}",
        "CLEVER_CLIENT_ID": CLIENT_ID,
        "CLEVER_CLIENT_SECRET": state.secret("clever-client-secret"),
        "CLEVER_AUTH_URL": sandbox,
        "CLEVER_API_URL": sandbox,
        "CLEVER_ISSUER": "https://clever.com",
        "MAIL_FOLDER": str(state.path / "mail"),
        "SANDBOX_URL": sandbox,
    }


def _sandbox_settings(state: StateFolder, port: int, sandbox_port: int) -> dict[str, str]:
    return {
        "SANDBOX_HOST": "127.0.0.1",
        "SANDBOX_PORT": str(sandbox_port),
        "SANDBOX_DB": str(state.path / "sandbox.sqlite3"),
        "SANDBOX_CLIENT_ID": CLIENT_ID,
        "SANDBOX_CLIENT_SECRET": state.secret("clever-client-secret"),
        "SANDBOX_REDIRECT_URIS": f"http://localhost:{port}{CALLBACK}",
        "SANDBOX_LATENCY_MS": "250",
        "SANDBOX_OIDC": "1",
    }
