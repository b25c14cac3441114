"""Questions, answers, and where a ladder of them stops (HP1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.shared.records import SharedClass
from portal.models.shared.scopes import Scope
from portal.models.shared.standings import Reader
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.records import TeacherRecord
from portal.roster.sharing import Kind


class Step(StrEnum):
    """The questions, in the words of their good answers."""

    SHARED = "shared"
    IN_CLASS = "in_class"
    SYNCED = "synced"
    LINKED = "linked"
    NOT_HIDDEN = "not_hidden"
    ONE_ACCOUNT = "one_account"
    ON_NOW = "on_now"
    HAS_STUDENTS = "has_students"
    HAS_SECTION = "has_section"
    HAS_CLASSES = "has_classes"


class Outcome(StrEnum):
    """The first "no", or that there was none."""

    NOT_FOUND = "not_found"
    NO_LONGER = "no_longer"
    NO_CLASS = "no_class"
    NOT_IN_CLASS = "not_in_class"
    NO_SECTION = "no_section"
    SYNCING = "syncing"
    SYNC_FAILED = "sync_failed"
    ON_HOLD = "on_hold"
    NOT_SYNCED = "not_synced"
    LOOK_ALIKE = "look_alike"
    HIDDEN = "hidden"
    TWO_ACCOUNTS = "two_accounts"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    NO_STUDENTS = "no_students"
    NO_CLASSES = "no_classes"
    ALL_WELL = "all_well"


LADDERS: Mapping[Kind, tuple[Step, ...]] = {
    Kind.STUDENTS: (
        Step.SHARED,
        Step.IN_CLASS,
        Step.SYNCED,
        Step.LINKED,
        Step.NOT_HIDDEN,
        Step.ONE_ACCOUNT,
    ),
    Kind.CLASSES: (
        Step.SHARED,
        Step.NOT_HIDDEN,
        Step.ON_NOW,
        Step.HAS_STUDENTS,
        Step.HAS_SECTION,
    ),
    Kind.TEACHERS: (Step.SHARED, Step.HAS_CLASSES),
    Kind.SCHOOLS: (Step.SHARED, Step.HAS_CLASSES, Step.HAS_STUDENTS),
}
STOPS_AT: Mapping[Outcome, Step] = {
    Outcome.NOT_FOUND: Step.SHARED,
    Outcome.NO_LONGER: Step.SHARED,
    Outcome.NO_CLASS: Step.IN_CLASS,
    Outcome.NOT_IN_CLASS: Step.IN_CLASS,
    Outcome.SYNCING: Step.SYNCED,
    Outcome.SYNC_FAILED: Step.SYNCED,
    Outcome.ON_HOLD: Step.SYNCED,
    Outcome.NOT_SYNCED: Step.SYNCED,
    Outcome.LOOK_ALIKE: Step.LINKED,
    Outcome.HIDDEN: Step.NOT_HIDDEN,
    Outcome.TWO_ACCOUNTS: Step.ONE_ACCOUNT,
    Outcome.ENDED: Step.ON_NOW,
    Outcome.NOT_STARTED: Step.ON_NOW,
    Outcome.NO_STUDENTS: Step.HAS_STUDENTS,
    Outcome.NO_CLASSES: Step.HAS_CLASSES,
}


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, what they may see of the district, and what day it is at their schools."""

    account: Account
    scope: Scope
    reader: Reader
    today: date


@dataclass(frozen=True, slots=True)
class Found:
    """One of those who or which may be meant; `note` tells two of one name apart."""

    sourced_id: str
    name: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer, with the facts that its words need.

    `record` is whom or what it is about, None when nobody was found; `classes` are those that
    list a student, with their teachers by the class's key; `left_at` is when they left a section.
    """

    kind: Kind
    outcome: Outcome
    record: Any = None
    section: Section | None = None
    roster_class: SharedClass | None = None
    classes: Sequence[SharedClass] = ()
    teachers: Mapping[int, Sequence[TeacherRecord]] = field(default_factory=dict)
    run: SyncRun | None = None
    left_at: datetime | None = None

    @property
    def ladder(self) -> list[tuple[Step, bool]]:
        """Each question that was asked, and whether its answer was good."""
        steps = LADDERS[self.kind]
        stop = self._stop
        if stop is None:
            return [(step, True) for step in steps]
        asked = steps[: steps.index(stop)]
        return [*((step, True) for step in asked), (stop, False)]

    @property
    def _stop(self) -> Step | None:
        if self.outcome is Outcome.NO_SECTION:
            return Step.SYNCED if self.kind is Kind.STUDENTS else Step.HAS_SECTION
        return STOPS_AT.get(self.outcome)
