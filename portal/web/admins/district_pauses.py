"""Days between which the lists of a district rest, set by its admin (Y14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from jobs import sync_district
from portal import clock, pausing
from portal.models.district_pauses import DistrictPause
from portal.models.districts import DistrictConnection
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.roster.records import Role
from portal.web.ground.access import current_account, role_required
from portal.web.ground.current import current_settings
from portal.web.ground.reader_scope import admins_scope

bp = Blueprint("district_pauses", __name__)

MOST_PAUSES = 5
FARTHEST = timedelta(days=730)
OVERLAP = {"starts_on": "overlap"}


@bp.route("/district/pauses", methods=["GET", "POST"])
@role_required(Role.DISTRICT_ADMIN)
def index() -> ResponseReturnValue:
    """The pauses that stand or will, and the form for another one."""
    connection, today = _connection(), _today()
    if request.method == "GET":
        return _index_page(connection)
    form = _Form.sent()
    problems = form.problems(today)
    if DistrictPause.to_come(connection, today).count() >= MOST_PAUSES:
        problems = {"starts_on": "many"}
    if not problems and not pausing.pause(connection, *form.days, current_account()):
        problems = OVERLAP
    if problems:
        return _index_page(connection, form, problems), 422
    return redirect(url_for("district_pauses.index", done="made"), 303)


@bp.route("/district/pauses/<pause_id>", methods=["GET", "POST"])
@role_required(Role.DISTRICT_ADMIN)
def edit(pause_id: str) -> ResponseReturnValue:
    """Other days for one that is to come; of one that stands, another last day."""
    pause, today = _find(pause_id), _today()
    if request.method == "GET":
        return _edit_page(pause, _Form.of(pause), {})
    form = _Form.sent() if pause.starts_on > today else _Form.sent(pause.starts_on)
    problems = form.problems(min(today, pause.starts_on))
    if not problems and form.days[1] < today:
        problems = {"ends_on": "past"}
    if not problems and not pausing.change(pause, *form.days, current_account()):
        problems = OVERLAP
    if problems:
        return _edit_page(pause, form, problems), 422
    return redirect(url_for("district_pauses.index", done="changed"), 303)


@bp.post("/district/pauses/<pause_id>/removal")
@role_required(Role.DISTRICT_ADMIN)
def destroy(pause_id: str) -> ResponseReturnValue:
    """What follows the end of one that stands follows at once: the district is read (Y14)."""
    pause, today, admin = _find(pause_id), _today(), current_account()
    stood = pause.starts_on <= today

    pausing.end(pause, admin, today)
    if not stood:
        return redirect(url_for("district_pauses.index", done="removed"), 303)
    run, is_new = DistrictRun.request(pause.connection, DistrictRunSource.ADMIN, clock.now(), admin)
    if is_new:
        sync_district.ring(run)
    return redirect(url_for("restarts.index"), 303)


@dataclass(frozen=True, slots=True)
class _Form:
    """The two days as they were typed; nothing else that is sent is looked at (A61)."""

    starts_on: str = ""
    ends_on: str = ""

    @classmethod
    def of(cls, pause: DistrictPause) -> _Form:
        return cls(pause.starts_on.isoformat(), pause.ends_on.isoformat())

    @classmethod
    def sent(cls, starts_on: date | None = None) -> _Form:
        """The first day of one that has begun is no longer to be chosen."""
        typed = starts_on.isoformat() if starts_on else request.form.get("starts_on", "")
        return cls(typed.strip()[:16], request.form.get("ends_on", "").strip()[:16])

    @property
    def days(self) -> tuple[date, date]:
        return date.fromisoformat(self.starts_on), date.fromisoformat(self.ends_on)

    def problems(self, earliest: date) -> dict[str, str]:
        """What is wrong, by the field it is wrong in."""
        missing = {name: "day" for name in ("starts_on", "ends_on") if not self._day(name)}
        if missing:
            return missing
        starts_on, ends_on = self.days
        if starts_on < earliest:
            return {"starts_on": "past"}
        if ends_on < starts_on:
            return {"ends_on": "order"}
        if ends_on > earliest + FARTHEST:
            return {"ends_on": "far"}
        return {}

    def _day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(getattr(self, name))
        except ValueError:
            return None


def _index_page(
    connection: DistrictConnection,
    form: _Form | None = None,
    problems: dict[str, str] | None = None,
) -> str:
    today = _today()
    return render_template(
        "admins/district_pauses.html",
        pauses=list(DistrictPause.to_come(connection, today)),
        today=today,
        form=form or _Form(),
        problems=problems or {},
        most=MOST_PAUSES,
        done=request.args.get("done", ""),
    )


def _edit_page(pause: DistrictPause, form: _Form, problems: dict[str, str]) -> str:
    return render_template(
        "admins/district_pause.html",
        pause=pause,
        stands=pause.starts_on <= _today(),
        form=form,
        problems=problems,
    )


def _connection() -> DistrictConnection:
    return admins_scope().connection() or abort(404)


def _find(pause_id: str) -> DistrictPause:
    """One of theirs that is not over; or 404."""
    theirs = DistrictPause.to_come(_connection(), _today())
    return theirs.where(DistrictPause.public_id == pause_id).get_or_none() or abort(404)


def _today() -> date:
    return clock.today(current_settings().timezone)
