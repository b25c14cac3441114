"""The plans, and what each allows: in this one place (K6). Their words are the operator's."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class Allowance(StrEnum):
    """What a plan may allow.

    `automatic_updates`: at night, and between nights where the district has Events (Y3).
    `another_section`: putting a student into another of one's sections as well (K5).
    `subscription_admins`: people who see all teachers of a subscription of several schools (K3).
    """

    SYNC_ON_DEMAND = "sync_on_demand"
    AUTOMATIC_UPDATES = "automatic_updates"
    ANOTHER_SECTION = "another_section"
    SUBSCRIPTION_ADMINS = "subscription_admins"


class PlanSlug(StrEnum):
    """From the least to the most: where somebody has several, the last of them counts."""

    FREE = "free"
    PREMIUM = "premium"
    PREMIUM_PLUS = "premium-plus"
    ALL_ACCESS = "all-access"


# Every plan syncs on demand (Y3). All Access is Premium+ for all schools of a district at once.
_OF_A_SCHOOL = frozenset(Allowance)
ALLOWED: Mapping[PlanSlug, frozenset[Allowance]] = {
    PlanSlug.FREE: frozenset({Allowance.SYNC_ON_DEMAND}),
    PlanSlug.PREMIUM: frozenset({Allowance.SYNC_ON_DEMAND, Allowance.ANOTHER_SECTION}),
    PlanSlug.PREMIUM_PLUS: _OF_A_SCHOOL,
    PlanSlug.ALL_ACCESS: _OF_A_SCHOOL,
}

Table = Mapping[str, Any]


class PlansError(Exception):
    """The file cannot be used; the message names it and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan in the operator's words; `upgrade` is what to say about the next one, or ""."""

    slug: PlanSlug
    name: str
    upgrade: str = ""

    def allows(self, allowance: Allowance) -> bool:
        return allowance in ALLOWED[self.slug]


@dataclass(frozen=True, slots=True)
class Plans:
    """All of them; `default` is a connected district's that was given none."""

    by_slug: Mapping[PlanSlug, Plan]
    default: Plan
    quote_url: str

    def __getitem__(self, slug: str) -> Plan:
        return self.by_slug[PlanSlug(slug)]


def load_plans(path: Path) -> Plans:
    """Return the plans of a TOML file; raises PlansError."""
    try:
        return _plans(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, PlansError) as error:
        raise PlansError(f"{path}: {error}") from error


def _plans(found: Table) -> Plans:
    _refuse_unknown(found, {"default", "quote_url", "plan"}, "the file")
    entries = found.get("plan", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise PlansError("plan must be written in tables of its own, in double brackets")
    plans = [_plan(entry) for entry in entries]
    by_slug = {plan.slug: plan for plan in plans}
    if len(by_slug) != len(plans) or by_slug.keys() != set(PlanSlug):
        raise PlansError(f"each of these plans must stand here once: {', '.join(PlanSlug)}")
    default = by_slug[_slug(found.get("default"), "default")]
    return Plans(by_slug, default, _address(found.get("quote_url", "")))


def _plan(entry: Table) -> Plan:
    slug = _slug(entry.get("slug"), "a plan")
    _refuse_unknown(entry, {"slug", "name", "upgrade"}, f"plan {slug}")
    name, upgrade = entry.get("name"), entry.get("upgrade", "")
    if not isinstance(name, str) or not name.strip():
        raise PlansError(f"plan {slug} has no name")
    if not isinstance(upgrade, str):
        raise PlansError(f"the upgrade of plan {slug} must be a sentence")
    return Plan(slug, name.strip(), upgrade.strip())


def _slug(value: object, whose: str) -> PlanSlug:
    if value not in set(PlanSlug):
        raise PlansError(f"{whose} is {value!r}; it must be one of {', '.join(PlanSlug)}")
    return PlanSlug(str(value))


def _address(value: object) -> str:
    """Links of ours go to web pages and nowhere else."""
    if value == "":
        return ""
    if not isinstance(value, str) or urlsplit(value).scheme not in ("https", "mailto"):
        raise PlansError("quote_url must start with https:// or mailto:")
    return value


def _refuse_unknown(found: Table, known: set[str], whose: str) -> None:
    unknown = sorted(found.keys() - known)
    if unknown:
        raise PlansError(f"{unknown[0]} is not known in {whose}")
