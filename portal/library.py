"""The use case: Clever Library, where each teacher authorised us alone and reads by herself (K7).

Nothing is read while she is not signed in. Her own token finds her classes and no other; what
one teacher's token does not find, another's may.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from typing import TypeVar

from portal import clock, districts
from portal.database import write
from portal.districts import PATIENT, SharedWait, in_turn
from portal.models import library_teachers
from portal.models.accounts import Account, LinkedAccount
from portal.models.adoption import adopt_some
from portal.models.districts import DistrictConnection
from portal.models.library_tokens import LibraryToken
from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from portal.pacing import pace_of
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.providers.clever_library import LibraryRosters
from portal.providers.http import ReadLimits
from portal.roster.records import ClassRecord, TeacherClasses
from portal.roster.sharing import OwnClasses
from portal.roster.snapshot import RosterSnapshot
from portal.sealing import unseal
from portal.settings import Settings
from portal.sync import RosterReader

# What the teacher has to do about it is the same: come back with Clever, which gives a new token.
ENDED = (FailureReason.RECONNECT, FailureReason.NOT_SHARED)
TRY_ANOTHER = (FailureReason.SIGN_IN, FailureReason.CLASS_GONE)

Found = TypeVar("Found")
Read = Callable[[LibraryRosters, ReadProgress], Found]


def read_roster(
    settings: Settings,
    starter: Account | None,
    section: Section,
    enrolled: Collection[str],
    progress: ReadProgress,
    limits: ReadLimits = PATIENT,
) -> RosterSnapshot:
    """The whole roster of a section's class, by whoever may read it; or ProviderError.

    A district's section is its district's. One of Library is read with the token of who started
    the run, else of another teacher of it who is signed in.
    """
    if section.district_sourced_id:
        return districts.read_roster(settings, section, enrolled, progress, limits)
    failure = _unread(section)
    for token in _tokens(section, starter):
        patient = _Patient(settings, token, limits, progress)
        try:
            return patient.read_roster(section.class_sourced_id, enrolled)
        except ProviderError as error:
            if error.reason not in TRY_ANOTHER:
                raise
            failure = _without(section, token, error)
    raise failure


def read_chosen(
    settings: Settings,
    starter: Account | None,
    section: Section,
    enrolled: Collection[str],
    progress: ReadProgress,
    limits: ReadLimits = PATIENT,
) -> RosterSnapshot:
    """The same of a class that a section does not follow yet: by who chose it alone (N7).

    Of those who teach the section, nobody else may know the class, and that would tell nothing.
    """
    if section.district_sourced_id:
        return districts.read_roster(settings, section, enrolled, progress, limits)
    now, own = clock.now(), LinkedAccount.of(starter, section.provider) if starter else []
    token = next(filter(None, (LibraryToken.of_identity(each, now) for each in own)), None)
    if token is None:
        raise ProviderError(FailureReason.SIGN_IN, "nobody signed in")
    return _Patient(settings, token, limits, progress).read_roster(
        section.class_sourced_id, enrolled
    )


def reader_of(settings: Settings, run: SyncRun) -> RosterReader:
    """How the provider itself is read for this run."""
    read = read_chosen if run.class_sourced_id else read_roster
    return partial(read, settings, run.started_by)


def read_own_classes(
    settings: Settings, linked: LinkedAccount, progress: ReadProgress, limits: ReadLimits = PATIENT
) -> OwnClasses:
    """A Library teacher's classes with everybody in them, for a job; or ProviderError (Y2)."""
    teacher = linked.sourced_id
    return _Patient(settings, _own_token(linked), limits, progress).read(
        lambda rosters, told: rosters.fetch_teacher_alone(teacher, told),
        lambda rosters, told: rosters.fetch_own_classes(teacher, told),
    )


def adopt(connection: DistrictConnection, as_of: datetime) -> int:
    """What was Library's and is the district's now that it connected; how many sections (K7).

    `as_of` is when the read of the district began. Safe twice, and each batch is whole: what a
    killed worker left is found again.
    """
    adopted = 0
    while count := write(lambda: adopt_some(connection, as_of, clock.now())):
        adopted += count
    return adopted


