"""The keys with which Clever signs ID tokens, fetched from the place we were told and kept."""

from __future__ import annotations

from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from portal.providers.base import ProviderError
from portal.providers.clever_payloads import decode_answer
from portal.providers.deadlines import Deadline
from portal.providers.http import AbsentError, ApiReader, ReadLimits, WebPageError

KEPT_SECONDS = 3600.0
REFETCH_SECONDS = 60.0
USUAL_ALGORITHM = "RS256"
KEY_TYPES = dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA")
KEY_TYPES |= {"ES256": "EC"}


class Discovery(msgspec.Struct):
    jwks_uri: Any = None
    id_token_signing_alg_values_supported: Any = None


class KeyList(msgspec.Struct):
    keys: list[dict[str, Any]]


class SigningKeys:
    """Clever's published keys, at most an hour old.

    A key id that is not among them makes us look again, but once a minute at most (O7): a stream
    of forged tokens is no stream of requests.
    """

    def __init__(self, auth_url: str, limits: ReadLimits) -> None:
        self._auth_url = auth_url
        self._limits = limits
        self._keys: list[Key] = []
        self._algorithms: list[str] = []
        self._stale = Deadline.after(0)
        self._next_look = Deadline.after(0)

    def algorithms(self) -> list[str]:
        """What Clever announces, as far as it proves anything: never `none`, never HMAC (A12)."""
        if self._stale.left() <= 0:
            self._fetch()
        return self._algorithms

    def find(self, kid: str | None, algorithm: str | None) -> Key | None:
        if self._stale.left() <= 0:
            self._fetch()
        key = self._known(kid, algorithm)
        if key is None and self._next_look.left() <= 0:
            self._fetch()
            key = self._known(kid, algorithm)
        return key

    def _known(self, kid: str | None, algorithm: str | None) -> Key | None:
        """The key of this id; where the token or the list names none, the only one that fits.

        Ids are optional on both sides (RFC 7515, 4.1.4; RFC 7517, 4.5).
        """
        fitting = [key for key in self._keys if key.key_type == KEY_TYPES.get(algorithm or "")]
        named = [key for key in fitting if kid is not None and key.kid == kid]
        unnamed = [key for key in fitting if kid is None or key.kid is None]
        return named[0] if named else unnamed[0] if len(unnamed) == 1 else None

    def _fetch(self) -> None:
        self._next_look = Deadline.after(REFETCH_SECONDS)
        with ApiReader(self._auth_url, None, self._limits) as reader:
            discovery = _discovery(reader)
            found = decode_answer(
                reader.get(reader.url(_place_of_keys(discovery, reader))), KeyList
            )
        announced = discovery.id_token_signing_alg_values_supported
        names = announced if isinstance(announced, list) else [USUAL_ALGORITHM]
        self._algorithms = [name for name in names if name in KEY_TYPES]
        self._keys = [key for entry in found.keys if (key := _public_key(entry))]
        self._stale = Deadline.after(KEPT_SECONDS)


def _discovery(reader: ApiReader) -> Discovery:
    try:
        body = reader.get(reader.url("/.well-known/openid-configuration"))
    except (AbsentError, WebPageError):
        return Discovery()
    return decode_answer(body, Discovery)


def _place_of_keys(discovery: Discovery, reader: ApiReader) -> str:
    """`jwks_uri` where discovery puts it on the configured origin, else Clever's usual place."""
    try:
        uri = discovery.jwks_uri if isinstance(discovery.jwks_uri, str) else "/oauth/certs"
        return str(reader.url(uri))
    except ProviderError:
        return "/oauth/certs"


def _public_key(entry: dict[str, Any]) -> Key | None:
    """A usable public key; a shared secret in a published list is none."""
    try:
        key = import_key({name: value for name, value in entry.items() if value})
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAKey | ECKey | OKPKey) else None
