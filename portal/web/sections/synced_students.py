"""The page of a student whose section follows Clever: names, places, what is kept (Y9, Y10)."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import clock, overriding
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.shared import scopes, tabs
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.overrides import OverrideKind, RosterOverride, day_of
from portal.roster.sharing import Kind
from portal.web.ground.access import current_account, current_linked_account
from portal.web.sections.override_forms import OverrideForm, default_day

DONE = frozenset({"kept", "ended", "named", "clevers_name"})


def synced_student_page(place: Enrollment, form: OverrideForm | None = None) -> str:
    """`form` is one that could not be saved; it says why."""
    section, student, done = place.section, place.account, request.args.get("done")
    override = RosterOverride.of_student(section, student)
    if override is not None and override.until < day_of(clock.now()):
        override = None
    is_on = place.ended_at is None
    return render_template(
        "section_students/show.html",
        section=section,
        place=place,
        student=student,
        is_on=is_on,
        can_be_kept=overriding.can_be_kept(place),
        override=override,
        form=form or _form(section, override, is_on),
        done=done if done in DONE and request.method == "GET" else None,
        sections=_sections(student.id),
        is_shared=_is_shared(section, place.sourced_id),
    )


def back_to_student(place: Enrollment, done: str) -> Response:
    section_id, student_id = place.section.public_id, place.account.public_id
    page = url_for("section_students.show", section_id=section_id, student_id=student_id, done=done)
    return redirect(page, 303)


def _form(section: Section, override: RosterOverride | None, is_on: bool) -> OverrideForm:
    """As it stands, else what changes nothing yet."""
    if override is not None:
        return OverrideForm(override.kind, override.until.isoformat())
    kind = OverrideKind.IN if is_on else OverrideKind.OUT
    return OverrideForm(kind, default_day(section).isoformat())


def _sections(student_key: int) -> list[Section]:
    """The reader's sections that the student is in today."""
    here = Enrollment.select(Enrollment.section).where(
        (Enrollment.account == student_key) & Enrollment.ended_at.is_null()
    )
    mine = Section.visible_to(current_account()).where(Section.id.in_(here))
    return list(mine.order_by(Section.name, Section.id))


def _is_shared(section: Section, sourced_id: str) -> bool:
    """Whether the Clever page tells the reader what is shared about this student (K5)."""
    connection = DistrictConnection.of(section.provider, section.district_sourced_id)
    if connection is None or connection.revoked_at is not None:
        return False
    scope = scopes.taught_by(connection, current_linked_account().sourced_id)
    return tabs.find(scope, Kind.STUDENTS, sourced_id) is not None
