"""What everything else is built on stays as it was laid."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.servers import ROOT

HTMX_4_0_1 = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = {
    "portal": PROJECT["dependencies"],
    "demo": PROJECT["optional-dependencies"]["demo"],
    "dev": PROJECT["optional-dependencies"]["dev"],
}


def locked(name: str) -> dict[str, str]:
    """Package to version, as `locks/<name>.txt` says."""
    return dict(
        re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / "locks" / f"{name}.txt").read_text(), re.M)
    )


def test_nobody_has_touched_the_vendored_htmx() -> None:
    """A page is only as safe as this file (trust.md H2)."""
    script = (ROOT / "static/vendor/htmx.min.js").read_bytes()

    assert hashlib.sha256(script).hexdigest() == HTMX_4_0_1


def test_modules_import_only_what_lies_below_them() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run(
        [sys.executable, lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_installed_is_what_the_project_asks_for(name: str) -> None:
    for requirement in map(Requirement, LOCKS[name]):
        assert locked(name)[requirement.name] in requirement.specifier


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_is_known_by_its_bytes(name: str) -> None:
    text = (ROOT / "locks" / f"{name}.txt").read_text()
    packages = text.split("\n\n")[-1].replace("\\\n", " ").splitlines()[1:]

    assert packages
    assert all("--hash=sha256:" in package for package in packages)


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_the_place_packages_come_from(name: str) -> None:
    assert "://" not in (ROOT / "locks" / f"{name}.txt").read_text()


def test_the_worker_and_the_scheduler_start_without_flask() -> None:
    """They have no page to show, and a second to start in (house-style.md, trap 5)."""
    program = "import jobs.worker, jobs.scheduler, sys; sys.exit('flask' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0


def test_every_script_of_the_setup_is_sound_shell() -> None:
    for script in (ROOT / ".ci").iterdir():
        if "bash" in script.read_text().splitlines()[0]:
            assert subprocess.run(["bash", "-n", script]).returncode == 0
