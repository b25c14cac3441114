"""Whatever happens to accounts, in whatever order, nobody splits and nobody is lost (G7)."""

from __future__ import annotations

import pytest

from tests.account_life import AccountLife
from tests.lives import live

LIVES = 10  # of fifty steps; `make soak` lives a hundred and more, each time others


@pytest.mark.usefixtures("database")
def test_five_hundred_steps_of_everybodys_accounts_keep_them_whole() -> None:
    live(AccountLife, LIVES, derandomize=True)
