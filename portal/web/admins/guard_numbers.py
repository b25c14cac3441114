"""From when on people are asked first: the numbers of a district, and of a school (decision 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.database import write
from portal.models.audit import AuditEvent
from portal.models.districts import DistrictConnection
from portal.models.guard_numbers import DistrictNumbers, GuardNumbers
from portal.models.shared.school_names import school_names
from portal.roster.guard import (
    Numbers,
    asks_from,
    too_many_removals,
    too_many_renames,
    too_much_unshared,
)
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required
from portal.web.ground.reader_scope import ADMINS, admins_scope

bp = Blueprint("admin_guard_numbers", __name__)

MOST = {
    "few_removals": 50,
    "few_percent": 100,
    "many_removals": 50,
    "many_percent": 100,
    "renames": 50,
    "renames_percent": 100,
    "unshared_percent": 100,
}
A_CLASS, A_SCHOOL = 26, 300


@bp.get("/overview/numbers")
@role_required(*ADMINS)
def index() -> str:
    """Those of the district, which each of its admins may read."""
    return _page("")


@bp.post("/overview/numbers")
@role_required(Role.DISTRICT_ADMIN)
def update() -> ResponseReturnValue:
    return _answer("", url_for("admin_guard_numbers.index", done=1))


@bp.get("/overview/schools/<school_id>/numbers")
@role_required(*ADMINS)
def of_school(school_id: str) -> str:
    return _page(_find_school(school_id))


@bp.post("/overview/schools/<school_id>/numbers")
@role_required(Role.DISTRICT_ADMIN)
def update_school(school_id: str) -> ResponseReturnValue:
    here = url_for("admin_guard_numbers.of_school", school_id=school_id, done=1)
    return _answer(_find_school(school_id), here)


@dataclass(frozen=True, slots=True)
class _Form:
    """What stands in the fields, right or wrong; nothing else that is sent is looked at (A61)."""

    typed: Mapping[str, str]

    @classmethod
    def of(cls, numbers: Numbers) -> _Form:
        return cls({name: str(value) for name, value in asdict(numbers).items()})

    @classmethod
    def sent(cls) -> _Form:
        return cls({name: request.form.get(name, "").strip()[:8] for name in MOST})

    @property
    def problems(self) -> list[str]:
        """The fields that cannot stay as they are."""
        return [name for name, most in MOST.items() if not _is_within(self.typed[name], most)]

    @property
    def numbers(self) -> Numbers:
        return Numbers(**{name: int(value) for name, value in self.typed.items()})


def _is_within(typed: str, most: int) -> bool:
    return typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= most


@dataclass(frozen=True, slots=True)
class _Example:
    """What numbers mean for a class and a school of the usual size; None: never asked."""

    removals: int | None
    renames: int | None
    unshared: int | None

    @classmethod
    def of(cls, numbers: Numbers) -> _Example:
        return cls(
            asks_from(too_many_removals, A_CLASS, numbers),
            asks_from(too_many_renames, A_CLASS, numbers),
            asks_from(too_much_unshared, A_SCHOOL, numbers),
        )


def _answer(school_id: str, done: str) -> ResponseReturnValue:
    connection, form = _connection(), _Form.sent()
    if "usual" in request.form:
        write(partial(_use_usual, connection, school_id))
    elif form.problems:
        return _page(school_id, form), 422
    else:
        write(partial(_set, connection, school_id, form.numbers))
    return redirect(done, 303)


def _set(connection: DistrictConnection, school_id: str, numbers: Numbers) -> None:
    now, admin = clock.now(), current_account()
    made = GuardNumbers.set(connection, school_id, numbers, admin, now)
    AuditEvent.record(now, admin.public_id, "guard.numbers_set", made.public_id, **asdict(numbers))


def _use_usual(connection: DistrictConnection, school_id: str) -> None:
    own = DistrictNumbers.of(connection).own(school_id)
    if own is not None:
        own.delete_instance()
        AuditEvent.record(
            clock.now(), current_account().public_id, "guard.numbers_unset", own.public_id
        )


def _page(school_id: str, form: _Form | None = None) -> str:
    connection = _connection()
    found = DistrictNumbers.of(connection)
    own_schools = [school for school in found.rows if admins_scope().has_school(school)]
    return render_template(
        "admins/guard_numbers.html",
        school_id=school_id,
        names=school_names(connection, [school_id, *own_schools]),
        own=found.own(school_id),
        own_schools=own_schools,
        form=form or _Form.of(found.at(school_id)),
        problems=form.problems if form else [],
        most=MOST,
        example=_Example.of(found.at(school_id)),
        a_class=A_CLASS,
        a_school=A_SCHOOL,
        done="done" in request.args,
    )


def _connection() -> DistrictConnection:
    return admins_scope().connection() or abort(404)


def _find_school(school_id: str) -> str:
    """One of theirs; or 404, as for one that does not exist (A58)."""
    if not school_id or not admins_scope().has_school(school_id):
        abort(404)
    return school_id
