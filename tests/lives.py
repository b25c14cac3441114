"""How the property tests run: so many lives of fifty random steps."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

STEPS_A_LIFE = 50


def live(
    life: type[RuleBasedStateMachine], lives: int, derandomize: bool, steps: int = STEPS_A_LIFE
) -> None:
    """The same lives each time when `derandomize`, new ones otherwise."""
    run_state_machine_as_test(
        life,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
