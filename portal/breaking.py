"""The use case: a provider that is down is asked by one worker at a time, and quickly (F29).

Each read of a provider that does not answer keeps a worker for up to three minutes. Once several
in a row have ended so, one worker asks a short question; meanwhile the reads of all others end at
once. No time must pass before somebody may try again: a teacher who presses the button is the one
who asks, unless another asks just then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from portal import clock
from portal.database import write
from portal.models.breakers import Breaker
from portal.providers.base import FailureReason, ProviderError

logger = logging.getLogger(__name__)


@contextmanager
def breaker_of(provider: str, quick_question: Callable[[], object]) -> Iterator[None]:
    """Around one whole read; while the provider is down, the quick question comes first."""
    breaker = Breaker.of(provider)
    troubled = breaker is not None and breaker.unanswered > 0
    try:
        if breaker is not None and breaker.is_open:
            _ask_alone(breaker, quick_question)
        yield
    except ProviderError as error:
        _learn_from(error, provider, troubled)
        raise
    if troubled:
        write(lambda: Breaker.close(provider))


def _ask_alone(breaker: Breaker, quick_question: Callable[[], object]) -> None:
    if not write(lambda: breaker.take_turn(clock.now())):
        raise ProviderError(FailureReason.DOWN, "another worker asks")
    quick_question()
    write(lambda: Breaker.close(breaker.provider))


def _learn_from(error: ProviderError, provider: str, troubled: bool) -> None:
    """A refusal is an answer too; what was not asked tells nothing."""
    if error.reason is FailureReason.NOT_ANSWERING:
        write(lambda: Breaker.count(provider))
        logger.warning("Provider not answering", extra={"provider": provider})
    elif troubled and error.reason is not FailureReason.DOWN:
        write(lambda: Breaker.close(provider))
