"""A person whom a provider lists under two ids is one student (AC5, AC8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portal.roster.records import StudentRecord
from portal.roster.snapshot import RosterSnapshot

Records = Mapping[str, StudentRecord]
OtherIds = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Doubles:
    """Which of the ids that look new are of people who are here, or come, under another id.

    `renumbered` maps ids of today's list that are no longer read to those that are read instead:
    those students neither left nor came. `left_out` are read ids beside one that counts.
    """

    renumbered: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()

    @classmethod
    def among(cls, enrolled: Records, incoming: RosterSnapshot, others: OtherIds) -> Doubles:
        """`others` are, for each id that looks new, the other ids of the same person."""
        renumbered: dict[str, str] = {}
        counting = set(enrolled.keys() & (incoming.students.keys() | incoming.unreadable))
        left_out = set()
        for new in (each for each in incoming.students if each in others):
            same = others[new]
            if same & counting:
                left_out.add(new)
                continue
            counting.add(new)
            renumbered |= dict.fromkeys(same & enrolled.keys(), new)
        return cls(renumbered, frozenset(left_out))

    def today(self, enrolled: Records, known: Records) -> Records:
        """Today's list by the ids that are read now, and each as `known` under that id."""
        return {
            self.renumbered.get(old, old): known.get(self.renumbered.get(old, old), record)
            for old, record in enrolled.items()
        }

    def read(self, incoming: RosterSnapshot) -> RosterSnapshot:
        """The read with everybody in it once."""
        once = {key: each for key, each in incoming.students.items() if key not in self.left_out}
        return replace(incoming, students=once)

    def newcomers(self, known: Records) -> Records:
        """Those of `known` who are not on today's list under another id."""
        here = self.left_out | {*self.renumbered.values()}
        return {key: record for key, record in known.items() if key not in here}
