"""The ways in which a new section's students may sign in, and what stands in the way (N1, N10)."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from portal.models.accounts import Account, LinkedAccount
from portal.models.sections import Section
from portal.providers.clever import PROVIDER
from portal.roster.secrets import LoginType
from portal.web.ground.current import current_settings


@dataclass(frozen=True, slots=True)
class Tile:
    """One way; `problem` is why it cannot be used: `connect_clever`, `no_mail` or ""."""

    login_type: LoginType
    problem: str = ""

    @property
    def next_page(self) -> str:
        if self.login_type is LoginType.CLEVER:
            return url_for("classrooms.index")
        return url_for("own_sections.new", login_type=self.login_type)


@dataclass(frozen=True, slots=True)
class LoginTypes:
    """All of them for one teacher; `warns` of two ways for one class (N10)."""

    tiles: tuple[Tile, ...]
    has_clever: bool
    warns: bool

    @classmethod
    def of(cls, teacher: Account) -> LoginTypes:
        has_clever = LinkedAccount.of(teacher, PROVIDER).exists()
        return cls(
            tuple(Tile(each, _problem(each, has_clever)) for each in LoginType),
            has_clever,
            has_clever or Section.any_synced(teacher),
        )

    @property
    def first(self) -> LoginType:
        """What is chosen to begin with: the school's way, where it can be used."""
        return next(each.login_type for each in self.tiles if not each.problem)

    def tile(self, login_type: str) -> Tile | None:
        return next((each for each in self.tiles if each.login_type == login_type), None)


def _problem(login_type: LoginType, has_clever: bool) -> str:
    if login_type is LoginType.CLEVER and not has_clever:
        return "connect_clever"
    if login_type is LoginType.EMAIL and not current_settings().sends_mail:
        return "no_mail"
    return ""
