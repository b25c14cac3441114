"""The class that a section is to follow, as its preview shows it: facts, never sentences (N7)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.models.merging.class_matches import ClassMatch
from portal.models.sections import Section
from portal.models.syncs.class_changes import ClassChange, wish_of
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.questions import RedFlag
from portal.roster.records import TermRecord
from portal.web.ground.access import current_account

OWN_WORDS = (RedFlag.ALREADY_SECTION, RedFlag.OTHER_SCHOOL)


@dataclass(frozen=True, slots=True)
class ChosenClass:
    """`staying`, `leaving` and `joining` count students; `matched` those of proposed pairs.

    `asks`: nobody has said yet who of today's students is who in the class. `beside` is another
    section of this class, `is_mine` when the person may open it.
    """

    name: str
    period: str
    term: TermRecord
    converts: bool
    asks: bool
    before: int
    leaving: int
    joining: int
    matched: int
    other_term: bool
    other_school: bool
    flags: tuple[str, ...]
    beside: Section | None
    is_mine: bool

    @classmethod
    def of(cls, run: SyncRun) -> ChosenClass | None:
        if not run.class_sourced_id:
            return None
        section, wished = run.section, wish_of(run)
        columns = wished.columns
        beside = _beside(section, wished)
        return cls(
            name=columns["class_name"],
            period=columns["period"],
            term=TermRecord(
                "", columns["term_name"], columns["term_starts_on"], columns["term_ends_on"]
            ),
            converts=not section.synced,
            asks=not section.synced and not wished.matched and run.removed_count > 0,
            before=run.count_before or 0,
            leaving=run.removed_count,
            joining=run.added_count,
            matched=len(ClassMatch.of(run)) if not section.synced else 0,
            other_term=section.synced and _differs(section, columns, "term_name", "term_ends_on"),
            other_school=section.synced and _differs(section, columns, "school_sourced_id"),
            flags=tuple(each for each in wished.flag_list if each not in OWN_WORDS),
            beside=beside,
            is_mine=beside is not None and _is_mine(beside),
        )

    @property
    def staying(self) -> int:
        return self.before - self.leaving

    @property
    def few_in_common(self) -> bool:
        """Whether most of today's list would leave: another class, or the wrong one."""
        return self.staying * 2 < self.before


def asks(run: SyncRun) -> bool:
    """Whether a person has to say who is who before this preview can be saved."""
    chosen = ChosenClass.of(run)
    return chosen is not None and chosen.asks


def _differs(section: Section, columns: dict[str, object], *names: str) -> bool:
    """Whether both are known, and not the same."""
    pairs = [(getattr(section, name), columns[name]) for name in names]
    return any(one and other and one != other for one, other in pairs)


def _beside(section: Section, wished: ClassChange) -> Section | None:
    columns = wished.columns
    others = Section.of_classes(
        columns["provider"], columns["issuer"], [columns["class_sourced_id"]]
    )
    found: Section | None = next((each for each in others if each.id != section.id), None)
    return found


def _is_mine(section: Section) -> bool:
    return Section.find(current_account(), section.public_id) is not None
