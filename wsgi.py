"""The web portal for gunicorn and the flask command: `gunicorn wsgi:app`."""

from __future__ import annotations

import sys

from portal.app import create_app
from portal.courses import CoursesError
from portal.settings import Settings, SettingsError

try:
    app = create_app(Settings.from_env())
except (SettingsError, CoursesError) as error:
    print(error, file=sys.stderr)  # noqa: T201
    sys.exit(3)  # gunicorn's own status for "do not try again"
