"""The privacy page names what is kept, here and on the device (trust.md decision 5)."""

from __future__ import annotations

import pytest

from portal.models.entrance.sessions import ABSOLUTE_LIMIT, IDLE_LIMIT
from portal.web.ground.device import KEPT_FOR
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor


@pytest.fixture
def privacy(visitor: Visitor) -> str:
    return visitor.page("/privacy").text


def test_all_cookies_are_named_with_how_long_they_stay(
    maria: Visitor, privacy: str, cast: Cast
) -> None:
    jar = maria.client.cookies.jar
    cookies = {each.name: each.value for each in jar if each.name.startswith("rosterly")}

    assert set(cookies) == {"rosterly", "rosterly-district", "rosterly-device"}
    assert cookies["rosterly-district"] == cast.id
    assert "There are three cookies" in privacy
    assert privacy.count(f"{KEPT_FOR.days} days") == 2


def test_the_limits_of_a_session_are_those_it_has(privacy: str) -> None:
    assert (IDLE_LIMIT.seconds, ABSOLUTE_LIMIT.seconds) == (2 * 3600, 8 * 3600)
    assert "after two hours without use, and after eight hours at the latest" in privacy


@pytest.mark.parametrize(
    "kept",
    [
        "the older id",
        "School id number, student number and district username",
        "Grade",
        "Role",
        "District and schools",
        "who teaches and who is in them",
        "Email address, for people who sign in with one",
        "Picture passwords and secret words of younger students, sealed",
        "first names and initials",
        "Lessons done",
        "last sign-in",
        "names and grades before and after",
        "who answered them",
        "What was changed about how the person signs in",
        "how they signed in, the kind of browser and device",
        "we count tries to sign in, for a day at most",
        "random ids and counts in it, no names",
    ],
)
def test_everything_kept_of_a_person_is_named(privacy: str, kept: str) -> None:
    assert kept in privacy
