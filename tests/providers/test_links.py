"""The token stays on Clever's origin, wherever a `next` link points (trust A67, M15)."""

from __future__ import annotations

import pytest

from portal.providers.base import FailureReason
from tests.healthy_district import ROSTER, Json, student_id
from tests.hostile_clever import Answer, HostileClever, changed
from tests.providers.reading import failure, roster

PAGE_2 = f"{ROSTER}?limit=10&starting_after={student_id(10)}"


def leading_to(uri: str) -> Answer:
    def edit(page: Json) -> None:
        page["links"] = [{"rel": "next", "uri": uri}]

    return changed(edit)


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("{elsewhere}{page}", id="M15-absolute"),
        pytest.param("//{elsewhere_host}{page}", id="A67-two-slashes"),
        pytest.param("///{elsewhere_host}{page}", id="A67-three-slashes"),
        pytest.param("http:/{elsewhere_host}{page}", id="A67-one-slash-after-the-scheme"),
        pytest.param("http://127.0.0.1:{elsewhere_port}{page}", id="A67-other-port"),
        pytest.param("http://{host}@{elsewhere_host}{page}", id="A67-our-host-as-user"),
        pytest.param("http://someone:secret@{host}{page}", id="A67-userinfo"),
        pytest.param("https://{host}{page}", id="A67-other-scheme"),
        pytest.param("ftp://{host}{page}", id="A67-ftp"),
        pytest.param("file:///etc/passwd", id="A67-file"),
        pytest.param("http://{host}.example.org{page}", id="A67-our-host-as-prefix"),
        pytest.param("\\\\{elsewhere_host}{page}", id="A67-backslashes"),
        pytest.param("http://[", id="A67-no-address"),
        pytest.param("/v3.0/\r\nX-Injected: yes", id="A67-line-break"),
    ],
)
def test_a_link_off_the_origin_is_refused_and_not_requested(
    clever: HostileClever,
    elsewhere: HostileClever,
    uri: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    host, other = clever.origin.removeprefix("http://"), elsewhere.origin.removeprefix("http://")
    hostile = uri.format(
        host=host,
        elsewhere=elsewhere.origin,
        elsewhere_host=other,
        elsewhere_port=other.split(":")[1],
        page=PAGE_2,
    )
    clever.always(ROSTER, leading_to(hostile))

    assert failure(clever).reason is FailureReason.REFUSED_ANSWER
    assert elsewhere.hits == []
    assert clever.paths().count(ROSTER) == 1
    assert [record.name for record in caplog.records] == ["portal.security"]


@pytest.mark.parametrize(
    "uri",
    [
        pytest.param("{page}", id="rooted"),
        pytest.param("{origin}{page}", id="absolute-on-our-origin"),
        pytest.param("?limit=10&starting_after={tenth}", id="query-only"),
    ],
)
def test_a_link_on_the_origin_is_followed(clever: HostileClever, uri: str) -> None:
    followed = uri.format(page=PAGE_2, origin=clever.origin, tenth=student_id(10))
    clever.always(ROSTER, leading_to(followed), page=1)

    assert len(roster(clever).students) == 26
