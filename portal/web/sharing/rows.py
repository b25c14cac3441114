"""What the tables of the Clever page say beside the records themselves, a question for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.models.sections import Section
from portal.models.shared import around
from portal.models.shared.records import SharedClass, SharedSchool, SharedStudent, SharedTeacher
from portal.models.shared.scopes import Scope
from portal.models.shared.standings import Standing, standings
from portal.roster.sharing import Kind
from portal.web.ground.access import current_account, current_linked_account
from portal.web.sharing.scope import reader

Facts = dict[str, Any]


def school_facts(_scope: Scope, _rows: Sequence[SharedSchool]) -> Facts:
    return {}


def teacher_facts(scope: Scope, rows: Sequence[SharedTeacher]) -> Facts:
    ids = [each.sourced_id for each in rows]
    return {
        "sees_all": Kind.TEACHERS in scope.whole,
        "own_id": current_linked_account().sourced_id,
        "class_counts": around.class_counts(scope, ids),
        "schools": around.schools_of(scope, ids),
    }


def class_facts(scope: Scope, rows: Sequence[SharedClass]) -> Facts:
    """With the section each class is linked to: the reader's own before a colleague's."""
    mine = {section.id for section in Section.visible_to(current_account())}
    return {
        "terms": around.terms_of(scope, rows),
        "sections": {
            section.class_sourced_id: section
            for section in sorted(linked_sections(rows), key=lambda each: each.id in mine)
        },
        "mine": mine,
    }


def student_facts(scope: Scope, rows: Sequence[SharedStudent]) -> Facts:
    found = standings(reader(), rows)
    return {
        "classes": around.class_names_of(scope, [each.sourced_id for each in rows]),
        "standings": {each.sourced_id: found.get(each.sourced_id, Standing()) for each in rows},
    }


def linked_sections(classes: Sequence[SharedClass]) -> list[Section]:
    """The sections that follow one of these classes."""
    identity = current_linked_account()
    ids = [each.sourced_id for each in classes]
    return list(Section.of_classes(identity.provider, identity.issuer, ids))
