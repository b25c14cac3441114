"""What would change now that a pause is over: plans that are shown and not saved yet (Y14)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect, fn

from portal.models.admins.admin_scopes import AdminScope
from portal.models.base import tuples_of
from portal.models.sections import FOLLOWING, Section
from portal.models.syncs.sync_runs import RunState, SyncRun


@dataclass(frozen=True, slots=True)
class Restart:
    """The newest plan of each section that shows one first, by school and name.

    `busy` are the keys of sections that somebody syncs now; `unchecked` counts those whose plan
    is still to be made. `digest` changes with any plan: an answer is to what was on the page.
    """

    previews: Sequence[SyncRun]
    busy: frozenset[int]
    unchecked: int

    @classmethod
    def of(cls, scope: AdminScope) -> Restart:
        first = scope.sections & Section.previews_next
        shown = list(_newest(first))
        running = SyncRun.select(SyncRun.section).join(Section)
        busy = tuples_of(running.where(first & SyncRun.finished_at.is_null()))
        follow = first & Section.mode.in_(FOLLOWING) & Section.class_gone_at.is_null()
        planned = [each.section_id for each in shown]
        unchecked = Section.select().where(follow & Section.id.not_in(planned)).count()
        return cls(shown, frozenset(key for (key,) in busy), unchecked)

    @classmethod
    def preview_of(cls, section: Section) -> SyncRun | None:
        """What this one shows, if it is to be shown first."""
        found: SyncRun | None = _newest(Section.previews_next & (Section.id == section.id)).first()
        return found

    @property
    def waiting(self) -> list[SyncRun]:
        """Those that can be saved: nobody is at them now."""
        return [each for each in self.previews if each.section_id not in self.busy]

    @property
    def digest(self) -> str:
        shown = "\n".join(each.public_id for each in self.waiting)
        return hashlib.sha256(shown.encode()).hexdigest()

    @property
    def counts(self) -> Counts:
        return Counts.of(self.previews)


@dataclass(frozen=True, slots=True)
class Counts:
    """What some of the plans would do together."""

    lists: int
    added: int
    removed: int
    renamed: int
    held: int

    @classmethod
    def of(cls, previews: Iterable[SyncRun]) -> Counts:
        shown = list(previews)
        return cls(
            lists=len(shown),
            added=sum(each.added_count for each in shown),
            removed=sum(each.removed_count for each in shown),
            renamed=sum(each.updated_count for each in shown),
            held=sum(each.held_count for each in shown),
        )


def _newest(sections: Any) -> ModelSelect[SyncRun]:
    """The newest shown plan of each of these sections; not one for another class (N7)."""
    shown = (SyncRun.state == RunState.PREVIEWED) & (SyncRun.class_sourced_id == "")
    newest = SyncRun.select(fn.MAX(SyncRun.id)).join(Section).where(sections & shown)
    return (
        SyncRun.select(SyncRun, Section)
        .join(Section)
        .where(SyncRun.id.in_(newest.group_by(SyncRun.section)))
        .order_by(Section.school_sourced_id, Section.name, Section.id)
    )
