"""My Dashboard: a teacher's sections as cards."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Blueprint, render_template

from portal import clock
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required
from portal.web.sections.class_offers import known_offer
from portal.web.sections.login_types import LoginTypes
from portal.web.sections.panels import poll_seconds
from portal.web.sections.student_questions import StudentQuestions
from portal.web.sections.term_ends import ended_sections
from portal.web.sections.update_panels import panel_for

bp = Blueprint("dashboard", __name__)


@dataclass(frozen=True, slots=True)
class Card:
    section: Section
    student_count: int
    run: SyncRun | None
    hold: Hold | None
    questions: StudentQuestions

    @property
    def idempotency_key(self) -> str:
        return secrets.token_urlsafe(12)

    @property
    def poll_seconds(self) -> int:
        return poll_seconds(self.run, clock.now()) if self.run else 1

    @property
    def needs_the_teacher(self) -> bool:
        failed = self.run is not None and self.run.state == RunState.FAILED
        return failed or self.hold is not None or self.change_count > 0

    @property
    def change_count(self) -> int:
        """How many changes of the provider's are shown and not saved yet (Y5)."""
        if self.run is None or self.run.state != RunState.PREVIEWED:
            return 0
        run = self.run
        return run.added_count + run.updated_count + run.removed_count + run.held_count


@bp.get("/dashboard")
@role_required(Role.TEACHER)
def show() -> str:
    sections = list(Section.visible_to(current_account()).order_by(Section.name, Section.id))
    cards = sorted(cards_of(sections), key=lambda card: not card.needs_the_teacher)
    needs_you = sum(card.needs_the_teacher for card in cards)

    login_types = LoginTypes.of(current_account())
    return render_template(
        "dashboard/show.html",
        cards=cards,
        needs_you=needs_you,
        login_types=login_types,
        offer=known_offer() if login_types.has_clever and not cards else None,
        panel=panel_for(current_account(), "dashboard") if _any_synced(sections) else None,
        ended_count=_ended_count(),
        archived_count=Section.archived_of(current_account()).count(),
    )


def _ended_count() -> int:
    """How many classes are over, while there is one that nobody was asked about (N9)."""
    ended = ended_sections()
    return len(ended) if SectionTeacher.any_to_ask(current_account(), ended) else 0


def _any_synced(sections: list[Section]) -> bool:
    return any(section.synced for section in sections)


def cards_of(sections: list[Section]) -> list[Card]:
    """The cards of these sections, in six queries however many there are."""
    counts, runs = Enrollment.counts(sections), SyncRun.latest_of(sections)
    holds = Hold.questions_of(sections, clock.now())
    settled = [each for each in sections if each.id not in runs or runs[each.id].finished]
    questions = StudentQuestions.of(current_account(), settled)
    return [
        Card(
            each,
            counts.get(each.id, 0),
            runs.get(each.id),
            _unsettled(runs.get(each.id), holds.get(each.id)),
            questions.get(each.id, StudentQuestions()),
        )
        for each in sections
    ]


def _unsettled(run: SyncRun | None, hold: Hold | None) -> Hold | None:
    """What waits for the teacher; an undo has just been her answer, until the next sync (Y8)."""
    just_undone = run and hold and run.source == RunSource.UNDO and hold.run_id == run.id
    return None if just_undone else hold
