"""What belongs to an account, moved to another and back in a fixed number of statements (AC5).

Every row that goes is written down in `merge_moves` first. On the way back the same rows go, and
what hangs on an identity follows the identity, whatever has happened to it since.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.database import execute, is_postgresql, rows
from portal.models.accounts import Account
from portal.models.merging.merges import Merge

JOURNALED = (
    "mine.id IN (SELECT row_id FROM merge_moves WHERE merge_id = m.id AND place = '{table}')"
    " AND {born} <= m.made_at"
)
# Whether the person a provider's list speaks of is `{account}`; `s` is the section of the list.
IDENTITY = """
    EXISTS (
      SELECT 1 FROM linked_accounts l JOIN sections s ON s.id = {section}
      WHERE l.account_id = {account} AND l.sourced_id = mine.sourced_id
        AND l.provider = s.provider AND l.issuer = s.issuer)
"""
SECTION_OF_RUN = "(SELECT r.section_id FROM sync_runs r WHERE r.id = mine.run_id)"


@dataclass(frozen=True, slots=True)
class Place:
    """A table whose rows belong to the account in `owner`.

    `taken` are rows that stay where they are, since `{account}` has one of that kind already.
    `section` is given where rows hang on a provider's identity: the section of the list.
    `born` is when a row was made, where rows are deleted: SQLite gives their ids to new ones.
    """

    table: str
    owner: str = "account_id"
    taken: str = "false"
    section: str = ""
    born: str = "0"


TAKEN_COMPLETION = """
    EXISTS (
      SELECT 1 FROM lesson_completions o WHERE o.account_id = {account}
        AND o.course_slug = mine.course_slug AND o.lesson_slug = mine.lesson_slug)
"""
TAKEN_ENROLLMENT = """
    EXISTS (
      SELECT 1 FROM enrollments o
      WHERE o.account_id = {account} AND o.section_id = mine.section_id)
"""
# A form's key that both have used: the row is found by it, so both stay where they are.
TAKEN_CLICK = """
    EXISTS (
      SELECT 1 FROM {table} o
      WHERE o.{owner} = {account} AND o.idempotency_key = mine.idempotency_key)
"""
TAKEN_CLAIM = """
    mine.state = 'waiting' AND EXISTS (
      SELECT 1 FROM claims o WHERE o.account_id = {account} AND o.state = 'waiting')
"""
TAKEN_HIDDEN = """
    EXISTS (
      SELECT 1 FROM hidden_classes o
      WHERE o.account_id = {account} AND o.class_sourced_id = mine.class_sourced_id)
"""
TAKEN_OVERRIDE = """
    mine.ended_at IS NULL AND EXISTS (
      SELECT 1 FROM roster_overrides o
      WHERE o.account_id = {account} AND o.section_id = mine.section_id AND o.ended_at IS NULL)
"""
TAKEN_ADMIN = """
    EXISTS (
      SELECT 1 FROM subscription_admins o
      WHERE o.account_id = {account} AND o.connection_id = mine.connection_id)
"""
# The ways in come first: what hangs on an identity asks whose it is.
PLACES = (
    Place("linked_accounts", born="mine.linked_at"),
    Place("password_sign_ins", born="mine.linked_at"),
    Place("account_notices"),
    Place("claims", taken=TAKEN_CLAIM),
    Place("lesson_completions", taken=TAKEN_COMPLETION, born="mine.completed_at"),
    Place("enrollments", taken=TAKEN_ENROLLMENT, section="mine.section_id"),
    Place("sync_changes", section=SECTION_OF_RUN),
    Place("roster_overrides", taken=TAKEN_OVERRIDE, section="mine.section_id"),
    Place("section_teachers", section="mine.section_id"),
    Place("sections", owner="created_by_id", taken=TAKEN_CLICK),
    Place("sync_runs", owner="started_by_id", taken=TAKEN_CLICK),
    Place("hidden_classes", taken=TAKEN_HIDDEN, born="mine.hidden_at"),
    Place("subscription_admins", taken=TAKEN_ADMIN, born="mine.named_at"),
    Place("roster_updates", taken=TAKEN_CLICK),
    Place("merges", owner="made_by_id"),  # What they vouched for stays theirs to undo.
)


def lock(*accounts: int) -> None:
    """Hold these accounts and their sections until the transaction ends. Call inside one.

    In the order of a sync, sections before accounts: what is being saved is saved first, and
    what was planned before is outdated after (`roster_changed`). SQLite has one writer anyway.
    """
    if is_postgresql():
        item, parameter = rows((account,) for account in accounts)
        execute(_LOCK_SECTIONS.format(rows=item), (parameter,) * 2)
        execute(_LOCK_ACCOUNTS.format(rows=item), (parameter,))


def hand_over(merge: Merge) -> None:
    """Everything of the absorbed account becomes the kept one's. Call inside a transaction."""
    execute(_NOTE_BOTH_PLACES, (merge.id,))
    for place in PLACES:
        execute(_written(_NOTE, place, "m.kept_id"), (merge.id,))
        execute(_written(_HAND_OVER, place, ""), (merge.id, merge.id))
    execute(_TAKE_OVER_ACTIVE, (merge.id,))
    execute(_TAKE_OVER_NAME, (merge.id,))
    execute(_REST, (merge.id, merge.id))


