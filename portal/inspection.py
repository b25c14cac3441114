"""What the portal holds, by opaque ids and counts, for operators and tests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from peewee import fn

from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.base import tuples_of
from portal.models.districts import DistrictConnection
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.lessons import LessonCompletion
from portal.models.merging.claims import Claim
from portal.models.merging.merges import Merge, MergeMove
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.district_runs import DistrictRun
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun

RUN_COUNTS = (
    "added_count",
    "updated_count",
    "removed_count",
    "unchanged_count",
    "existing_count",
    "held_count",
    "kept_count",
    "skipped_count",
    "unshared_count",
)

DISTRICT_RUN_COUNTS = (
    "request_count",
    "added_count",
    "changed_count",
    "unshared_count",
    "returned_count",
    "skipped_count",
    "section_count",
)


def inspection(names: bool = False) -> dict[str, Any]:
    """Everything as plain values, ready for JSON; people's and sections' names only if asked."""
    return {
        "accounts": _accounts(names),
        "linked_accounts": _linked_accounts(),
        "merges": _merges(),
        "claims": _claims(),
        "sections": [_section(row, names) for row in Section.select().order_by(Section.id)],
        "sync_runs": [_run(row) for row in _runs()],
        "districts": [
            _district(row) for row in DistrictConnection.select().order_by(DistrictConnection.id)
        ],
        "district_runs": [_district_run(row) for row in _district_runs()],
        "holds": [_hold(row) for row in Hold.select(Hold, Section).join(Section)],
        "lesson_completions": _completions(),
        "audit": dict(
            tuples_of(
                AuditEvent.select(AuditEvent.action, fn.COUNT(AuditEvent.id)).group_by(
                    AuditEvent.action
                )
            )
        ),
    }


def _accounts(names: bool) -> list[dict[str, Any]]:
    """With how many passwords each has; whose address it is stays unsaid."""
    counted = PasswordSignIn.select(PasswordSignIn.account, fn.COUNT(PasswordSignIn.id))
    passwords = dict(tuples_of(counted.group_by(PasswordSignIn.account)))
    people = list(Account.select().order_by(Account.id))
    public_ids = {account.id: account.public_id for account in people}
    return [
        _account(account, names)
        | {
            "merged_into": public_ids.get(account.merged_into_id),
            "passwords": passwords.get(account.id, 0),
        }
        for account in people
    ]


def _account(account: Account, names: bool) -> dict[str, Any]:
    shown = {"id": account.public_id, "kind": account.kind, "disabled": bool(account.disabled_at)}
    if names:
        shown |= {"given_name": account.given_name, "family_name": account.family_name}
    return shown


def _linked_accounts() -> list[dict[str, Any]]:
    query = LinkedAccount.select(LinkedAccount, Account).join(Account).order_by(LinkedAccount.id)
    return [
        {
            "account": linked.account.public_id,
            "provider": linked.provider,
            "issuer": linked.issuer,
            "sourced_id": linked.sourced_id,
            "district": linked.district_sourced_id,
            "roles": linked.roles.split(),
        }
        for linked in query
    ]


def _merges() -> list[dict[str, Any]]:
    absorbed = Account.alias()
    query = (
        Merge.select(Merge, Account, absorbed)
        .join_from(Merge, Account, on=(Merge.kept == Account.id))
        .join_from(Merge, absorbed, on=(Merge.absorbed == absorbed.id))
        .order_by(Merge.id)
    )
    moved = MergeMove.counts()
    return [
        {
            "id": each.public_id,
            "kept": each.kept.public_id,
            "absorbed": each.absorbed.public_id,
            "ground": each.ground,
            "state": "undone" if each.undone_at else "standing",
            "made_at": _time(each.made_at),
            "moved": moved.get(each.id, {}),
        }
        for each in query
    ]


def _claims() -> list[dict[str, Any]]:
    query = (
        Claim.select(Claim, Account, Section)
        .join_from(Claim, Account, on=(Claim.account == Account.id))
        .join_from(Claim, Section)
        .order_by(Claim.id)
    )
    return [
        {
            "id": each.public_id,
            "account": each.account.public_id,
            "section": each.section.public_id,
            "state": each.state,
        }
        for each in query
    ]


def _section(section: Section, names: bool) -> dict[str, Any]:
    shown = {
        "id": section.public_id,
        "provider": section.provider,
        "login_type": section.login_type,
        "class": section.class_sourced_id,
        "archived": bool(section.archived_at),
        "class_gone": bool(section.class_gone_at),
        "checked_at": _time(section.checked_at),
        "teachers": _teachers(section),
        "enrollments": _enrollments(section),
    }
    return shown | ({"name": section.name} if names else {})


def _teachers(section: Section) -> list[dict[str, Any]]:
    query = SectionTeacher.select().where(SectionTeacher.section == section)
    return [
        {"sourced_id": each.sourced_id, "main": each.is_main, "ended": bool(each.ended_at)}
        for each in query.order_by(SectionTeacher.id)
    ]


def _enrollments(section: Section) -> list[dict[str, Any]]:
    query = (
        Enrollment.select(Enrollment, Account)
        .join(Account)
        .where(Enrollment.section == section)
        .order_by(Enrollment.id)
    )
    return [
        {
            "id": each.id,
            "account": each.account.public_id,
            "sourced_id": each.sourced_id,
            "state": "former" if each.ended_at else "active",
        }
        for each in query
    ]


def _runs() -> Any:
    return SyncRun.select(SyncRun, Section).join(Section).order_by(SyncRun.id)


def _run(run: SyncRun) -> dict[str, Any]:
    return {
        "id": run.public_id,
        "section": run.section.public_id,
        "state": run.state,
        "source": run.source,
        "reason": run.reason,
        "reference": run.reference,
        "attempt": run.attempt,
        "requested_at": _time(run.requested_at),
        "finished_at": _time(run.finished_at),
        "counts": {name.removesuffix("_count"): getattr(run, name) for name in RUN_COUNTS},
    }


def _district(connection: DistrictConnection) -> dict[str, Any]:
    """One without an id is Clever Library."""
    kinds = ("school", "teacher", "class", "student")
    return {
        "id": connection.district_sourced_id,
        "provider": connection.provider,
        "state": connection.state,
        "connected": connection.revoked_at is None,
        "records_at": _time(connection.records_at),
        "read_at": _time(connection.read_at),
        "resumes_on": connection.pause_ends_on and connection.pause_ends_on.isoformat(),
        "counts": {kind: getattr(connection, f"{kind}_count") for kind in kinds},
    }


def _district_runs() -> Any:
    return (
        DistrictRun.select(DistrictRun, DistrictConnection)
        .join(DistrictConnection)
        .order_by(DistrictRun.id)
    )


def _district_run(run: DistrictRun) -> dict[str, Any]:
    return {
        "id": run.public_id,
        "district": run.connection.district_sourced_id,
        "night": run.night.isoformat() if run.night else None,
        "state": run.state,
        "step": run.step,
        "source": run.source,
        "reason": run.reason,
        "reference": run.reference,
        "attempt": run.attempt,
        "requested_at": _time(run.requested_at),
        "finished_at": _time(run.finished_at),
        "counts": {name.removesuffix("_count"): getattr(run, name) for name in DISTRICT_RUN_COUNTS},
    }


def _hold(hold: Hold) -> dict[str, Any]:
    return {
        "id": hold.public_id,
        "section": hold.section.public_id,
        "kind": hold.kind,
        "state": hold.state,
        "students": hold.student_count,
        "expires_at": _time(hold.expires_at),
    }


def _completions() -> list[dict[str, Any]]:
    query = LessonCompletion.select(LessonCompletion, Account).join(Account)
    return [
        {"account": each.account.public_id, "course": each.course_slug, "lesson": each.lesson_slug}
        for each in query.order_by(LessonCompletion.id)
    ]


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
