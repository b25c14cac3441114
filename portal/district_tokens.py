"""A district's token: our sealed copy, and Clever's own when ours is no longer good."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from portal import clock
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever import PROVIDER, fetch_district_token
from portal.providers.http import ReadLimits
from portal.sealing import is_current, seal, unseal
from portal.settings import Settings

Found = TypeVar("Found")


def with_district_token(
    settings: Settings,
    district_sourced_id: str,
    limits: ReadLimits,
    read: Callable[[str], Found],
    progress: ReadProgress | None = None,
) -> Found:
    """Read with our copy of the district's token; fetch it anew when Clever has rotated it.

    `progress` is told while the token is fetched too, so that a job keeps its lease meanwhile.
    """
    token = _stored(settings, district_sourced_id, limits)
    if token is None:
        return read(_fetched(settings, district_sourced_id, limits, progress))
    try:
        return read(token)
    except ProviderError as error:
        if error.reason is not FailureReason.RECONNECT:
            raise
        fresh = _fetched(settings, district_sourced_id, limits, progress)
        if fresh == token:
            raise
        return read(fresh)


def _stored(settings: Settings, district_sourced_id: str, limits: ReadLimits) -> str | None:
    """Our copy; a job seals it anew when its seal is of an older key (V23)."""
    connection = DistrictConnection.of(PROVIDER, district_sourced_id)
    if connection is None:
        return None
    token = unseal(connection.sealed_token, settings.secret_keys)
    if token and limits.patient and not is_current(connection.sealed_token, settings.secret_keys):
        sealed = seal(token, settings.secret_keys)
        write(lambda: connection.reseal(sealed))
    return token


def _fetched(
    settings: Settings,
    district_sourced_id: str,
    limits: ReadLimits,
    progress: ReadProgress | None,
) -> str:
    """Clever's current token; only a job keeps it, since opening a page changes nothing (A47)."""
    token = fetch_district_token(settings, district_sourced_id, limits, progress)
    if limits.patient:
        sealed = seal(token, settings.secret_keys)
        write(lambda: DistrictConnection.keep(PROVIDER, district_sourced_id, sealed, clock.now()))
    return token
