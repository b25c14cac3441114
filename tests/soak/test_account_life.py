"""Everybody's accounts, a hundred lives and each time others (trust.md G7)."""

from __future__ import annotations

import pytest

from tests.account_life import AccountLife
from tests.lives import live

LIVES = 100  # of fifty steps


@pytest.mark.soak
@pytest.mark.usefixtures("database")
def test_five_thousand_steps_of_everybodys_accounts_keep_them_whole() -> None:
    live(AccountLife, LIVES, derandomize=False)
