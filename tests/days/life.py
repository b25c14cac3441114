"""Days in a district, followed twice: by its Events alone, and by whole reads alone (Y3).

Each evening both portals say the same of all they keep of it, and of its sections.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from portal import clock, holds, sharing
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.holds import Hold, HoldState
from portal.settings import Settings
from tests.days.changes import CHANGES, Office
from tests.days.evenings import differences, everything
from tests.days.portals import Portal, Worker, undisturbed
from tests.mirror_follows.district import time_passes
from tests.rosters import staff
from tests.sandbox_clever import RunningSandbox

DISTRICT = "Daily USD"
SHAPE = {"schools": 2, "teachers": 4, "sections": 6, "students_per_section": 7}
MOST_CHANGES = 6


def days_of(
    sandbox: RunningSandbox,
    settings: Settings,
    urls: tuple[str, str],
    worker: Worker = undisturbed,
) -> type[RuleBasedStateMachine]:
    """Days in that sandbox Clever, with one portal on each of these databases."""

    class DistrictDays(RuleBasedStateMachine):
        """What happens on a day follows from a number that hypothesis chooses."""

        def __init__(self) -> None:
            super().__init__()
            sandbox.reset()
            district = sandbox.add_district(DISTRICT, **SHAPE)
            self.told, self.reading = (Portal(settings, url, worker) for url in urls)
            for portal in (self.told, self.reading):
                with portal.open():
                    portal.begin(district.id)
            self.calendar = min(district.terms.values())
            self.days = 0

        @rule(number=st.integers(0, 2**32))
        def day(self, number: int) -> None:
            """Every change in its own words, for whoever reads why it failed."""
            self.days += 1
            chance = Random(f"{self.days} {number}")
            for _ in range(chance.randint(1, MOST_CHANGES)):
                change = chance.choice(CHANGES)
                note(f"day {self.days}: {change.__name__}")
                change(Office(sandbox, sandbox.cast(DISTRICT), chance, self.calendar))
            sandbox.edit(self.calendar, name=f"Day {self.days}")  # No day without news.
            night = chance.choice(NIGHTS)
            with self.told.open():
                self.told.be_told()
                told = everything(self.told.connection)
                night(self.told)
            with self.reading.open():
                self.reading.read_whole()
                read = everything(self.reading.connection)
                night(self.reading)
            found = differences(told, read)
            assert not found, "\n".join(found)

    return DistrictDays


def nobody_answers(_portal: Portal) -> None:
    time_passes(timedelta(hours=23))


def two_weeks_pass(_portal: Portal) -> None:
    time_passes(timedelta(days=15))
    Hold.expire(clock.now())
    SharingHold.expire(clock.now())


def all_is_approved(portal: Portal) -> None:
    admin = staff()
    for hold in SharingHold.waiting_for(portal.connection, None, clock.now()):
        assert sharing.approve(hold, admin, hold.digest)
    _answer_sections(holds.apply)


def all_is_kept(portal: Portal) -> None:
    admin = staff()
    for hold in SharingHold.waiting_for(portal.connection, None, clock.now()):
        assert sharing.keep(hold, admin, hold.digest)
    _answer_sections(holds.keep)


def _answer_sections(answer: Callable[..., bool]) -> None:
    admin = staff()
    for hold in Hold.select().where(Hold.state == HoldState.WAITING).order_by(Hold.section):
        assert answer(hold, admin)


NIGHTS: tuple[Callable[[Portal], None], ...] = (
    *(nobody_answers, nobody_answers, two_weeks_pass),
    *(all_is_approved, all_is_approved, all_is_kept),
)