def read_teacher_classes(settings: Settings, linked: LinkedAccount) -> TeacherClasses:
    """A teacher's own classes with their evidence, quickly, for a page; or ProviderError."""
    return _for_a_page(
        settings, linked, lambda rosters: rosters.fetch_teacher_classes(linked.sourced_id)
    )


def read_class(
    settings: Settings, linked: LinkedAccount, class_sourced_id: str
) -> tuple[ClassRecord, None]:
    """One class of hers, quickly, for a page; Library tells no term. Or ProviderError."""
    found = _for_a_page(settings, linked, lambda rosters: rosters.fetch_class(class_sourced_id))
    return found[0], None


class _Patient:
    """Reads with one teacher's token as a job does: it waits, and asks little while Clever is down.

    A token that Clever no longer accepts is dropped.
    """

    def __init__(
        self, settings: Settings, token: LibraryToken, limits: ReadLimits, progress: ReadProgress
    ) -> None:
        self._settings = settings
        self._token = token
        self._limits = limits
        self._shared = SharedWait(token.rest, lambda: token.rests_until, progress)

    def read_roster(self, key: str, enrolled: Collection[str]) -> RosterSnapshot:
        return self.read(
            lambda rosters, told: rosters.fetch_class_alone(key, told),
            lambda rosters, told: rosters.fetch_roster(key, enrolled, told),
        )

    def read(self, question: Read[object], whole: Read[Found]) -> Found:
        try:
            with in_turn(self._shared, lambda: self._ask(self._limits.for_one_page(), question)):
                return self._ask(self._limits, whole)
        except ProviderError as error:
            if error.reason is FailureReason.RECONNECT:
                write(self._token.end)
            raise _as_library(error) from error

    def _ask(self, limits: ReadLimits, read: Read[Found]) -> Found:
        return read(_rosters(self._settings, self._token, limits), self._shared)


def _tokens(section: Section, starter: Account | None) -> list[LibraryToken]:
    """Those that may read it now, the starter's own first."""
    found = LibraryToken.of_section(section, clock.now())
    key = starter.id if starter else None
    return sorted(found, key=lambda each: bool(each.linked_account.account_id != key))


def _own_token(linked: LinkedAccount) -> LibraryToken:
    token = LibraryToken.of_identity(linked, clock.now())
    if token is None:
        raise ProviderError(FailureReason.SIGN_IN, "nobody signed in")
    return token


def _unread(section: Section) -> ProviderError:
    """Why nobody may read it now: a district that has connected since does not share the class."""
    if library_teachers.any_by_district(section):
        return ProviderError(FailureReason.NOT_SHARED, "not among what the district shares")
    return ProviderError(FailureReason.SIGN_IN, "nobody signed in")


def _without(section: Section, token: LibraryToken, error: ProviderError) -> ProviderError:
    """Of a class that others have as well, a 404 says only that she is in it no more (F44)."""
    if error.reason is FailureReason.SIGN_IN:
        return error
    teacher = token.linked_account.sourced_id
    others_stay = write(lambda: library_teachers.leave(section, teacher, clock.now()))
    return ProviderError(FailureReason.TEACHER_REMOVED, error.detail) if others_stay else error


def _for_a_page(
    settings: Settings, linked: LinkedAccount, read: Callable[[LibraryRosters], Found]
) -> Found:
    try:
        return read(_rosters(settings, _own_token(linked), ReadLimits.for_a_page_view()))
    except ProviderError as error:  # Opening a page changes nothing: the token stays (A47).
        raise _as_library(error) from error


def _as_library(error: ProviderError) -> ProviderError:
    if error.reason in ENDED:
        return ProviderError(FailureReason.SIGN_IN, error.detail)
    return error


def _rosters(settings: Settings, token: LibraryToken, limits: ReadLimits) -> LibraryRosters:
    opened = unseal(token.sealed_token, settings.secret_keys)
    if opened is None:
        raise ProviderError(FailureReason.SIGN_IN, "sealed with a key that is gone")
    return LibraryRosters(
        opened,
        settings.clever_api_url,
        settings.clever_api_version,
        limits,
        pace_of(settings.redis_url, settings.secret_keys[0]).room(opened),
    )
