"""What counts as an address, and which two are one (S3, trust.md decision 5)."""

from __future__ import annotations

import pytest

from portal.addresses import address_key, clean_address


@pytest.mark.parametrize(
    "text", ["a@b.example", " m.rivera+rosterly@mail.school.example ", "O'Neil_7@x-1.example"]
)
def test_an_address_is_taken_as_it_was_typed_without_blanks_around(text: str) -> None:
    assert clean_address(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rivera",
        "rivera@school",
        "@school.example",
        "two@at@school.example",
        "rivera@school.example\nBcc: all@school.example",
        "riv era@school.example",
        "rivera@-school.example",
        "rivera@school..example",
        "rivéra@school.example",
        "rivera@schoolı.example",
        "x" * 65 + "@school.example",
        "rivera@" + "school." * 40 + "example",
    ],
)
def test_what_mail_cannot_be_sent_to_is_refused(text: str) -> None:
    assert clean_address(text) is None


def test_case_alone_makes_no_other_address() -> None:
    assert address_key("Rivera@School.Example") == address_key("rivera@school.example")


@pytest.mark.parametrize("other", ["riv.era@school.example", "rivera+x@school.example"])
def test_what_one_mail_house_ignores_tells_two_people_apart_in_another(other: str) -> None:
    assert address_key(other) != address_key("rivera@school.example")
