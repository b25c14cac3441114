"""The page of a section without Clever: its list, its class code, its students' secrets."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from peewee import ModelSelect
from werkzeug.wrappers import Response

from portal.models.accounts import LinkedAccount
from portal.models.base import tuples_of
from portal.models.own_students import FormerOwnStudent, OwnStudent, Refused, former, listed
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import SyncRun
from portal.providers.clever import PROVIDER
from portal.roster.secrets import LoginType
from portal.web.ground.access import current_account
from portal.web.ground.current import current_settings
from portal.web.sections.student_questions import StudentQuestions
from portal.web.sections.students_table import MOST_FORMER, ROWS_A_PAGE, StudentsTable

DONE = frozenset({"added", "removed", "restored", "renamed", "reset", "code"})


class OwnStudentsTable(StudentsTable):
    """A page of the list, with the ids that its links need."""

    def _rows(self, page: int) -> list[OwnStudent]:
        rows = tuples_of(self._found().paginate(page, ROWS_A_PAGE))
        return [OwnStudent.of(row) for row in rows]

    def _found(self) -> ModelSelect[Enrollment]:
        return listed(self.section, self.search)

    def _kept(self) -> dict[str, Any]:
        return {}

    def _former(self) -> dict[str, Any]:
        shown: list[FormerOwnStudent] = former(self.section, MOST_FORMER)
        return {"former": shown, "former_count": len(shown)}


def own_list_page(
    section: Section,
    page: int = 1,
    search: str = "",
    typed: str = "",
    refused: Refused | None = None,
) -> str:
    """`typed` are the names of a form that added nobody, `refused` says why."""
    done = request.args.get("done")
    return render_template(
        "own_sections/show.html",
        section=section,
        login_type=LoginType(section.login_type),
        class_address=class_address(section),
        typed=typed,
        refused=refused,
        done=done if done in DONE else None,
        has_clever=LinkedAccount.of(current_account(), PROVIDER).exists(),
        run=SyncRun.latest(section),
        questions=StudentQuestions.of(current_account(), [section])[section.id],
        **OwnStudentsTable.of(section, page, search).facts(),
    )


def class_address(section: Section) -> str:
    """Where its students sign in."""
    return f"{current_settings().portal_url}{url_for('class_codes.follow', code=section.join_code)}"


def back_to_list(section: Section, done: str) -> Response:
    return redirect(url_for("sections.show", section_id=section.public_id, done=done), 303)
