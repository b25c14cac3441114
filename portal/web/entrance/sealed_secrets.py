"""Picture passwords and secret words, of which the tables hold nothing that can be read."""

from __future__ import annotations

from portal.roster.secrets import LoginType, new_secret
from portal.sealing import Purpose, seal, unseal
from portal.web.ground.current import current_settings


def sealed_secrets(login_type: LoginType, count: int) -> list[str]:
    """New secrets, ready to be kept; none for students who sign in with their email."""
    keys = current_settings().secret_keys
    return [seal(new_secret(login_type), keys, Purpose.SECRETS) for _ in range(count)]


def opened(sealed_secret: str | None) -> str:
    """The secret in plain, "" where there is none or its key is gone."""
    found = sealed_secret and unseal(sealed_secret, current_settings().secret_keys, Purpose.SECRETS)
    return found or ""
