"""What a form says of keeping a student on a list or off it, and until when (Y10)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import request

from portal import clock
from portal.models.sections import Section
from portal.models.syncs.overrides import OverrideKind
from portal.overriding import Decision
from portal.web.ground.access import current_account
from portal.web.ground.current import current_settings

LONGEST = timedelta(days=366)
WITHOUT_A_TERM = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class OverrideForm:
    """`until` as it was typed; `problem` is the word for why it cannot be saved, or ""."""

    kind: str
    until: str
    problem: str = ""

    @classmethod
    def sent(cls, kind: str | None = None) -> OverrideForm:
        """What was chosen; `kind` where there is nothing to choose."""
        form = cls(kind or request.form.get("kind", ""), request.form.get("until", "").strip()[:20])
        return replace(form, problem=form._problem())

    def decision(self) -> Decision:
        """Of a form without a problem."""
        kind = OverrideKind(self.kind)
        return Decision(kind, date.fromisoformat(self.until), current_account())

    def _problem(self) -> str:
        if self.kind not in list(OverrideKind):
            return "kind"
        day = _day(self.until)
        if day is None:
            return "no_day"
        if day < school_day():
            return "past"
        return "too_far" if day > school_day() + LONGEST else ""


def default_day(section: Section) -> date:
    """The end of the section's term, else three months from now (Y10)."""
    today, end = school_day(), section.term_ends_on
    if end is not None and today <= end <= today + LONGEST:
        return end
    return today + WITHOUT_A_TERM


def school_day() -> date:
    """Today, at the schools."""
    return clock.now().astimezone(current_settings().timezone).date()


def _day(typed: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(typed)
    return None
