"""A teacher's classes as the picker shows them, with the sections they have already (N2, N3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from portal import clock
from portal.models.hidden_classes import HiddenClass
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.lookalikes import arrange
from portal.roster.picker import ExistingSection, Picker
from portal.roster.records import TeacherClasses
from portal.web.ground.access import current_account, current_linked_account
from portal.web.ground.current import current_settings


def today() -> date:
    """The day at the schools."""
    return clock.now().astimezone(current_settings().timezone).date()


def picker_of(found: TeacherClasses, but: Section | None = None) -> Picker:
    """All of them; `but` is the section whose class is to be chosen, which is no other one's."""
    identity = current_linked_account()
    return arrange(found, identity.sourced_id, _existing_sections(found, but), today())


def without_hidden(found: TeacherClasses, but: Section | None = None) -> Picker:
    """What the teacher has hidden is folded away; nothing warns of a twin among it (Y12)."""
    hidden = HiddenClass.of(current_account())
    kept = tuple(each for each in found.classes if each.sourced_id not in hidden)
    away = tuple(each for each in found.classes if each.sourced_id in hidden)
    picker = picker_of(replace(found, classes=kept), but)
    return replace(picker, hidden=picker_of(replace(found, classes=away), but).groups)


def _existing_sections(found: TeacherClasses, but: Section | None) -> dict[str, ExistingSection]:
    """The section of each class that has one already; the person's own before a colleague's."""
    identity, ids = current_linked_account(), [each.sourced_id for each in found.classes]
    sections = [
        section
        for section in Section.of_classes(identity.provider, identity.issuer, ids)
        if but is None or section.id != but.id
    ]
    mine = {section.id for section in Section.visible_to(current_account())}
    counts = Enrollment.counts(sections)
    return {
        section.class_sourced_id: ExistingSection(
            section.public_id, section.name, counts.get(section.id, 0), section.id in mine
        )
        for section in sorted(sections, key=lambda each: (each.id in mine, -each.id))
    }
