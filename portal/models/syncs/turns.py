"""Whose sync is next: districts take turns, so that no large one makes the others wait (F58).

A district's first waiting run stands with the first ones of the others, its second with their
seconds, and each run of it at work already counts as one more before it. Among equals it is the
turn of the district whose last turn is longest ago.
"""

from __future__ import annotations

from datetime import datetime

from portal.database import clock_sql, execute
from portal.models.base import to_microseconds

WAITING = """
    SELECT runs.id, sections.provider, sections.district_sourced_id AS district,
        ROW_NUMBER() OVER (
            PARTITION BY sections.provider, sections.district_sourced_id ORDER BY runs.id
        ) AS place
    FROM sync_runs AS runs JOIN sections ON sections.id = runs.section_id
    WHERE runs.finished_at IS NULL
        AND (runs.state = 'queued' OR (runs.state = 'running' AND runs.lease_until < {clock}))
        AND (runs.not_before IS NULL OR runs.not_before <= ?)
"""
AT_WORK = """
    SELECT sections.provider, sections.district_sourced_id AS district, COUNT(*) AS count
    FROM sync_runs AS runs JOIN sections ON sections.id = runs.section_id
    WHERE runs.finished_at IS NULL AND runs.state = 'running' AND runs.lease_until >= {clock}
    GROUP BY sections.provider, sections.district_sourced_id
"""
IN_TURN = """
    SELECT waiting.id, ROW_NUMBER() OVER (ORDER BY
        waiting.place + COALESCE(at_work.count, 0),
        COALESCE(connections.turn_at, 0),
        waiting.id
    ) AS turn
    FROM ({waiting}) AS waiting
    LEFT JOIN ({at_work}) AS at_work
        ON at_work.provider = waiting.provider AND at_work.district = waiting.district
    LEFT JOIN district_connections AS connections
        ON connections.provider = waiting.provider
        AND connections.district_sourced_id = waiting.district
"""


def first(now: datetime) -> int | None:
    """The key of the run that is next, or None when nobody waits."""
    found = execute(f"SELECT id FROM ({_in_turn()}) AS queue WHERE turn = 1", _at(now)).fetchone()
    return found[0] if found else None


def ahead_of(key: int, now: datetime) -> int:
    """How many waiting runs will start before this one; one that is put off does not count."""
    asked = f"SELECT turn FROM ({_in_turn()}) AS queue WHERE id = ?"
    found = execute(asked, (*_at(now), key)).fetchone()
    return found[0] - 1 if found else 0


def take(section_key: int) -> None:
    """The section's district has had its turn."""
    execute(
        f"UPDATE district_connections SET turn_at = {clock_sql()} WHERE EXISTS (SELECT 1"
        " FROM sections WHERE sections.id = ? AND sections.provider = district_connections.provider"
        " AND sections.district_sourced_id = district_connections.district_sourced_id)",
        (section_key,),
    )


def _in_turn() -> str:
    waiting, at_work = (part.format(clock=clock_sql()) for part in (WAITING, AT_WORK))
    return IN_TURN.format(waiting=waiting, at_work=at_work)


def _at(now: datetime) -> tuple[int]:
    return (to_microseconds(now),)
