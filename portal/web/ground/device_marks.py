"""The mark of a device that somebody has signed in on: what one address cannot tell apart, it can.

It names nobody: a random id, and digests of the last accounts that only our key can make.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug import Response

from portal.models.accounts import Account
from portal.web.ground.current import current_settings
from portal.web.ground.device import KEPT_FOR

ACCOUNTS_KEPT = 5
PURPOSE = "rosterly: known device"  # A signature made for anything else is none here.


@dataclass(frozen=True, slots=True)
class DeviceMark:
    """One device, and who signed in there, the last one last."""

    id: str
    accounts: tuple[str, ...] = ()

    @classmethod
    def new(cls) -> DeviceMark:
        return cls(secrets.token_urlsafe(16))

    def knows(self, account: Account) -> bool:
        """Whether this very account was signed in to here, under any of our keys."""
        keys = current_settings().secret_keys
        return any(self._digest(key, account) in self.accounts for key in keys)

    def with_account(self, account: Account) -> DeviceMark:
        own = self._digest(current_settings().secret_keys[0], account)
        others = tuple(each for each in self.accounts if each != own)
        return replace(self, accounts=(*others, own)[-ACCOUNTS_KEPT:])

    def _digest(self, key: str, account: Account) -> str:
        """Another one on each device: two marks do not show that a person used both."""
        text = f"{PURPOSE}\0{self.id}\0{account.public_id}"
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def held_mark() -> DeviceMark | None:
    """The mark that this browser sent, or None for anything that we did not sign."""
    sent = request.cookies.get(_cookie_name(), "")
    try:
        mark_id, accounts = _signer().loads(sent, max_age=int(KEPT_FOR.total_seconds()))
    except BadData:
        return None
    return DeviceMark(mark_id, tuple(accounts))


def give_mark(response: Response, mark: DeviceMark) -> None:
    response.set_cookie(
        _cookie_name(),
        str(_signer().dumps([mark.id, mark.accounts])),
        max_age=KEPT_FOR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _signer() -> URLSafeTimedSerializer:
    """All our keys verify; itsdangerous signs with the last, we with the first."""
    keys = list(reversed(current_settings().secret_keys))
    return URLSafeTimedSerializer(keys, PURPOSE, signer_kwargs={"digest_method": hashlib.sha256})


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"
