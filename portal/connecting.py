"""The use case: which districts connected our app, and their tokens, sealed with today's key."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from portal import clock
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.models.sealed import Sealed, everything_sealed
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.providers.clever import PROVIDER
from portal.providers.clever_tokens import list_district_tokens
from portal.sealing import is_current, seal, unseal
from portal.settings import Settings

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values were sealed anew, and how many no key of ours opens."""

    anew: int
    lost: int


def discover(settings: Settings) -> list[DistrictRun]:
    """Find who has connected and who has left; the runs that read who is new or back.

    The whole list or ProviderError, and then nothing is changed (trust.md decision 3). While an
    entry cannot be read nobody is said to have left: it may be theirs.
    """
    listed = list_district_tokens(settings)
    tokens = listed.by_district
    back = {each.district_sourced_id for each in DistrictConnection.revoked(PROVIDER)}
    for district, token in tokens.items():
        _keep(settings, district, token)
    gone = 0 if listed.unreadable else _note_who_left(tokens.keys())
    runs = _first_runs(back & tokens.keys())
    if gone or runs:
        logger.info("districts found", extra={"connected": len(runs), "left": gone})
    return runs


def reseal(settings: Settings) -> Resealed:
    """Seal what an older key sealed with the first one, so that the older can go (V23).

    What none of the keys opens stays as it is.
    """
    ends = Counter(_sealed_anew(each, settings.secret_keys) for each in everything_sealed())
    return Resealed(anew=ends[True], lost=ends[None])


def lines_of(districts: Iterable[DistrictConnection]) -> Iterator[str]:
    """Each district for an operator: ids, states, times and counts, no names."""
    shown = list(districts)
    runs = DistrictRun.latest_of(shown)
    for each in shown:
        run = runs.get(each.id)
        parts = (
            each.district_sourced_id,
            "disconnected" if each.revoked_at else each.state or "unknown",
            f"records {_time(each.records_at)}",
            f"read {_time(each.read_at)}",
            f"last run {run.state} {run.reason}".rstrip() if run else "no run yet",
            f"{each.school_count} schools, {each.class_count} classes",
            f"{each.teacher_count} teachers, {each.student_count} students",
        )
        yield "  ".join(parts)


def _time(moment: datetime | None) -> str:
    return moment.isoformat(timespec="minutes") if moment else "never"


def _sealed_anew(sealed: Sealed, keys: tuple[str, ...]) -> bool | None:
    """Whether its seal was an old one; None where no key opens it."""
    text = unseal(sealed.text, keys, sealed.purpose)
    if text is None:
        return None
    if is_current(sealed.text, keys, sealed.purpose):
        return False
    return write(partial(sealed.replace, seal(text, keys, sealed.purpose)))


def _keep(settings: Settings, district: str, token: str) -> None:
    """Store a token that is new to us, or whose seal is old; nothing where all is as it was."""
    keys = settings.secret_keys
    kept = DistrictConnection.of(PROVIDER, district)
    as_it_was = (
        kept is not None
        and kept.revoked_at is None
        and unseal(kept.sealed_token, keys[:1]) == token
    )
    if not as_it_was:
        sealed = seal(token, keys)
        write(lambda: DistrictConnection.keep(PROVIDER, district, sealed, clock.now()))


def _note_who_left(listed: Collection[str]) -> int:
    return write(partial(DistrictConnection.revoke_others, PROVIDER, listed, clock.now()))


def _first_runs(back: Collection[str]) -> list[DistrictRun]:
    """A run at once for each district that we have never read, and for each that is back."""
    asked = [
        DistrictRun.request(each, DistrictRunSource.FIRST, clock.now())
        for each in DistrictRun.never_asked(PROVIDER, back)
    ]
    return [run for run, is_new in asked if is_new]