def give_back(merge: Merge) -> None:
    """Everything that went over goes back, but for what is no longer there. In a transaction."""
    for place in PLACES:
        execute(_written(_GIVE_BACK, place, "m.absorbed_id"), (merge.id,))
    execute(_GIVE_BACK_RUNS, (merge.id,))
    execute(_WAKE, (merge.id,))
    execute(_RESTORE, (merge.id,))


def rosters_changed(one: Account, other: Account) -> None:
    """Make every plan outdated that was made for a section of theirs. Inside a transaction."""
    execute(_ROSTERS_CHANGED, (one.id, other.id) * 2)


def _written(statement: str, place: Place, account: str) -> str:
    """The statement for this place; `account` is who may have one of the kind already."""
    section = place.section
    follows = {who: IDENTITY.format(section=section, account=f"m.{who}_id") for who in _BOTH}
    journaled = JOURNALED.format(table=place.table, born=place.born)
    goes = f"({journaled} AND NOT {follows['kept']} OR {follows['absorbed']})"
    return statement.format(
        table=place.table,
        owner=place.owner,
        taken=place.taken.format(account=account, table=place.table, owner=place.owner),
        goes=goes if section else journaled,
    )


_BOTH = ("kept", "absorbed")
TAKEN_RUN = TAKEN_CLICK.format(account="m.absorbed_id", table="sync_runs", owner="started_by_id")
_SECTIONS_OF = """
    SELECT section_id FROM enrollments WHERE account_id IN (?, ?)
    UNION
    SELECT section_id FROM section_teachers WHERE account_id IN (?, ?)
"""
_THESE = "(SELECT CAST(r.value->>0 AS INTEGER) FROM {rows})"
_LOCK_SECTIONS = f"""
    SELECT id FROM sections WHERE id IN (
      SELECT section_id FROM enrollments WHERE account_id IN {_THESE}
      UNION
      SELECT section_id FROM section_teachers WHERE account_id IN {_THESE})
    ORDER BY id FOR UPDATE
"""
_LOCK_ACCOUNTS = f"SELECT id FROM accounts WHERE id IN {_THESE} ORDER BY id FOR UPDATE"
_ROSTERS_CHANGED = f"""
    UPDATE sections SET roster_version = roster_version + 1 WHERE id IN ({_SECTIONS_OF})
"""
_NOTE = """
    INSERT INTO merge_moves (merge_id, place, row_id)
    SELECT m.id, '{table}', mine.id
    FROM merges m JOIN {table} mine ON mine.{owner} = m.absorbed_id
    WHERE m.id = ? AND NOT ({taken})
"""
_HAND_OVER = """
    UPDATE {table} SET {owner} = (SELECT kept_id FROM merges WHERE id = ?)
    WHERE id IN (SELECT row_id FROM merge_moves WHERE merge_id = ? AND place = '{table}')
"""
_GIVE_BACK = """
    UPDATE {table} SET {owner} = found.absorbed_id
    FROM (
      SELECT mine.id, m.absorbed_id
      FROM merges m JOIN {table} mine ON mine.{owner} = m.kept_id
      WHERE m.id = ? AND {goes} AND NOT ({taken})) AS found
    WHERE {table}.id = found.id
"""
# A sync goes with its section: who does not teach the class may not have started it (F44).
_GIVE_BACK_RUNS = f"""
    UPDATE sync_runs SET started_by_id = found.absorbed_id
    FROM (
      SELECT mine.id, m.absorbed_id
      FROM merges m JOIN sync_runs mine ON mine.started_by_id = m.kept_id
      WHERE m.id = ? AND mine.requested_at >= m.made_at
        AND EXISTS (
          SELECT 1 FROM section_teachers t
          WHERE t.section_id = mine.section_id AND t.account_id = m.absorbed_id)
        AND NOT EXISTS (
          SELECT 1 FROM section_teachers t
          WHERE t.section_id = mine.section_id AND t.account_id = m.kept_id)
        AND NOT {TAKEN_RUN}) AS found
    WHERE sync_runs.id = found.id
"""
_NOTE_BOTH_PLACES = """
    INSERT INTO merged_enrollments (
      merge_id, kept_id, kept_sourced_id, kept_display_name, kept_ended_at, kept_ended_by_id,
      absorbed_id, absorbed_ended_at, absorbed_ended_by_id)
    SELECT m.id, k.id, k.sourced_id, k.display_name, k.ended_at, k.ended_by_id,
      a.id, a.ended_at, a.ended_by_id
    FROM merges m
    JOIN enrollments k ON k.account_id = m.kept_id
    JOIN enrollments a ON a.account_id = m.absorbed_id AND a.section_id = k.section_id
    WHERE m.id = ?
"""
# The place that goes on is the one of the provider's list: with the id it is listed under.
_TAKE_OVER_ACTIVE = """
    UPDATE enrollments SET sourced_id = found.sourced_id, ended_at = NULL, ended_by_id = NULL
    FROM (
      SELECT both_in.kept_id, a.sourced_id
      FROM merged_enrollments both_in JOIN enrollments a ON a.id = both_in.absorbed_id
      WHERE both_in.merge_id = ? AND both_in.kept_ended_at IS NOT NULL
        AND both_in.absorbed_ended_at IS NULL) AS found
    WHERE enrollments.id = found.kept_id
"""
# What teachers call either of them is what they call this person (Y9).
_TAKE_OVER_NAME = """
    UPDATE enrollments SET display_name = found.display_name
    FROM (
      SELECT both_in.kept_id, a.display_name
      FROM merged_enrollments both_in JOIN enrollments a ON a.id = both_in.absorbed_id
      WHERE both_in.merge_id = ? AND both_in.kept_display_name = ''
        AND a.display_name <> '') AS found
    WHERE enrollments.id = found.kept_id
"""
_REST = """
    UPDATE enrollments
    SET ended_at = (SELECT made_at FROM merges WHERE id = ?), ended_by_id = NULL
    WHERE ended_at IS NULL
      AND id IN (SELECT absorbed_id FROM merged_enrollments WHERE merge_id = ?)
"""
# Both places of a section as they were. Nobody is brought back who left since (decision 4), and
# nobody is taken off whom the provider has listed since under an identity of theirs.
_PLACES_NOW = f"""
      SELECT both_in.*, mine.sourced_id, mine.ended_at AS now_ended_at,
        mine.ended_by_id AS now_ended_by_id, mine.display_name AS now_display_name,
        a.display_name AS absorbed_display_name,
        {IDENTITY.format(section="mine.section_id", account="m.absorbed_id")} AS is_absorbeds,
        mine.sourced_id = a.sourced_id AS has_absorbeds_id
      FROM merges m
      JOIN merged_enrollments both_in ON both_in.merge_id = m.id
      JOIN enrollments mine ON mine.id = both_in.kept_id
      JOIN enrollments a ON a.id = both_in.absorbed_id
      WHERE m.id = ?
"""
_WAKE = f"""
    UPDATE enrollments SET
      ended_at = CASE
        WHEN found.now_ended_at IS NULL AND found.is_absorbeds THEN NULL
        ELSE COALESCE(found.absorbed_ended_at, found.now_ended_at) END,
      ended_by_id = CASE
        WHEN found.now_ended_at IS NULL AND found.is_absorbeds THEN NULL
        WHEN found.absorbed_ended_at IS NULL THEN found.now_ended_by_id
        ELSE found.absorbed_ended_by_id END
    FROM ({_PLACES_NOW}) AS found
    WHERE enrollments.id = found.absorbed_id
"""
_RESTORE = f"""
    UPDATE enrollments SET
      sourced_id = CASE
        WHEN found.is_absorbeds OR found.has_absorbeds_id THEN found.kept_sourced_id
        ELSE found.sourced_id END,
      display_name = CASE
        WHEN found.now_display_name = found.absorbed_display_name THEN found.kept_display_name
        ELSE found.now_display_name END,
      ended_at = CASE
        WHEN found.now_ended_at IS NOT NULL
          THEN COALESCE(found.kept_ended_at, found.now_ended_at)
        WHEN found.is_absorbeds OR found.has_absorbeds_id THEN found.kept_ended_at
        ELSE NULL END,
      ended_by_id = CASE
        WHEN found.now_ended_at IS NOT NULL AND found.kept_ended_at IS NULL
          THEN found.now_ended_by_id
        WHEN found.now_ended_at IS NOT NULL OR found.is_absorbeds OR found.has_absorbeds_id
          THEN found.kept_ended_by_id
        ELSE NULL END
    FROM ({_PLACES_NOW}) AS found
    WHERE enrollments.id = found.kept_id
"""
