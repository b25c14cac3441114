"""Help answers every question of both help pages, in words that everybody reads (HP2)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from portal import clock
from portal.models.districts import DistrictConnection
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.html import Page

ANCHORS = (
    "sections alike wrong-class class-names clever-or-google without-clever co-teachers join"
    " convert new-term preview undo history modes"
    " sync update nightly holds removed by-hand already two-accounts"
    " missing missing-class missing-teacher missing-school last-year"
    " link new-account admins students forgot wrong-name"
    " tabs hide shared plans library to-secure-sync dashboard"
)
SENTENCE, WORD, VOWELS = (
    re.compile(r"[^.?!]+[.?!]"),
    re.compile(r"[A-Za-z’']+"),
    re.compile(r"[aeiouy]+"),
)


def grade(text: str) -> float:
    """Flesch-Kincaid, with syllables counted as groups of vowels, a silent e aside."""
    words = WORD.findall(text)
    return (
        0.39 * len(words) / len(SENTENCE.findall(text))
        + 11.8 * sum(map(syllables, words)) / len(words)
        - 15.59
    )


def syllables(word: str) -> int:
    plain = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$", "", word.lower())
    return max(1, len(VOWELS.findall(plain)))


def answers(html: str) -> dict[str, str]:
    """What is said under each anchor."""
    parts = re.split(r'<section class="body stack-tight" id="([\w-]+)"', html)
    return {
        anchor: Page.of("<section" + text.partition("</section>")[0]).text
        for anchor, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_every_question_has_an_anchor_an_entry_and_an_answer(visitor: Visitor) -> None:
    page = visitor.page("/help")
    listed = [link.removeprefix("#") for link in page.links.values() if link.startswith("#")]

    assert set(ANCHORS.split()) == set(listed) - {"main"}
    assert page.ids >= set(ANCHORS.split())


def test_each_answer_reads_at_grade_six_at_most(visitor: Visitor) -> None:
    hard = {
        anchor: round(grade(text), 1)
        for anchor, text in answers(visitor.get("/help").text).items()
        if grade(text) > 6
    }

    assert hard == {}


def test_each_answer_leads_to_the_page_where_it_is_done(maria: Visitor) -> None:
    html = maria.get("/help").text
    without = [
        anchor
        for anchor in ANCHORS.split()
        if "<a href" not in html.partition(f'id="{anchor}"')[2].partition("</section>")[0]
    ]

    assert without == ["already", "students", "wrong-name"]  # of students, and of visitors


def test_every_way_on_of_a_teacher_is_a_page_of_hers(maria: Visitor) -> None:
    links = {link for link in maria.page("/help").links.values() if link.startswith("/")}

    assert {link for link in links if maria.get(link, follow_redirects=True).is_error} == set()


@pytest.mark.parametrize("who", ["Ruth Kim", "Pat Lowell"])
def test_admins_are_led_to_pages_of_theirs(visitor: Visitor, cast: Cast, who: str) -> None:
    visitor.sign_in((cast.staffs | cast.district_admins)[who])
    links = {link for link in visitor.page("/help").links.values() if link.startswith("/")}

    assert {link for link in links if visitor.get(link, follow_redirects=True).is_error} == set()
    assert "/missing?kind=teachers" in links


def connect(cast: Cast, **columns: object) -> None:
    DistrictConnection.keep("clever", cast.id, "", clock.now())
    DistrictConnection.update(**columns).where(
        DistrictConnection.district_sourced_id == cast.id
    ).execute()


def test_the_status_that_we_see_is_told_to_whom_clever_vouches_for(
    maria: Visitor, cast: Cast, new_visitor: Callable[[], Visitor]
) -> None:
    assert "your district is not connected." in maria.page("/help").text
    connect(cast, read_at=None)
    assert "We have not read all of it yet." in maria.page("/help").text
    connect(cast, read_at=clock.now(), records_at=clock.now())
    text = maria.page("/help").text
    assert "your district is connected. We last read it today at" in text
    assert "School records last reached Clever today at" in text
    connect(cast, revoked_at=clock.now())
    assert "your district has stopped sharing with Rosterly." in maria.page("/help").text
    assert "What we see now" not in new_visitor().page("/help").text
