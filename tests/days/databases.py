"""Two databases of one kind, one for each of two portals."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

import pytest

from tests.servers import RunningPostgres

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def two_databases(
    request: pytest.FixtureRequest, kind: str, migrated_sqlite: Path, tmp_path: Path
) -> tuple[str, str]:
    """Migrated and empty."""
    names = [f"portal_{secrets.token_hex(4)}" for _ in range(2)]
    if kind == "postgresql":
        server: RunningPostgres = request.getfixturevalue("postgres")
        told, reading = (server.create(name, template="migrated") for name in names)
        return told, reading
    told, reading = (shutil.copy(migrated_sqlite, tmp_path / name) for name in names)
    return f"sqlite:///{told}", f"sqlite:///{reading}"
