"""The sandbox's settings, from the environment; the only reader of it in this package."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PORTAL_CALLBACK = "http://127.0.0.1:8000/sign-in/clever/callback"


@dataclass(frozen=True)
class SandboxSettings:
    """Everything that can be set; `docs/sandbox.md` describes each."""

    database: Path = Path("sandbox.sqlite3")
    host: str = "127.0.0.1"
    port: int = 8001
    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"
    redirect_uris: tuple[str, ...] = (PORTAL_CALLBACK,)
    issuer: str = "https://clever.com"
    oidc: bool = False
    pkce: bool = True
    token_type: bool = False
    seed: int = 2
    latency_ms: int = 0

    @property
    def primary_redirect_uri(self) -> str:
        """Where Portal and Instant Login always arrive (clever-platform 1.3)."""
        return self.redirect_uris[0]

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> SandboxSettings:
        """Read every `SANDBOX_…` variable; what is not set keeps its default."""
        given = {
            name.removeprefix("SANDBOX_").lower(): value
            for name, value in environ.items()
            if name.startswith("SANDBOX_") and value
        }
        redirect_uris = given.get("redirect_uris", PORTAL_CALLBACK).split(",")
        return cls(
            database=Path(given.get("db", cls.database)),
            host=given.get("host", cls.host),
            port=int(given.get("port", cls.port)),
            client_id=given.get("client_id", cls.client_id),
            client_secret=given.get("client_secret", cls.client_secret),
            redirect_uris=tuple(uri.strip() for uri in redirect_uris if uri.strip()),
            issuer=given.get("issuer", cls.issuer),
            oidc=given.get("oidc", "0") == "1",
            pkce=given.get("pkce", "1") == "1",
            token_type=given.get("token_type", "0") == "1",
            seed=int(given.get("seed", cls.seed)),
            latency_ms=int(given.get("latency_ms", cls.latency_ms)),
        )
