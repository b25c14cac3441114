"""Every template compiles, says on its first line what it needs, and speaks through gettext."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).parents[2] / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
OWN_NAME = "Rosterly"
SPOKEN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


class BareText(HTMLParser):
    """Gathers the words that stand in a template outside of every tag and every gettext."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in SPOKEN_ATTRIBUTES:
                self.handle_data(value or "")

    def handle_data(self, data: str) -> None:
        self.words += [word for word in data.split() if any(map(str.isalpha, word))]


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_first_line_says_what_the_template_is_or_needs(name: str) -> None:
    assert (ROOT / name).read_text().startswith("{#")


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_word_on_screen_goes_through_gettext(name: str) -> None:
    bare = BareText()
    bare.feed(_outside_of_jinja((ROOT / name).read_text()))

    assert [word for word in bare.words if word != OWN_NAME] == []


def test_a_word_that_was_forgotten_is_noticed() -> None:
    bare = BareText()
    bare.feed(
        _outside_of_jinja('{{ _("Fine") }} <p title="Oh">{% trans %}Fine{% endtrans %} no</p>')
    )

    assert bare.words == ["Oh", "no"]


def _outside_of_jinja(source: str) -> str:
    """A template's own text, without expressions, statements and `{% trans %}` blocks."""
    kept: list[str] = []
    in_trans = False
    opened = ""
    for _, kind, value in ENVIRONMENT.lexer.tokeniter(source, None):
        if kind == "block_begin":
            opened = ""
        elif kind == "name" and not opened:
            opened = value
            in_trans = value == "trans" or (in_trans and value != "endtrans")
        elif kind == "data" and not in_trans:
            kept.append(value)
        elif kind == "variable_begin":
            opened = "variable"
            kept.append("0")
    return "".join(kept)
