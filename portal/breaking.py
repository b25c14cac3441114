"""The use case: a provider that is down is asked by one worker at a time, and little (F29).

Each read of a provider that does not answer keeps a worker for up to three minutes. Once several
in a row have ended so, one worker asks for a single record before it reads; meanwhile the others
come back a little later without asking. No time must pass before somebody may try again: a
teacher who presses the button is the one who asks, unless another asks just then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from portal import clock
from portal.database import write
from portal.models.breakers import Breaker
from portal.providers.base import FailureReason, ProviderError

# Most questions are over sooner than the longest; coming back costs one look into the database.
COME_BACK_AFTER = timedelta(seconds=15)

logger = logging.getLogger(__name__)


@contextmanager
def breaker_of(provider: str, question: Callable[[], object]) -> Iterator[None]:
    """Around one whole read; while the provider is down, the question comes first."""
    breaker = Breaker.of(provider)
    troubled = breaker is not None and breaker.unanswered > 0
    try:
        if breaker is not None and breaker.is_open:
            _ask_alone(breaker, question)
        yield
    except ProviderError as error:
        _learn_from(error, provider, troubled)
        raise
    if troubled:
        write(lambda: Breaker.close(provider))


def _ask_alone(breaker: Breaker, question: Callable[[], object]) -> None:
    """A good answer opens it by half only: one record is not the whole read that must follow."""
    until = write(breaker.take_turn)
    if until is None:
        retry_at = clock.now() + COME_BACK_AFTER
        raise ProviderError(FailureReason.DOWN, "another worker asks", retry_at)
    try:
        question()
    finally:
        write(lambda: breaker.end_turn(until))
    write(lambda: Breaker.half_open(breaker.provider))


def _learn_from(error: ProviderError, provider: str, troubled: bool) -> None:
    """A refusal is an answer too, though not a whole read; what was not asked tells nothing."""
    if error.reason is FailureReason.NOT_ANSWERING:
        write(lambda: Breaker.count(provider))
        logger.warning("Provider not answering", extra={"provider": provider})
    elif troubled and error.reason is not FailureReason.DOWN:
        write(lambda: Breaker.half_open(provider))
