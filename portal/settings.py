"""The settings: the only reader of the environment."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
OLDEST_SQLITE = (3, 38)  # Its JSON operators carry every set-based write.
BUNDLED_COURSES = Path(__file__).with_name("courses.toml")
BUNDLED_PLANS = Path(__file__).with_name("plans.toml")


class SettingsError(Exception):
    """A setting is missing or unsafe; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set; `docs/settings.md` describes each."""

    portal_env: str
    portal_url: str
    secret_keys: tuple[str, ...]
    database_url: str
    redis_url: str
    clever_client_id: str
    clever_client_secret: str
    clever_auth_url: str
    clever_api_url: str
    clever_issuer: str
    clever_api_version: str
    clever_page_size: int
    courses_file: Path
    plans_file: Path
    timezone: ZoneInfo
    discovery_every: timedelta
    events_every: timedelta
    nightly_at: time
    nightly_spread: timedelta
    log_level: str
    smtp_url: str | None
    mail_from: str
    mail_folder: Path | None
    sandbox_url: str | None
    trusted_proxies: int

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read and check every setting; raises SettingsError on the first that will not do."""
        settings = cls(
            portal_env=_choice(environ, "PORTAL_ENV", "development", ("development", "production")),
            portal_url=_origin(environ, "PORTAL_URL"),
            secret_keys=_secrets(environ, "SECRET_KEY"),
            database_url=_database_url(environ),
            redis_url=_required(environ, "REDIS_URL"),
            clever_client_id=_required(environ, "CLEVER_CLIENT_ID"),
            clever_client_secret=_required(environ, "CLEVER_CLIENT_SECRET"),
            clever_auth_url=_origin(environ, "CLEVER_AUTH_URL", "https://clever.com"),
            clever_api_url=_origin(environ, "CLEVER_API_URL", "https://api.clever.com"),
            clever_issuer=environ.get("CLEVER_ISSUER") or "https://clever.com",
            clever_api_version=_choice(environ, "CLEVER_API_VERSION", "v3.0", ("v3.0", "v3.1")),
            clever_page_size=_whole_number(environ, "CLEVER_PAGE_SIZE", 10_000, 1, 10_000),
            courses_file=Path(environ.get("COURSES_FILE") or BUNDLED_COURSES),
            plans_file=Path(environ.get("PLANS_FILE") or BUNDLED_PLANS),
            timezone=_timezone(environ, "PORTAL_TIMEZONE", "America/New_York"),
            discovery_every=timedelta(
                minutes=_whole_number(environ, "DISCOVERY_MINUTES", 5, 0, 1440)
            ),
            events_every=timedelta(minutes=_whole_number(environ, "EVENTS_MINUTES", 3, 0, 1440)),
            nightly_at=_time_of_day(environ, "NIGHTLY_AT", "02:00"),
            nightly_spread=timedelta(
                minutes=_whole_number(environ, "NIGHTLY_SPREAD_MINUTES", 60, 0, 600)
            ),
            log_level=_choice(environ, "LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
            smtp_url=_smtp_url(environ, "SMTP_URL"),
            mail_from=_mail_from(environ, "MAIL_FROM"),
            mail_folder=_folder(environ, "MAIL_FOLDER"),
            sandbox_url=environ.get("SANDBOX_URL") or None,
            trusted_proxies=_whole_number(environ, "TRUSTED_PROXIES", 0, 0, 9),
        )
        if settings.production:
            settings.refuse_unsafe()
        return settings

    @property
    def production(self) -> bool:
        return self.portal_env == "production"

    @property
    def sends_mail(self) -> bool:
        """Whether what we promise to mail is mailed: a developer reads it on this machine (S3)."""
        return self.smtp_url is not None or not self.production

    def refuse_unsafe(self) -> None:
        """Raise SettingsError for what must never serve real children (product id RN3)."""
        if any(len(key) < 32 for key in self.secret_keys):
            raise SettingsError(
                "SECRET_KEY is too short for production: use 32 characters or more, for example "
                "the output of: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        self._refuse_plain_http()
        if _is_open(self.redis_url):
            raise SettingsError(
                "REDIS_URL points to another machine without a password. Set one there, and use "
                "rediss:// where the network is not your own."
            )
        if self.sandbox_url:
            raise SettingsError("SANDBOX_URL is for demos; remove it in production.")
        if self.mail_folder:
            raise SettingsError(
                "MAIL_FOLDER shows everybody's mail to everybody, for demos; remove it in "
                "production."
            )

    def _refuse_plain_http(self) -> None:
        """Only Clever on this very machine, in a test, may be asked without TLS."""
        for name, url, may_be_local in (
            ("PORTAL_URL", self.portal_url, False),
            ("CLEVER_AUTH_URL", self.clever_auth_url, True),
            ("CLEVER_API_URL", self.clever_api_url, True),
        ):
            if not url.startswith("https://") and not (may_be_local and _on_loopback(url)):
                raise SettingsError(f"{name} must start with https:// in production.")


def _required(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is not set. docs/settings.md says what it is for.")
    return value


def _database_url(environ: Mapping[str, str]) -> str:
    url = _required(environ, "DATABASE_URL")
    if url.startswith("sqlite:") and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise SettingsError(
            f"This Python comes with SQLite {sqlite3.sqlite_version}; 3.38 or newer is needed. "
            "Use PostgreSQL, or a newer system."
        )
    return url


def _secrets(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Comma-separated keys: the first signs, all verify."""
    keys = tuple(key.strip() for key in _required(environ, name).split(",") if key.strip())
    if not keys:
        raise SettingsError(f"{name} holds no key.")
    return keys


def _choice(environ: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(name) or default
    if value not in allowed:
        raise SettingsError(f"{name} must be one of {', '.join(allowed)}.")
    return value


def _whole_number(
    environ: Mapping[str, str], name: str, default: int, lowest: int, highest: int
) -> int:
    text = environ.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
        raise SettingsError(f"{name} must be a whole number from {lowest} to {highest}.")
    return int(text)


def _origin(environ: Mapping[str, str], name: str, default: str | None = None) -> str:
    """An http(s) address without a trailing slash, user, query or fragment."""
    value = (environ.get(name) or default or _required(environ, name)).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{name} must be an address that starts with http:// or https://.")
    if parts.username or parts.query or parts.fragment:
        raise SettingsError(f"{name} must hold no user name, query or fragment.")
    return value


def _smtp_url(environ: Mapping[str, str], name: str) -> str | None:
    """smtp:// begins TLS before it says anything, smtps:// speaks nothing else (RFC 8314)."""
    value = environ.get(name, "").strip()
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not _has_sound_port(value):
        raise SettingsError(f"{name} must look like smtp://user:password@host:587 or smtps://…")
    if not environ.get("MAIL_FROM", "").strip():
        raise SettingsError(f"{name} needs MAIL_FROM: the address our mail comes from.")
    return value


def _mail_from(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip() or "rosterly@localhost"
    if "@" not in value or not value.isprintable():
        raise SettingsError(f"{name} must be an address, for example rosterly@school.example.")
    return value


def _folder(environ: Mapping[str, str], name: str) -> Path | None:
    value = environ.get(name, "").strip()
    return Path(value) if value else None


def _has_sound_port(url: str) -> bool:
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _timezone(environ: Mapping[str, str], name: str, default: str) -> ZoneInfo:
    value = environ.get(name) or default
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"{name} is no time zone, for example America/Chicago.") from error


def _time_of_day(environ: Mapping[str, str], name: str, default: str) -> time:
    value = environ.get(name) or default
    try:
        return datetime.strptime(value, "%H:%M").time()
    except ValueError as error:
        raise SettingsError(f"{name} must be a time of day, for example 02:00.") from error


def _is_open(redis_url: str) -> bool:
    """Whether anybody on the network could write to this Redis (trust.md R1)."""
    parts = urlsplit(redis_url)
    return parts.scheme != "unix" and not _on_loopback(redis_url) and not parts.password


def _on_loopback(url: str) -> bool:
    return urlsplit(url).hostname in LOOPBACK_HOSTS
