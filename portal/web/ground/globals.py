"""What every template may use: addresses of files, times as people say them, names."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from flask import Flask, url_for
from flask_babel import Babel, format_date, format_time, gettext

from portal import clock
from portal.roster.names import display_name, short_name
from portal.settings import Settings
from portal.web.ground.current import current_settings


class Named(Protocol):
    given_name: str
    family_name: str


def init_app(app: Flask, settings: Settings) -> None:
    """English for now; times in the schools' own zone."""
    Babel(app, default_locale="en", default_timezone=str(settings.timezone))
    app.jinja_env.globals.update(
        static_url=static_url,
        sandbox_url=settings.sandbox_url,
        shows_mail=settings.mail_folder is not None,
        page_help_url=None,
    )
    app.jinja_env.filters.update(
        moment=moment,
        moment_after=moment_after,
        day=day,
        month=month,
        person=person,
        short_person=short_person,
    )
    app.jinja_env.tests["ahead"] = ahead


def static_url(name: str) -> str:
    """A file's address, new with every new content, so that browsers may keep it for a year."""
    return url_for("static", filename=name, v=_fingerprint(name))


def moment(at: datetime) -> str:
    """ "today at 7:02 am", "yesterday at 3:12 am", "Nov 3 at 8:11 am" (experience.md 2.0)."""
    local = _local(at)
    time = format_time(local, "h:mm a", rebase=False).lower()
    today = _today()
    if local.date() == today:
        return str(gettext("today at %(time)s", time=time))
    if local.date() == today - timedelta(days=1):
        return str(gettext("yesterday at %(time)s", time=time))
    return str(gettext("%(day)s at %(time)s", day=day(local.date()), time=time))


def moment_after(at: datetime) -> str:
    """The first full minute that is not before it: who comes then is not too early."""
    return moment(at + timedelta(minutes=1, microseconds=-1))


def day(on: date) -> str:
    """ "Aug 17", with the year when it is not this one; of a moment, the day at the schools."""
    on = _local_day(on)
    pattern = "MMM d" if on.year == _today().year else "MMM d, y"
    return str(format_date(on, pattern, rebase=False))


def month(at: datetime) -> int:
    """The month at the schools, 1 to 12."""
    return _local(at).month


def ahead(on: date | None) -> bool:
    """Whether a moment, or a day, is still to come; nothing is promised for what has passed."""
    if isinstance(on, datetime):
        return on > clock.now()
    return on is not None and on > _today()


def person(someone: Named) -> str:
    return display_name(someone.given_name, someone.family_name)


def short_person(someone: Named) -> str:
    return short_name(someone.given_name, someone.family_name)


def _local(at: datetime) -> datetime:
    return at.astimezone(current_settings().timezone)


def _local_day(on: date) -> date:
    """A date is a day already; every moment is a date to Python too, in its own zone."""
    return _local(on).date() if isinstance(on, datetime) else on


def _today() -> date:
    return _local(clock.now()).date()


@cache
def _fingerprint(name: str) -> str:
    """Read once a process: a deploy starts new ones."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


STATIC = Path(__file__).parents[3] / "static"
