"""When a provider wants to be asked again, in every form it may say so (trust F26, M43)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from portal.providers.rate_limits import asked_back_at

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
IN_30 = NOW + timedelta(seconds=30)
IN_AN_HOUR = NOW + timedelta(hours=1)
UNIX_IN_30 = str(int(IN_30.timestamp()))


@pytest.mark.parametrize(
    ("headers", "moment"),
    [
        pytest.param({}, None, id="neither"),
        pytest.param({"X-RateLimit-Reset": UNIX_IN_30}, IN_30, id="unix-time"),
        pytest.param({"X-RateLimit-Reset": f"0, {UNIX_IN_30}"}, IN_30, id="list"),
        pytest.param({"X-RateLimit-Reset": f"all, {UNIX_IN_30}"}, IN_30, id="list-with-words"),
        pytest.param({"X-RateLimit-Reset": "1"}, None, id="long-past"),
        pytest.param({"X-RateLimit-Reset": "none"}, None, id="reset-garbage"),
        pytest.param({"X-RateLimit-Reset": "9" * 400}, None, id="reset-huge"),
        pytest.param({"X-RateLimit-Reset": "4102444800"}, IN_AN_HOUR, id="reset-far"),
        pytest.param({"Retry-After": "30"}, IN_30, id="seconds"),
        pytest.param({"Retry-After": "Tue, 03 Nov 2026 12:00:30 GMT"}, IN_30, id="M43-http-date"),
        pytest.param({"Retry-After": "Tue, 03 Nov 2020 12:00:30 GMT"}, None, id="M43-past-date"),
        pytest.param({"Retry-After": "soon"}, None, id="M43-garbage"),
        pytest.param({"Retry-After": "-30"}, None, id="M43-negative"),
        pytest.param({"Retry-After": "1e9"}, IN_AN_HOUR, id="M43-huge"),
        pytest.param({"Retry-After": "inf"}, None, id="M43-infinite"),
        pytest.param({"Retry-After": "", "X-RateLimit-Reset": UNIX_IN_30}, IN_30, id="one-of-two"),
        pytest.param({"Retry-After": "5", "X-RateLimit-Reset": UNIX_IN_30}, IN_30, id="the-later"),
    ],
)
def test_the_latest_moment_asked_for_counts_and_never_more_than_an_hour(
    headers: dict[str, str], moment: datetime | None
) -> None:
    assert asked_back_at(httpx.Headers(headers), NOW) == moment
