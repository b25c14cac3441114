"""Several chosen classes as the check page shows them: each with its name, course and warning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from portal.models.sections import Section
from portal.roster.names import clean_name
from portal.roster.picker import ClassRow
from portal.roster.questions import Question, question_for
from portal.roster.records import TeacherClasses
from portal.roster.several import Offered, everything
from portal.starting import NewSection
from portal.web.ground.access import current_account, current_linked_account
from portal.web.ground.current import current_courses
from portal.web.sections.pickers import picker_of

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class CheckedClass:
    """One class with what its teacher typed; `problem` names a field, or is ""."""

    row: ClassRow
    by_hand: bool
    question: Question | None
    ticked: bool
    name: str
    course: str
    same_name: bool = False

    @property
    def id(self) -> str:
        return self.row.roster_class.sourced_id

    @property
    def problem(self) -> str:
        if not self.ticked:
            return ""
        if not self.name:
            return "name"
        return "course" if self.course and self.course not in current_courses() else ""

    def new_section(self) -> NewSection:
        return NewSection(
            current_linked_account(), self.row.roster_class, self.row.term, self.name, self.course
        )


@dataclass(frozen=True, slots=True)
class CheckedClasses:
    """`left_out` counts the chosen classes that Clever does not list for this teacher any more."""

    rows: tuple[CheckedClass, ...]
    left_out: int

    @classmethod
    def chosen(cls, found: TeacherClasses, ids: Sequence[str]) -> CheckedClasses:
        """As they come from the choice: under the names of their classes."""
        names = {each.sourced_id: each.name for each in found.classes}
        return cls._of(found, [(key, True, names.get(key, ""), "") for key in dict.fromkeys(ids)])

    @classmethod
    def sent(cls, found: TeacherClasses, form: MultiDict[str, str]) -> CheckedClasses:
        """As the check page sends them; nothing else in the request is looked at (A61)."""
        ticked = form.getlist("class")
        listed = dict.fromkeys([*form.getlist("row"), *ticked])
        return cls._of(
            found,
            [
                (
                    key,
                    key in ticked,
                    clean_name(form.get(f"name-{key}", ""))[:LONGEST_NAME].strip(),
                    form.get(f"course-{key}", ""),
                )
                for key in listed
            ],
        )

    @classmethod
    def _of(
        cls, found: TeacherClasses, typed: Sequence[tuple[str, bool, str, str]]
    ) -> CheckedClasses:
        """Whether she teaches a class is Clever's word, never the browser's (Y11)."""
        identity, picker = current_linked_account(), picker_of(found)
        taught = {
            _id(each): each
            for each in everything(picker)
            if identity.sourced_id in each.row.roster_class.teacher_sourced_ids
        }
        names = _names_here() + Counter(name for _, ticked, name, _ in typed if ticked)
        rows = [
            CheckedClass(
                taught[key].row,
                taught[key].by_hand,
                question_for(picker, key),
                ticked,
                name,
                course,
                same_name=names[name] > 1,
            )
            for key, ticked, name, course in typed
            if key in taught
        ]
        gone = sum(ticked for key, ticked, *_ in typed if key not in taught)
        return cls(tuple(rows), gone)

    @property
    def ticked(self) -> tuple[CheckedClass, ...]:
        return tuple(each for each in self.rows if each.ticked)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """The field of each problem, and its kind."""
        if not self.ticked:
            return [(f"class-{self.rows[0].id}", "choose")]
        return [(f"{each.problem}-{each.id}", each.problem) for each in self.rows if each.problem]

    def new_sections(self) -> list[NewSection]:
        return [each.new_section() for each in self.ticked]


def _names_here() -> Counter[str]:
    names = Section.visible_to(current_account()).select(Section.name)
    return Counter(section.name for section in names)


def _id(offered: Offered) -> str:
    return offered.row.roster_class.sourced_id
