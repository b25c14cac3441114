"""A district's own token, found among those that Clever lists for our app."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import msgspec

from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever_lists import list_pages
from portal.providers.clever_payloads import decode_record
from portal.providers.clever_records import sourced
from portal.providers.http import ApiReader, ReadLimits
from portal.settings import Settings

DISTRICT_TOKENS = "/oauth/tokens?owner_type=district"


class Owner(msgspec.Struct):
    id: Any = None
    type: Any = None


class DistrictToken(msgspec.Struct):
    """Clever page "Onboarding": `/oauth/tokens` always lists the active token."""

    owner: Owner
    access_token: str
    created: Any = None

    @property
    def is_usable(self) -> bool:
        """Whether it says whose it is, and is a token if it is a district's."""
        if self.owner.type != "district":
            return isinstance(self.owner.type, str)
        return bool(self.access_token and sourced(self.owner.id))

    @property
    def age_order(self) -> str:
        return self.created if isinstance(self.created, str) else ""


@dataclass(frozen=True, slots=True)
class ListedTokens:
    """The newest token of each district, by its id; an `unreadable` entry may be any district's."""

    by_district: dict[str, str]
    unreadable: int


def fetch_district_token(
    settings: Settings,
    district_sourced_id: str,
    limits: ReadLimits | None = None,
    progress: ReadProgress | None = None,
) -> str:
    """The token with which Clever lets us read this district; NOT_SHARED if it lists none.

    `progress` is told about once a second, and may raise to give up.
    """
    path = f"{DISTRICT_TOKENS}&district={quote(district_sourced_id, safe='')}"
    token = _listed(settings, path, limits, progress).by_district.get(district_sourced_id)
    if token is None:
        raise ProviderError(FailureReason.NOT_SHARED, "no token for this district")
    return token


def list_district_tokens(settings: Settings) -> ListedTokens:
    """The token of every district that connected our app: the whole list.

    Clever page "Onboarding": a new district is found in no other way.
    """
    return _listed(settings, DISTRICT_TOKENS, None, None)


def _listed(
    settings: Settings, path: str, limits: ReadLimits | None, progress: ReadProgress | None
) -> ListedTokens:
    """The newest usable token of each district on all pages of a list."""
    authorization = basic(settings.clever_client_id, settings.clever_client_secret)
    bounds = limits or ReadLimits()
    with ApiReader(settings.clever_auth_url, authorization, bounds, progress) as reader:
        pages = list_pages(reader, reader.url(path), page_size=None)
        listed = [decode_record(item, DistrictToken) for page in pages for item in page]
    usable = [token for token in listed if token and token.is_usable]
    by_district = {
        owner: token.access_token
        for token in sorted(usable, key=lambda token: token.age_order)
        if (owner := _district_of(token)) is not None
    }
    return ListedTokens(by_district, unreadable=len(listed) - len(usable))


def basic(client_id: str, client_secret: str) -> str:
    """Clever page "OAuth implementation": Basic with client id and secret as they are."""
    return "Basic " + b64encode(f"{client_id}:{client_secret}".encode()).decode()


def _district_of(token: DistrictToken) -> str | None:
    """Whose token it is, or None for what is no district's."""
    return sourced(token.owner.id) if token.owner.type == "district" else None
