"""What a term leaves behind: sections whose class is over, and the classes that follow them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from portal.models.accounts import LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.providers.base import ProviderError
from portal.providers.clever import PROVIDER
from portal.roster.records import TeacherClasses
from portal.roster.several import Offered, offered
from portal.roster.terms import NextClass, PastClass, continuations, names_a_term
from portal.starting import NewSection
from portal.web.ground.access import current_account, current_linked_account
from portal.web.ground.current import current_courses
from portal.web.sections.classes import own_classes
from portal.web.sections.pickers import today, without_hidden


def ended_sections() -> list[Section]:
    """The sections of this teacher whose class is over, by name."""
    taught = Section.ended_of(current_account(), today())
    return list(taught.order_by(Section.name, Section.id))


@dataclass(frozen=True, slots=True)
class NextSection:
    """A class that may be added, and the section it goes on with, where one is like it."""

    offered: Offered
    continues: Section | None

    @property
    def id(self) -> str:
        return self.offered.row.roster_class.sourced_id

    @property
    def ticked(self) -> bool:
        return self.offered.clear and self.continues is not None


@dataclass(frozen=True, slots=True)
class TermEnd:
    """Everything the page shows; `unread` says why Clever's new classes could not be read."""

    ended: Sequence[Section]
    counts: Mapping[int, int]
    coming: Sequence[NextSection] = ()
    unread: ProviderError | None = None

    @classmethod
    def without_clever(cls) -> TermEnd:
        """What is over alone, which needs no answer of Clever's."""
        ended = ended_sections()
        return cls(ended, Enrollment.counts(ended))

    @classmethod
    def now(cls) -> TermEnd:
        """The same with the classes that Clever lists and no section follows."""
        end = cls.without_clever()
        if not end.ended or not LinkedAccount.of(current_account(), PROVIDER).exists():
            return end
        found = own_classes()
        if isinstance(found, ProviderError):
            return cls(end.ended, end.counts, unread=found)
        return cls(end.ended, end.counts, _coming(end.ended, found))

    @staticmethod
    def carries_name(section: Section) -> bool:
        """Whether a teacher's own name still fits a term later."""
        return bool(section.own_name) and not names_a_term(section.name, section.term_name)

    def parted(self, wanted: Collection[str]) -> tuple[list[Section], list[Section]]:
        """What is to be archived of what is over, and what stays."""
        away = [each for each in self.ended if each.public_id in wanted]
        return away, [each for each in self.ended if each.public_id not in wanted]

    def new_sections(
        self, wanted: Sequence[str], sent: Mapping[str, str]
    ) -> tuple[list[NewSection], int]:
        """The chosen classes with what they carry over, and how many Clever lists no more."""
        known = {each.id: each for each in self.coming}
        before = {each.public_id: each for each in self.ended}
        chosen = list(dict.fromkeys(wanted))
        news = [
            _new_section(known[key].offered, before.get(sent.get(f"continues-{key}", "")))
            for key in chosen
            if key in known
        ]
        return news, len(chosen) - len(news)


def _new_section(offered: Offered, before: Section | None) -> NewSection:
    row, identity = offered.row, current_linked_account()
    if before is None:
        return NewSection(identity, row.roster_class, row.term, row.roster_class.name)
    name = before.name if TermEnd.carries_name(before) else row.roster_class.name
    course = before.course_slug if before.course_slug in current_courses() else ""
    return NewSection(identity, row.roster_class, row.term, name, course, continues=before)


def _coming(ended: Sequence[Section], found: TeacherClasses) -> list[NextSection]:
    """A class that is a section already is offered no more."""
    new = [each for each in offered(without_hidden(found)) if each.row.section is None]
    students = Enrollment.sourced_ids_of(ended)
    past = [
        PastClass(each.public_id, each.class_name, students.get(each.id, frozenset()))
        for each in ended
    ]
    coming = [
        NextClass(_id(each), each.row.roster_class.name, each.row.student_sourced_ids)
        for each in new
    ]
    surnames = {teacher.family_name for teacher in found.teachers.values()}
    before = {each.public_id: each for each in ended}
    pairs = continuations(past, coming, surnames)
    return [NextSection(each, before.get(pairs.get(_id(each), ""))) for each in new]


def _id(offered: Offered) -> str:
    return offered.row.roster_class.sourced_id
