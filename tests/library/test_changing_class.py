"""Another class behind a Library teacher's section: her own token reads it, nobody else's (N7)."""

from __future__ import annotations

import pytest

from portal import library
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.sync import sync_section
from tests.library.teaching import MATH
from tests.sandbox_clever import Cast
from tests.web.browsing import RunningPortal, Visitor
from tests.web.own_classes import WORDS, makes


def chooses(portal: RunningPortal, teacher: Visitor, section: Section, class_id: str) -> SyncRun:
    teacher.post(f"/sections/{section.public_id}/class", **{"class": class_id})
    return carried_out(portal, section)


def carried_out(portal: RunningPortal, section: Section) -> SyncRun:
    run = SyncRun.latest(section)
    assert run is not None
    sync_section(run, library.reader_of(portal.settings, run))
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


@pytest.mark.parametrize("own", [False, True], ids=["another class", "a first class"])
def test_who_chose_the_class_reads_it(
    portal: RunningPortal, helen: Visitor, section: Section, juniper: Cast, own: bool
) -> None:
    chosen = makes(helen, WORDS) if own else section
    shown = chooses(portal, helen, chosen, juniper.sections[MATH])
    assert shown.state == RunState.PREVIEWED

    helen.post(f"/roster-syncs/{shown.public_id}/save")
    assert carried_out(portal, chosen).state == RunState.DONE
    assert Section.by_key(chosen.id).class_name == MATH


def test_a_colleague_who_does_not_know_the_other_class_stays_a_teacher_of_today_s(
    portal: RunningPortal, helen: Visitor, victor: Visitor, section: Section, juniper: Cast
) -> None:
    before = SectionTeacher.listed(section)
    shown = chooses(portal, helen, section, juniper.sections[MATH])

    assert shown.state == RunState.PREVIEWED
    assert SectionTeacher.listed(section) == before
