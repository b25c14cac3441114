"""The job that finds which districts connected our app."""

from __future__ import annotations

import logging

from jobs import queue, sync_district
from portal import connecting
from portal.database import connected
from portal.providers.base import ProviderError
from portal.settings import Settings

logger = logging.getLogger(__name__)

NAME = "districts"


def ring() -> bool:
    return queue.ring("jobs.find_districts.perform", NAME)


def perform(_name: str) -> None:
    """Read the new ones at once; when Clever does not answer, the next round asks again."""
    with connected():
        try:
            for run in connecting.discover(Settings.from_env()):
                sync_district.ring(run)
        except ProviderError as error:
            logger.warning("districts not listed: %s", error.detail, extra={"reason": error.reason})
