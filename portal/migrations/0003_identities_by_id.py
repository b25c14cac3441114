"""Identities are found by the provider's id first: most rows share their provider and issuer.

With those two in front, SQLite read every identity of the provider to find a section's students.
"""

from __future__ import annotations

from peewee import Database


def up(_migrator: object, db: Database) -> None:
    db.execute_sql("DROP INDEX linked_accounts_one_per_identity")  # type: ignore[no-untyped-call]
    db.execute_sql(  # type: ignore[no-untyped-call]
        "CREATE UNIQUE INDEX linked_accounts_one_per_identity"
        " ON linked_accounts (sourced_id, provider, issuer)"
    )
