"""The settings are checked before anything is served (product id RN3)."""

from __future__ import annotations

import sys

import pytest

from portal.settings import Settings, SettingsError
from tests.servers import running_process, wait_until

DEVELOPMENT = {
    "PORTAL_URL": "http://localhost:8000",
    "SECRET_KEY": "short",
    "DATABASE_URL": "sqlite:///portal.sqlite3",
    "REDIS_URL": "redis://localhost:6379/0",
    "CLEVER_CLIENT_ID": "id",
    "CLEVER_CLIENT_SECRET": "secret",
}
PRODUCTION = {
    **DEVELOPMENT,
    "PORTAL_ENV": "production",
    "PORTAL_URL": "https://portal.example",
    "SECRET_KEY": "k" * 32,
}


def test_development_needs_little() -> None:
    settings = Settings.from_env(DEVELOPMENT)

    assert not settings.production
    assert settings.clever_auth_url == "https://clever.com"
    assert settings.clever_api_url == "https://api.clever.com"
    assert settings.clever_page_size == 10_000


@pytest.mark.parametrize("name", DEVELOPMENT)
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**DEVELOPMENT, name: " "})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_ENV", "staging"),
        ("PORTAL_URL", "portal.example"),
        ("PORTAL_URL", "https://me@portal.example"),
        ("SECRET_KEY", " , "),
        ("CLEVER_PAGE_SIZE", "0"),
        ("CLEVER_PAGE_SIZE", "10001"),
        ("CLEVER_PAGE_SIZE", "１００"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "yes"),
        ("CLEVER_API_URL", "ftp://clever"),
        ("CLEVER_API_VERSION", "v2.1"),
        ("PORTAL_TIMEZONE", "Mars/Olympus"),
        ("PORTAL_TIMEZONE", "../etc/passwd"),
        ("LOG_LEVEL", "LOUD"),
        ("SMTP_URL", "mail.example:587"),
        ("SMTP_URL", "http://mail.example"),
        ("SMTP_URL", "smtp://mail.example:many"),
        ("MAIL_FROM", "Rosterly"),
        ("MAIL_FROM", "r@s.example\nBcc: all@s.example"),
    ],
)
def test_nonsense_is_refused_and_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**DEVELOPMENT, name: value})


def test_a_mail_server_needs_a_sender() -> None:
    with pytest.raises(SettingsError, match="SMTP_URL needs MAIL_FROM"):
        Settings.from_env({**DEVELOPMENT, "SMTP_URL": "smtps://u:p@mail.example"})


def test_the_first_key_signs_and_all_verify() -> None:
    settings = Settings.from_env({**DEVELOPMENT, "SECRET_KEY": "new, old"})

    assert settings.secret_keys == ("new", "old")


def test_an_address_loses_its_last_slash() -> None:
    settings = Settings.from_env({**DEVELOPMENT, "PORTAL_URL": "http://localhost:8000/"})

    assert settings.portal_url == "http://localhost:8000"


@pytest.mark.parametrize(
    "redis_url",
    [
        "redis://localhost:6379/0",
        "unix:///run/valkey.sock",
        "redis://:secret@queue.example/0",
        "rediss://:secret@queue.example/0",
    ],
)
def test_production_starts_when_nothing_is_unsafe(redis_url: str) -> None:
    assert Settings.from_env({**PRODUCTION, "REDIS_URL": redis_url}).production


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORTAL_URL", "http://portal.example"),
        ("SECRET_KEY", "k" * 31),
        ("SECRET_KEY", f"{'k' * 32},short"),
        ("REDIS_URL", "redis://queue.example/0"),
        ("CLEVER_AUTH_URL", "http://clever.example"),
        ("CLEVER_API_URL", "http://clever.example"),
        ("SANDBOX_URL", "http://127.0.0.1:8001"),
        ("MAIL_FOLDER", "mail"),
    ],
)
def test_production_refuses_what_is_unsafe_and_says_what(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**PRODUCTION, name: value})


def test_a_refusal_shows_no_secret() -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.from_env({**PRODUCTION, "SECRET_KEY": "hunter2"})

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    "program",
    [
        ["gunicorn", "wsgi:app"],
        ["jobs.worker"],
        ["jobs.scheduler"],
        ["flask", "--app", "wsgi", "x"],
    ],
)
def test_no_program_starts_with_unsafe_settings(program: list[str]) -> None:
    unsafe = {**PRODUCTION, "SECRET_KEY": "hunter2"}
    with running_process([sys.executable, "-m", *program], unsafe) as process:
        wait_until(lambda: not process.running)

        assert process.popen.returncode
        assert process.output().startswith("SECRET_KEY is too short for production")
