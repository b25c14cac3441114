"""Accounts as days of use would leave them, written straight into the tables."""

from __future__ import annotations

from portal.passwords import hash_password
from tests.browser.mailing import PASSWORD
from tests.portal_stack import RunningPortal

PASSWORD_ROW = """
    INSERT INTO password_sign_ins (account_id, email, email_key, password_hash, linked_at, set_at)
    SELECT id, ?, ?, ?, created_at, created_at FROM accounts WHERE given_name = ?
"""
IDENTITY_ROW = """
    INSERT INTO linked_accounts (
        account_id, sourced_id, district_sourced_id, roles, linked_at, provider, issuer, legacy_id,
        school_sourced_ids, sis_id, student_number, district_username
    )
    SELECT id, ?, ?, 'teacher', created_at, 'clever', 'another', '', '', '', '', ''
    FROM accounts WHERE given_name = ?
"""
PLACE_ROW = """
    INSERT INTO enrollments (section_id, account_id, sourced_id, started_at)
    SELECT sections.id, accounts.id, accounts.public_id, accounts.created_at
    FROM sections, accounts WHERE given_name = ?
"""
LESSON_ROW = """
    INSERT INTO lesson_completions (account_id, course_slug, lesson_slug, completed_at)
    SELECT id, 'first-steps-in-code', ?, created_at FROM accounts WHERE given_name = ?
"""


def give_password(portal: RunningPortal, address: str, given_name: str = "Maria") -> None:
    portal.execute(PASSWORD_ROW, address, address, hash_password(PASSWORD), given_name)


def give_identity(portal: RunningPortal, sourced_id: str, district: str, given_name: str) -> None:
    portal.execute(IDENTITY_ROW, sourced_id, district, given_name)


def enrol(portal: RunningPortal, given_name: str) -> None:
    """In every section there is."""
    portal.execute(PLACE_ROW, given_name)


def finish_lesson(portal: RunningPortal, lesson: str, given_name: str) -> None:
    portal.execute(LESSON_ROW, lesson, given_name)


def make_student(portal: RunningPortal, given_name: str) -> None:
    """Of somebody who has signed up as a teacher, signed in or not."""
    portal.execute("UPDATE accounts SET kind = 'student' WHERE given_name = ?", given_name)
    portal.execute(
        "UPDATE sessions SET role = 'student'"
        " WHERE account_id IN (SELECT id FROM accounts WHERE kind = 'student')"
    )
