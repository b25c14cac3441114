"""What the app of this request was made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from portal.courses import Course
from portal.plans import Plans
from portal.providers.clever_sign_in import CleverSignIn
from portal.rate_limiting import Counters
from portal.settings import Settings

KEY = "rosterly"


@dataclass(frozen=True)
class Ground:
    settings: Settings
    courses: dict[str, Course]
    plans: Plans
    clever: CleverSignIn
    counters: Counters

    def lay(self, app: Flask) -> None:
        app.extensions[KEY] = self


def current_settings() -> Settings:
    return _ground().settings


def current_courses() -> dict[str, Course]:
    return _ground().courses


def current_plans() -> Plans:
    return _ground().plans


def current_clever() -> CleverSignIn:
    return _ground().clever


def current_counters() -> Counters:
    return _ground().counters


def _ground() -> Ground:
    return cast(Ground, current_app.extensions[KEY])
