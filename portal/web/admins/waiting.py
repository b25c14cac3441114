"""The needs-attention list: what waits for this admin, each with the one thing to do (2.16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.models.admins import attention
from portal.models.admins.admin_scopes import AdminScope
from portal.web.ground.reader_scope import readers_duplicates


class Kind(StrEnum):
    """In the order of the list: what would take most from most people comes first."""

    SHARING = "sharing"
    HOLDS = "holds"
    RESTART = "restart"
    FAILING = "failing"
    DUPLICATES = "duplicates"


@dataclass(frozen=True, slots=True)
class Waiting:
    """`what` is a SharingHold, HeldLists, FailingSections, or a number: of lists that show
    first what would change, or of pairs that look alike."""

    kind: Kind
    what: Any

    @property
    def school_sourced_id(self) -> str:
        return getattr(self.what, "school_sourced_id", "")


def waiting_for(scope: AdminScope, now: datetime) -> list[Waiting]:
    """Everything, in about ten questions however large the district."""
    pairs, restarting = len(readers_duplicates()), attention.restarting(scope)
    return [
        *(Waiting(Kind.SHARING, each) for each in attention.sharing_holds(scope, now)),
        *(Waiting(Kind.HOLDS, each) for each in attention.held_lists(scope, now)),
        *([Waiting(Kind.RESTART, restarting)] if restarting else []),
        *(Waiting(Kind.FAILING, each) for each in attention.failing_sections(scope)),
        *([Waiting(Kind.DUPLICATES, pairs)] if pairs else []),
    ]
