"""What differs between names is marked, and marking loses nothing of a name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.roster.marks import differing_words, mark


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["Algebra I – Period 3", "Algebra 1 – Period 3"], ["I", "1"]),
        (["Science – Period 1", "Science – Period 2", "Science – Period 2"], ["1", "2", "2"]),
        (["Spanish", "Spanish 1"], ["", "1"]),
        (["Math7", "Math 7"], ["Math7", "Math 7"]),
        (["Lab I for 7", "Lab 1 for 8"], ["I … 7", "1 … 8"]),
        (["Algebra-1", "Algebra 1"], ["", ""]),
        (["Advisory", "Advisory"], ["", ""]),
        (["हिन्दी 1", "हिन्दी 2"], ["1", "2"]),
    ],
)
def test_the_words_that_not_all_names_have_are_marked(names: list[str], words: list[str]) -> None:
    assert [differing_words(parts) for parts in mark(names)] == words


def test_a_mark_never_cuts_through_an_emoji() -> None:
    family = "👩\u200d👩\u200d👧"

    assert mark([f"{family} Math 1", f"{family} Math 2"])[0] == (
        (f"{family} Math ", False),
        ("1", True),
    )


def test_a_name_alone_has_nothing_to_mark() -> None:
    assert mark(["Advisory 8B"]) == [(("Advisory 8B", False),)]


@given(
    st.lists(st.text(alphabet=st.one_of(st.sampled_from("AB 1-_"), st.characters())), max_size=4)
)
def test_the_parts_of_a_name_join_back_to_it(names: list[str]) -> None:
    assert ["".join(text for text, _ in parts) for parts in mark(names)] == names
